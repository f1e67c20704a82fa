"""What people who sleep hear of an alert, and when; and that no death of a process wakes them or loses them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from tests.builders import email, number, sms
from tests.fakes.providers import Accept, LoseReply, Throttle
from tests.fakes.time import NOON
from tests.scenarios.faults import Fault, judge, run
from tests.scenarios.invariants import check
from tests.scenarios.world import OURS, Cast, Disturbance, World, dispatcher_with
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.elements import Element, Receivers
from tocsin.alerts.domain.features import LinkOptions
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.calendar.domain.account_clock import AccountClock
from tocsin.calendar.domain.quiet_hours import QuietHours, Reachable
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.contact import Contact, ContactGroup
from tocsin.content.domain.options import SmsOptions
from tocsin.delivery.application.batch_run import BatchRun
from tocsin.delivery.application.claim import ClaimMessages
from tocsin.delivery.application.sweep import Sweep
from tocsin.delivery.domain.message import MessageState, SendingTerms

ANA, BOB = number(1), number(2)
HOURS, MINUTES = timedelta(hours=1), timedelta(minutes=1)
MIDNIGHT = NOON + 12 * HOURS
SEVEN = MIDNIGHT + 7 * HOURS
NIGHT = AccountClock("UTC", QuietHours(time(22), time(7)))
BULK = [number(n) for n in range(3, 203)]


def a_night(**options: object) -> World:
    """Return a world at midnight."""
    world = World(**options)  # type: ignore[arg-type]
    world.clock.advance(12 * HOURS)
    return world


def history(world: World, alert: Alert) -> list[list[str]]:
    rows = sorted(world.rows_of(alert).items(), key=lambda entry: (entry[0][0].item, entry[0][1]))
    return [[step.state.value for step in row.log] for _, row in rows]


# --- the night ----------------------------------------------------------------------------------------------------


def test_a_message_to_somebody_asleep_arrives_at_seven_and_no_earlier_and_once() -> None:
    world = a_night()

    alert = world.accept(sms(ANA), email("bob@x.test"), account=NIGHT)
    world.fast_forward(SEVEN - world.clock() - timedelta(seconds=1))

    assert (world.phones, world.mailboxes, world.states(alert)) == ({}, {}, {"held": 2})

    world.fast_forward(2 * MINUTES)

    assert world.phones == {ANA: ["trunk 7 is down"]}
    assert world.mailboxes == {"bob@x.test": ["trunk 7 is down"]}
    assert SEVEN <= world.sms.calls[0].at <= SEVEN + MINUTES + timedelta(seconds=1)
    world.until_quiet()
    assert world.phones == {ANA: ["trunk 7 is down"]}
    check(world)


def test_its_client_is_told_that_it_is_held_and_until_when() -> None:
    world = a_night()

    alert = world.accept(sms(ANA), account=NIGHT)
    world.fast_forward(MINUTES)

    (event,) = world.collect(alert)
    assert (event.event, event.reason, event.details) == (
        "held", "quiet_hours", {"heldUntil": "2026-11-24T07:00:00.000Z"}
    )  # fmt: skip
    world.until_quiet()
    assert [event.event for event in world.collect(alert)] == ["sent", "delivered"]


def test_cancelled_at_three_it_never_arrives() -> None:
    world = a_night()
    alert = world.accept(sms(ANA), account=NIGHT)
    world.fast_forward(3 * HOURS)

    world.cancel(alert)
    world.until_quiet()

    assert (world.phones, world.states(alert)) == ({}, {"cancelled": 1})
    check(world)


def test_a_cancelled_message_does_not_wait_for_the_morning_once_the_sweeper_looks() -> None:
    world = a_night()
    alert = world.accept(sms(ANA), account=NIGHT)
    world.fast_forward(3 * HOURS)
    world.cancel(alert)

    for key in list(world.dispatch_progress.looks):
        world.dispatch_progress.check_again(key, world.clock())  # as `/cancelalerts` does
    world.fast_forward(3 * MINUTES)

    assert world.states(alert) == {"cancelled": 1}


def test_an_urgent_alert_wakes_people_and_says_that_it_did() -> None:
    world = a_night()

    alert = world.accept(sms(ANA), account=NIGHT, urgent=True)
    world.fast_forward(MINUTES)

    assert world.phones == {ANA: ["trunk 7 is down"]}
    (row,) = world.rows_of(alert).values()
    assert (row.log[0].state.value, row.log[0].reason) == ("sending", "quiet_hours_overridden")
    world.until_quiet()
    check(world)


def test_contacts_sleep_when_they_say_they_do() -> None:
    world = a_night()
    quiet = {ANA: Reachable.ALWAYS, BOB: QuietHours(time(22), time(9), zone="Europe/Madrid")}

    world.accept(sms(ANA, BOB, number(3)), account=NIGHT, quiet=quiet)
    world.until_quiet()

    assert [(call.to, call.at.replace(second=0, microsecond=0)) for call in world.sms.calls] == [
        (ANA, MIDNIGHT),
        (number(3), SEVEN),
        (BOB, MIDNIGHT + 8 * HOURS),  # nine in Madrid
    ]
    check(world)


def test_quiet_hours_that_outlast_the_alert_end_it_at_once_and_say_so() -> None:
    world = a_night()

    alert = world.accept(sms(ANA), account=NIGHT, lifetime=4 * HOURS, lives=6 * HOURS)
    world.fast_forward(MINUTES)

    assert world.states(alert) == {"expired": 1}
    assert [(e.event, e.reason) for e in world.collect(alert)] == [("failed", "quiet_hours_outlast_alert")]
    assert world.phones == {}


def test_after_the_night_a_message_has_four_hours() -> None:
    world = a_night()
    world.sms.towards(ANA, Throttle(retry_after=14 * MINUTES))

    alert = world.accept(sms(ANA), account=NIGHT)
    world.until_quiet()

    calls = world.sms.calls_to(ANA)
    assert calls[0].at >= SEVEN
    assert SEVEN + 3 * HOURS < calls[-1].at < SEVEN + 4 * HOURS
    assert world.states(alert) == {"expired": 1}
    check(world)


def test_a_message_that_is_still_tried_when_the_night_begins_waits_for_the_morning() -> None:
    world = World()
    world.clock.advance(10 * HOURS - 30 * MINUTES)  # half past nine in the evening
    world.sms.towards(ANA, *[Throttle(retry_after=14 * MINUTES)] * 3, Accept())

    alert = world.accept(sms(ANA), account=NIGHT)
    world.until_quiet()

    first, *_, last = world.sms.calls_to(ANA)
    assert (first.at.hour, last.at.hour) == (21, 7)
    assert not [call for call in world.sms.calls if call.at.hour >= 22 or call.at.hour < 7]
    assert "held" in history(world, alert)[0]
    check(world)


def test_a_message_that_may_have_arrived_is_not_sent_again_before_the_morning() -> None:
    world = World(silent=True)
    world.sms.towards(ANA, LoseReply(took=False), Accept())
    world.clock.advance(10 * HOURS - timedelta(seconds=30))

    alert = world.accept(sms(ANA), account=NIGHT)
    world.until_quiet()

    first, second = world.sms.calls_to(ANA)
    assert (first.at.hour, second.at.hour) == (21, 7)
    (row,) = world.rows_of(alert).values()
    assert row.possible_duplicate
    check(world)


class _Dawdles:
    """Rows that take a minute to write, once."""

    def __init__(self, world: World, port: Any) -> None:
        self._world, self._port = world, port

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._port, name)

        def call(*args: Any) -> Any:
            answer = real(*args)
            if name == "save" and self._world.clock() < NOON + 10 * HOURS:
                self._world.clock.advance(timedelta(seconds=20))
            return answer

        return call


def test_quiet_hours_that_begin_between_the_claim_and_the_call_hold_the_message() -> None:
    world = World(wrap=lambda name, port: _Dawdles(world, port) if name == "rows" else port)
    world.clock.advance(10 * HOURS - timedelta(seconds=10))

    alert = world.accept(sms(ANA), account=NIGHT)
    world.until_quiet()

    assert [call.at.hour for call in world.sms.calls] == [7]
    assert history(world, alert)[0][:3] == ["sending", "retry_wait", "held"]
    check(world)


def test_the_carrier_is_told_how_long_a_message_is_worth_anything_after_the_night() -> None:
    world = a_night()

    world.accept(sms(ANA), account=NIGHT)
    world.until_quiet()

    (message,) = world.sms.messages
    assert 4 * HOURS - 2 * MINUTES < message.expires_in <= 4 * HOURS


# --- soon, many, and late -----------------------------------------------------------------------------------------


def test_a_release_within_a_quarter_of_an_hour_comes_to_the_second() -> None:
    world = World(disturbance=Disturbance(duplicates=(1, 1)))
    nap = AccountClock("UTC", QuietHours(time(11), time(12, 10)))

    world.accept(sms(ANA), account=nap)
    world.until_quiet()

    assert timedelta(0) <= world.sms.calls[0].at - (NOON + 10 * MINUTES) < timedelta(seconds=2)


def test_a_night_costs_two_looks_of_the_sweeper_and_no_more() -> None:
    world = a_night()

    alert = world.accept(sms(*BULK), account=NIGHT)
    world.until_quiet()

    assert world.states(alert) == {"delivered": len(BULK)}
    assert sum(sweep.checked for sweep in world.sweeps) <= 4
    check(world)


def test_the_night_of_a_change_of_clocks_ends_when_the_clocks_on_the_wall_say_so() -> None:
    world = World()
    world.clock.at_least(datetime(2027, 3, 27, 23, tzinfo=UTC))  # London goes forward that night

    world.accept(sms(ANA), account=AccountClock("Europe/London", QuietHours(time(22), time(7))))
    world.until_quiet()

    assert world.sms.calls[0].at.replace(second=0, microsecond=0) == datetime(2027, 3, 28, 6, tzinfo=UTC)


# --- deaths -------------------------------------------------------------------------------------------------------

ASLEEP = AccountClock("UTC", QuietHours(time(11), time(14)))
GOING_TO_BED = AccountClock("UTC", QuietHours(time(12, 1), time(14)))


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("silent", [False, True])
@pytest.mark.parametrize("account", [ASLEEP, GOING_TO_BED], ids=["asleep", "going to bed"])
def test_r1_r2_one_fault_anywhere_neither_loses_nor_wakes_anybody(
    fault: Fault, silent: bool, account: AccountClock
) -> None:
    for bare in (False, True):
        for step in range(len(run({}, silent=silent, bare=bare, account=account)[1])):
            world, calls = run({step: fault}, silent=silent, bare=bare, account=account)
            judge(world, silent=silent, faults=1)
            quiet = account.quiet
            assert quiet is not None
            # A process that stands still in the call itself cannot know what time it will be.
            if not (fault is Fault.PAUSED and calls[step] == "sender.send"):
                assert not [call for call in world.sms.calls if quiet.start <= call.at.time() < quiet.end]


class WakesPeople(ClaimMessages):
    """Does not ask what time it is where they are."""

    def _terms(self, batch: BatchRun, position: int, now: datetime) -> SendingTerms:
        return replace(super()._terms(batch, position, now), not_before=None)


class LosesWhoSleeps(Sweep):
    """Takes what is held for settled."""

    def _check(self, key: Any, report: Any) -> None:
        super()._check(key, report)
        alert = self._alerts.get(key.tenant, key.alert)
        assert alert is not None
        rows = [row for batch in alert.batches() for row in self._rows.load(batch.key, batch.positions).values()]
        if rows and all(row.state is MessageState.HELD for row in rows):
            self._dispatch_progress.check_again(key, None)


@pytest.mark.parametrize("cast", [Cast(dispatcher=dispatcher_with(WakesPeople)), Cast(sweeper=LosesWhoSleeps)])
def test_who_wakes_or_loses_people_is_found_out(cast: Cast) -> None:
    with pytest.raises(AssertionError):
        check(run({}, cast=cast, account=ASLEEP)[0])


def test_who_answers_in_the_night_is_not_sent_the_next_step_in_the_morning() -> None:
    world = World()
    ana = ContactGroup("crew", {"ana": Contact("ana", sms=ANA, quiet=NIGHT.quiet)})

    def step(text: str, **fields: Any) -> Alert:
        to = Receivers(contacts=("ana",))
        element = Element(Channel.SMS, "t", to, SmsOptions(OURS), text, **fields)
        return world.send(element, group=ana, link=LinkOptions("incident-7"))

    # given an alert in the afternoon, and at midnight the step that follows if nobody answers
    first = step("trunk 7 is down")
    world.fast_forward(12 * HOURS)
    second = step("still down", except_responded=frozenset({ResponseKind.SMS}))

    # when Ana answers at two, and the morning comes
    world.text_back(ANA, "on my way", first, later=2 * HOURS)
    world.until_quiet()

    assert world.phones == {ANA: ["trunk 7 is down"]}
    assert world.states(second) == {"skipped": 1}
    check(world)
