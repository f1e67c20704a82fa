"""Linked alerts from the side of those who have the phones: who has answered is left in peace, and nobody else is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import number
from tests.scenarios.faults import FOUR, Fault, Script
from tests.scenarios.invariants import check
from tests.scenarios.world import CLIENT, OURS, Disturbance, World
from tests.unit.alerts.desk import an_email, an_sms
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.elements import Element
from tocsin.alerts.domain.features import LinkOptions
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.client_api.application.cancel_alerts import CancelAlerts, CancelElement, CancelKind
from tocsin.client_api.domain.stopped_messages import StoppedMessages
from tocsin.contacts.domain.contact import Contact, ContactGroup
from tocsin.content.domain.options import SmsOptions

ANA, BOB = number(1), number(2)
GROUP = ContactGroup(
    "crew",
    {"ana": Contact("ana", sms=ANA, email="ana@x.org"), "bob": Contact("bob", sms=BOB, email="bob@x.org")},
)
LINK = LinkOptions("fire-7")
BY_LINK = CancelElement(CancelKind.LINKED, link_ref="fire-7")
MINUTES, HOURS = timedelta(minutes=1), timedelta(hours=1)
FIRST = "trunk 7 is down"
SECOND = "trunk 7 is still down: who comes?"


def text(what: str, *, except_responded: bool = False) -> Element:
    element = replace(an_sms(sets=("all",), text=what), options=SmsOptions(OURS))
    return replace(element, except_responded=frozenset({ResponseKind.SMS})) if except_responded else element


def alarm(world: World) -> Alert:
    return world.send(text(FIRST), group=GROUP, link=LINK)


def next_level(world: World, *more: Element) -> Alert:
    return world.send(text(SECOND, except_responded=True), *more, link=LINK)


def test_ana_answers_and_the_next_level_reaches_bob_alone() -> None:
    # given an alarm to two people
    world = World()
    first = alarm(world)
    world.fast_forward(MINUTES)

    # when Ana answers, and the alarm goes on with whoever has not
    world.text_back(ANA, "on my way", answering=first)
    world.fast_forward(10 * MINUTES)
    mail = replace(an_email(sets=("all",)), except_responded=frozenset({ResponseKind.SMS}))
    next_level(world, mail)
    world.fast_forward(10 * MINUTES)

    # then Ana's phone and mailbox stay quiet, and Bob hears of it on both
    assert world.phones == {ANA: [FIRST], BOB: [FIRST, SECOND]}
    assert list(world.mailboxes) == ["bob@x.org"]
    check(world)


def test_an_answer_that_comes_late_to_the_first_alarm_counts_for_the_third() -> None:
    world = World()
    first = alarm(world)
    world.fast_forward(MINUTES)
    next_level(world)
    world.fast_forward(MINUTES)
    world.text_back(BOB, "got the first only", answering=first)
    world.fast_forward(10 * MINUTES)

    next_level(world)
    world.fast_forward(10 * MINUTES)

    assert world.phones == {ANA: [FIRST, SECOND, SECOND], BOB: [FIRST, SECOND]}
    check(world)


def test_an_answer_that_may_be_to_any_of_several_alerts_spares_nobody() -> None:
    world = World()
    alarm(world)
    world.fast_forward(MINUTES)
    world.send(text("something else"), group=GROUP)
    world.fast_forward(MINUTES)
    world.text_back(ANA, "ok")
    world.fast_forward(10 * MINUTES)

    next_level(world)
    world.fast_forward(10 * MINUTES)

    assert world.phones[ANA] == [FIRST, "something else", SECOND]


def test_an_answer_that_comes_when_the_next_alarm_is_under_way_spares_the_worker_that_is_not_claimed_yet() -> None:
    # given a second alarm whose orders are lost at first: it is accepted, and nobody is claimed
    world = World(disturbance=Disturbance())
    first = alarm(world)
    world.fast_forward(MINUTES)
    world.disturbance = Disturbance(drop=lambda order: True)
    second = next_level(world)
    world.text_back(ANA, "on my way", answering=first)
    world.fast_forward(2 * MINUTES - timedelta(seconds=1))
    world.disturbance = Disturbance()

    # when the sweeper finds it after Ana has answered
    world.fast_forward(HOURS)

    # then she is skipped, and her message says why
    assert world.phones == {ANA: [FIRST], BOB: [FIRST, SECOND]}
    assert world.states(second) == {"skipped": 1, "delivered": 1}
    assert {row.reason for row in world.rows_of(second).values() if row.state == "skipped"} == {"answered_sms"}
    assert [event.contact_id for event in world.collect(second) if event.event == "skipped"] == ["ana"]
    check(world)


def test_who_cancels_the_link_stops_what_has_not_gone_out() -> None:
    world = World(disturbance=Disturbance(drop=lambda order: True))
    first, second = alarm(world), next_level(world)
    (result,) = CancelAlerts(world.alerts, world.dispatch_progress, world.rows, world.clock, world.link_sets)(
        CLIENT, [BY_LINK]
    )
    world.disturbance = Disturbance()
    world.fast_forward(HOURS)

    assert (result.success, result.messages) == (True, StoppedMessages(4))
    assert world.phones == {}
    assert world.states(first) == world.states(second) == {"cancelled": 2}
    check(world)


def test_who_cancels_the_link_leaves_what_has_arrived_as_it_is() -> None:
    world = World()
    first = alarm(world)
    world.fast_forward(HOURS)
    second = next_level(world)

    (result,) = CancelAlerts(world.alerts, world.dispatch_progress, world.rows, world.clock, world.link_sets)(
        CLIENT, [BY_LINK]
    )

    assert result.messages == StoppedMessages(2)
    cancelled = {alert.ref: alert.cancelled_at for alert in world.accepted}
    assert cancelled == {first.ref: None, second.ref: world.clock()}


def play(plan: dict[int, Fault] | None = None) -> tuple[World, list[str]]:
    """Send, let Ana answer, send again; every port call from the first on is numbered and may go wrong."""
    script = Script(plan or {})
    world = script.world = World(5, script.wrap)
    first = alarm(world)
    while not world.phones.get(ANA):  # a worker that dies after its claim leaves the text to a later try
        world.fast_forward(10 * MINUTES)
    world.text_back(ANA, "on my way", answering=first)
    world.fast_forward(30 * MINUTES)
    next_level(world)
    world.until_quiet()
    return world, script.calls


CALLS = play()[1]


def test_the_play_touches_what_it_is_about() -> None:
    assert {"link_sets.standing", "link_sets.answered", "responses.add", "alerts.accept"} <= set(CALLS)


@pytest.mark.parametrize("fault", FOUR)
@pytest.mark.parametrize("about", ["link_sets", "responses", "alerts", "event_publisher"])
def test_who_answered_is_spared_and_the_other_is_not_wherever_somebody_dies(fault: Fault, about: str) -> None:
    for step, name in enumerate(CALLS):
        if not name.startswith(about):
            continue
        world, _ = play({step: fault})
        assert world.phones[ANA] == [FIRST], f"{fault} at {step}: {name}"
        assert world.phones[BOB] == [FIRST, SECOND], f"{fault} at {step}: {name}"
        assert len(world.responses.kept) == 1
        assert len(world.accepted) == 2
        check(world)
