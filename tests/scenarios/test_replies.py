"""What people with phones answer, whatever happens to the machines: every answer is kept once and told once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders import TENANT, number, sms
from tests.fakes.providers import LoseReply, RefusePermanent
from tests.scenarios.faults import Fault, Script
from tests.scenarios.invariants import check
from tests.scenarios.world import OURS, World
from tocsin.alerts.domain.alert import Alert
from tocsin.identity.domain.account_key import INSIDE

ANA, BOB = number(1), number(2)
MINUTES, HOURS = timedelta(minutes=1), timedelta(hours=1)


def alarm(world: World, *to: str, text: str = "trunk 7 is down") -> Alert:
    return world.accept(sms(*(to or (ANA, BOB)), text=text, sender=OURS))


def test_ana_answers_twice_and_bob_answers_the_wrong_alert() -> None:
    # given two alerts, one after the other
    world = World()
    first = alarm(world)
    world.fast_forward(HOURS)
    second = alarm(world, text="trunk 8 is down, too")
    world.fast_forward(MINUTES)

    # when Ana answers the second, and again, and Bob comes back to the first
    world.text_back(ANA, "on my way", answering=second)
    world.text_back(ANA, "there now", answering=second, later=10 * MINUTES)
    world.text_back(BOB, "trunk 7 is up", answering=first, later=5 * MINUTES)
    world.fast_forward(HOURS)

    # then each answer is with its alert, Bob's as a late one, and each is told once
    assert world.answers(second) == [(ANA, "on my way"), (ANA, "there now")]
    assert world.answers(first) == [(BOB, "trunk 7 is up")]
    assert world.told(second) == [("reply", "on my way"), ("reply", "there now")]
    assert world.told(first) == [("reply", "trunk 7 is up")]
    assert [response.late for response in world.responses.kept.values() if response.address == BOB] == [True]
    check(world)


def test_s14_an_answer_of_which_nobody_knows_what_it_answers_is_told_as_such() -> None:
    world = World()
    first = alarm(world)
    world.fast_forward(HOURS)
    second = alarm(world)
    world.fast_forward(MINUTES)

    world.text_back(ANA, "ok")
    world.fast_forward(HOURS)

    assert world.answers(first) == world.answers(second) == []
    assert world.told(first) == []
    assert world.told(second) == [("unmatched", "ok")]


def test_a_text_of_a_rule_takes_no_answer_away_from_an_alert() -> None:
    # given an alert, and then a text of a rule from the same number to the same person
    world = World()
    first = alarm(world)
    world.fast_forward(MINUTES)
    inside = world.accept(sms(ANA, text="A call was missed", sender=OURS), key_id=INSIDE)
    world.fast_forward(MINUTES)
    (remembered,) = (said for said in world.conversations.newest(TENANT, OURS, ANA, 9) if said.key.alert == inside.ref)

    world.text_back(ANA, "on my way")
    world.fast_forward(HOURS)

    assert world.answers(first) == [(ANA, "on my way")]
    assert world.answers(inside) == []
    assert remembered.at >= inside.accepted_at  # an event about it fires no rule (AL-32)


def test_after_a_stop_the_next_alarm_stays_away_until_the_start() -> None:
    world = World()
    first = alarm(world)
    world.fast_forward(MINUTES)
    world.text_back(ANA, "STOP")
    world.fast_forward(5 * MINUTES)

    second = alarm(world, text="trunk 8 is down")
    world.fast_forward(MINUTES)

    assert world.phones[ANA] == ["trunk 7 is down"]
    assert world.phones[BOB] == ["trunk 7 is down", "trunk 8 is down"]
    assert world.told(first) == [("reply", "STOP")]
    assert world.states(second) == {"suppressed": 1, "delivered": 1}
    assert world.answers(first) == []

    world.text_back(ANA, "START")
    world.fast_forward(5 * MINUTES)
    alarm(world, text="trunk 9 is down")
    world.fast_forward(MINUTES)
    assert world.phones[ANA] == ["trunk 7 is down", "trunk 9 is down"]


def test_an_answer_to_a_message_whose_worker_died_finds_its_alert() -> None:
    # given a message that arrived, of which we never heard that it did
    world = World(silent=True)
    world.sms.towards(ANA, LoseReply(took=True))
    alert = alarm(world, ANA)
    world.fast_forward(MINUTES)
    assert world.states(alert) == {"unknown": 1}

    world.text_back(ANA, "on my way")
    world.fast_forward(5 * MINUTES)

    assert world.answers(alert) == [(ANA, "on my way")]


def test_an_alert_that_never_went_out_is_no_candidate() -> None:
    world = World()
    first = alarm(world)
    world.fast_forward(MINUTES)
    world.sms.towards(ANA, RefusePermanent())
    second = alarm(world)
    world.fast_forward(MINUTES)

    world.text_back(ANA, "ok")
    world.fast_forward(5 * MINUTES)

    assert world.answers(first) == [(ANA, "ok")]
    assert world.answers(second) == []


def play(text: str, *, alerts: int = 1, fault_at: dict[int, Fault] | None = None) -> tuple[World, list[Alert], Script]:
    """Send alerts to Ana, who answers; from then on port calls are numbered, and disturbed where it is said."""
    script = Script()
    world = script.world = World(3, script.wrap)
    sent = []
    for _ in range(alerts):
        sent.append(alarm(world, ANA))
        world.fast_forward(HOURS)
    script.calls.clear()
    script.plan = fault_at or {}
    world.text_back(ANA, text)
    world.fast_forward(HOURS)
    return world, sent, script


@pytest.mark.parametrize("fault", [Fault.BEFORE, Fault.AFTER, Fault.THROTTLED, Fault.OUTCOME_UNKNOWN])
@pytest.mark.parametrize(("text", "alerts"), [("on my way", 1), ("on my way", 2), ("STOP", 1)])
def test_an_answer_is_kept_once_and_told_once_wherever_its_worker_dies(fault: Fault, text: str, alerts: int) -> None:
    calls = play(text, alerts=alerts)[2].calls
    assert "event_publisher.publish" in calls
    for step in range(len(calls)):
        world, sent, _ = play(text, alerts=alerts, fault_at={step: fault})

        event = "unmatched" if alerts > 1 else "reply"
        assert [told for alert in sent for told in world.told(alert)] == [(event, text)], f"{fault} at {step}"
        keyword = text == "STOP"
        assert len(world.responses.kept) == (0 if keyword else alerts), f"{fault} at {step}"
        assert bool(world.suppressions.rows) is keyword
