"""Providers' own events, as JSON through the function that takes them in, while processes die (R1, R2)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from infra.local.provider_events import ses_event
from tests.builders import email, number, sms
from tests.fakes.providers import LoseReply
from tests.scenarios.faults import FOUR, Fault, Script, judge, run
from tests.scenarios.invariants import check
from tests.scenarios.wire import BatchedWorld, TogetherWorld, WireWorld
from tests.scenarios.world import Disturbance
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.domain.message import BOUNCED, MessageState
from tocsin.delivery.domain.message_id import MessageId
from tocsin.suppressions.domain.suppression import SuppressionReason

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


@pytest.mark.deep
@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("kind", [WireWorld, TogetherWorld, BatchedWorld])
def test_r1_r2_one_fault_anywhere_up_to_the_last_event(kind: type[WireWorld], fault: Fault) -> None:
    for step in range(len(run({}, world=kind)[1])):
        world, _ = run({step: fault}, world=kind)
        judge(world, silent=False, faults=1)


@pytest.mark.deep
@pytest.mark.parametrize("first", FOUR)
@pytest.mark.parametrize("second", FOUR)
@pytest.mark.parametrize("kind", [TogetherWorld, BatchedWorld])
def test_r1_r2_two_faults_sampled_when_everything_comes_in_batches(
    kind: type[WireWorld], first: Fault, second: Fault
) -> None:
    steps = len(run({}, world=kind)[1])
    pairs = [(one, other) for one in range(steps) for other in range(one + 1, steps + 4)]  # a repeat makes more calls
    for one, other in pairs[FOUR.index(first) :: 5]:
        world, _ = run({one: first, other: second}, world=kind)
        judge(world, silent=False, faults=2)


def _three_batches(
    plan: dict[int, Fault], kind: type[TogetherWorld] = TogetherWorld
) -> tuple[TogetherWorld, list[str]]:
    """Send two texts to 32 phones, in three slices, through the faults of the plan."""
    script = Script(plan)
    world = kind(7, script.wrap, disturbance=Disturbance(duplicates=(1, 1)))
    script.world = world
    world.accept(sms(*(number(n) for n in range(30))), sms(*(number(n) for n in range(30, 32))))
    world.until_quiet()
    return world, script.calls


def test_events_of_many_messages_are_taken_in_with_a_few_calls() -> None:
    world, calls = _three_batches({})

    (events,) = world.polls
    assert events == 32 * 4
    taking_in = calls[-calls[::-1].index("dispatch_progress.check_again") :]
    assert Counter(taking_in) == {
        "alerts.get": 1,
        "rows.load": 2,  # of each chunk
        "rows.save": 2,
        "dispatch_progress.load": 1,
        "alerts.recipients": 2,
        "events.publish_all": 1,
        "dispatch_progress.record_all": 1,
    }


def test_orders_of_one_batch_are_reported_with_one_call_each_way() -> None:
    _, calls = _three_batches({}, BatchedWorld)

    reporting = calls[: calls.index("dispatch_progress.check_again")][-2:]
    assert reporting == ["events.publish_all", "dispatch_progress.record_all"]
    assert calls.count("sender.send") == 32
    assert "dispatch_progress.record" not in calls


@pytest.mark.deep
@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("kind", [TogetherWorld, BatchedWorld])
def test_r1_one_fault_anywhere_while_several_batches_are_taken_in_and_reported_together(
    kind: type[TogetherWorld], fault: Fault
) -> None:
    for step in range(len(_three_batches({}, kind)[1])):
        world, calls = _three_batches({step: fault}, kind)
        check(world)
        assert world.states(world.accepted[0]) == {"delivered": 32}, f"{calls[step]}"
        assert all(len(texts) == 1 for texts in world.phones.values())


class Bouncing(TogetherWorld):
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
