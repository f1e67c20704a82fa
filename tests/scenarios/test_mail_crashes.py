"""Events are mailed, and something dies at every call there is: no mail is lost, and none goes out twice.

A voicemail is told twice, by two events in one order; a new user has secrets; one event has no receiver, and one also
fires a rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from itertools import combinations, product
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.time import NOON
from tests.scenarios.event_world import MAIL, EventWorld, calls_rule
from tests.scenarios.faults import FOUR, Fault, Script
from tests.scenarios.world import World
from tests.unit.tenant_mail.mailed import ACME, SECRETS, a_user, an_event, mail_settings
from tocsin.directory.domain.things import Line
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.ids import UserId
from tocsin.tenant_mail.domain.mail_settings import MailFlag
from tocsin.tenant_mail.domain.mailed_events import MailOutcome

EVENTS = (
    an_event("voicemail.received", id="v1", callId="c1"),
    an_event("call.ended", NOON + timedelta(seconds=1), id="c1"),
    an_event("user.created", id="u1"),
    an_event("queue.callback", id="q1"),
    an_event("voicemail.received", id="v2", mailbox="4999"),
)


def play(plan: Mapping[int, Fault]) -> tuple[EventWorld, list[str]]:
    script = Script(plan, world=cast("World", object()))
    world = EventWorld(calls_rule(MAIL, statuses=["voicemail"]), wrap=script.wrap)
    world.mail_settings.kept[ACME] = mail_settings(*MailFlag)
    world.directory.add(
        a_user("olga"), Line(tenant=ACME, id="l1", extension="2001", label="Reception", user=UserId("olga"))
    )
    world.take(*EVENTS)
    world.work()
    for _ in range(2):  # an order may be lost
        world.until(world.clock() + timedelta(minutes=3))
        world.sweep()
        world.work()
    return world, script.calls


def told(world: EventWorld) -> Counter[tuple[str, tuple[str, ...]]]:
    """Return how many messages went to the same receivers for the same cause."""
    return Counter((alert.cause.parent, message.addresses) for alert in world.sent for message in alert.messages)


def outcomes(world: EventWorld) -> Counter[tuple[str, MailOutcome]]:
    """Return what became of the events. It is equal which event of the voicemail was first."""
    return Counter((run.template, run.outcome) for run in world.inside.mail_runs.kept.values())


def judge(world: EventWorld, calm: EventWorld) -> None:
    """Check that a world ended as one without faults did."""
    assert not [each for each in world.rows.kept.values() if each.owed]
    assert told(world) == told(calm)
    assert outcomes(world) == outcomes(calm)
    people = [each.email for each in world.directory.things.values() if isinstance(each, User)]
    assert people == ["olga@example.com", "new@example.com"]
    assert {run.alert for run in world.inside.mail_runs.kept.values() if run.alert} <= world.inside.alerts.keys()
    kept = str(world.rows.kept)
    assert not [secret for secret in SECRETS.values() if secret in kept]
    copies = [said for alert in world.sent for said in alert.messages if said.tag == "copy"]
    assert not [secret for secret in SECRETS.values() if secret in str(copies)]


CALM, CALLS = play({})


def test_the_story_has_all_that_can_happen() -> None:
    assert outcomes(CALM) == {
        ("VOICEMAIL_RECEIVED", MailOutcome.SENT): 1,
        ("VOICEMAIL_RECEIVED", MailOutcome.ALREADY_SENT): 1,
        ("VOICEMAIL_RECEIVED", MailOutcome.NO_RECIPIENTS): 1,
        ("USER_CREATION", MailOutcome.SENT): 1,
        ("QUEUE_CALLBACK", MailOutcome.SENT): 1,
    }
    assert told(CALM).total() == 5  # the recipients' copy, and the mail of the rule
    assert {call.partition(".")[0] for call in CALLS} >= {
        "directory",
        "events",
        "inside",
        "mail runs",
        "mail settings",
        "voicemails",
    }
    judge(CALM, CALM)


@pytest.mark.parametrize("fault", [Fault.AFTER, Fault.OUTCOME_UNKNOWN])
def test_no_mail_is_lost_or_sent_twice_whatever_call_dies(fault: Fault) -> None:
    for number in range(0, len(CALLS), 3):
        world, _ = play({number: fault})
        judge(world, CALM)


@pytest.mark.deep
@pytest.mark.parametrize("fault", FOUR)
def test_at_every_call(fault: Fault) -> None:
    for number in range(len(CALLS)):
        judge(play({number: fault})[0], CALM)


@pytest.mark.deep
@given(st.dictionaries(st.integers(0, len(CALLS) + 20), st.sampled_from(FOUR), max_size=6))
@settings(max_examples=150)
def test_at_several_calls(plan: dict[int, Fault]) -> None:
    judge(play(plan)[0], CALM)


@pytest.mark.deep
def test_at_every_pair_of_calls_that_are_close() -> None:
    for (first, second), fault in product(combinations(range(len(CALLS)), 2), (Fault.AFTER, Fault.OUTCOME_UNKNOWN)):
        if second - first <= 4:
            judge(play({first: fault, second: fault})[0], CALM)
