"""Providers' own events, as JSON through the function that takes them in, while processes die (R1, R2)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from infra.local.provider_events import ses_event
from tests.builders import email, number, sms
from tests.fakes.providers import LoseReply
from tests.scenarios.faults import Fault, Script, judge, run
from tests.scenarios.invariants import check
from tests.scenarios.wire import WireWorld
from tests.scenarios.world import Disturbance
from tocsin.application.ports import MessageId
from tocsin.domain.alert import Channel
from tocsin.domain.message import BOUNCED, MessageState
from tocsin.domain.suppression import SuppressionReason

ANA, MAIL = number(1), "ana@x.example"
SECONDS = timedelta(seconds=20)


@pytest.mark.parametrize("to", [sms(ANA), email(MAIL)])
def test_r2_the_providers_event_settles_a_message_whose_reply_was_lost_and_nothing_is_sent_again(to: object) -> None:
    world = WireWorld()
    world.sms.towards(ANA, LoseReply())
    world.email.towards(MAIL, LoseReply())

    alert = world.accept(to)
    world.fast_forward(SECONDS)

    assert world.states(alert) == {"delivered": 1}
    world.until_quiet()
    check(world)
    (row,) = world.rows_of(alert).values()
    assert (row.attempt, row.possible_duplicate) == (1, False)


@pytest.mark.parametrize("fault", Fault)
def test_r1_r2_one_fault_anywhere_up_to_the_last_event(fault: Fault) -> None:
    for step in range(len(run({}, world=WireWorld)[1])):
        world, _ = run({step: fault}, world=WireWorld)
        judge(world, silent=False, faults=1)


class Bouncing(WireWorld):
    """Every mail is delivered, bounces all the same, and is complained about."""

    def _provider_reports(self, id: MessageId, provider_id: str) -> None:
        super()._provider_reports(id, provider_id)
        for minutes, kind, type in ((1, "Bounce", "Permanent"), (2, "Complaint", "abuse")):
            later = timedelta(minutes=minutes)
            event = ses_event(kind, str(id), MAIL, self.clock() + later, type=type, provider_id=provider_id)
            for _ in range(2):
                self.publish(Channel.EMAIL, event, later)


def _bounced(plan: dict[int, Fault]) -> tuple[Bouncing, list[str]]:
    """Send one mail through the faults of the plan."""
    script = Script(plan)
    world = Bouncing(7, script.wrap, disturbance=Disturbance(duplicates=(1, 1)))
    script.world = world
    world.accept(email(MAIL))
    world.until_quiet()
    return world, script.calls


@pytest.mark.parametrize("fault", Fault)
def test_a_late_bounce_and_a_complaint_are_never_lost_and_told_once(fault: Fault) -> None:
    for step in range(len(_bounced({})[1])):
        world, calls = _bounced({step: fault})

        check(world)
        (row,) = world.rows.rows.values()
        assert (row.state, row.reason) == (MessageState.FAILED, BOUNCED), f"{calls[step]}: {row.log}"
        (known,) = world.suppressions.rows.values()
        assert set(known.standing) == {SuppressionReason.HARD_BOUNCE, SuppressionReason.COMPLAINT}
        told = [event.event for pack in world.events.told.values() for event in pack.events]
        assert told == ["complaint"]
