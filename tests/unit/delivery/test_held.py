"""Messages that are held, by quiet hours or by a guard: what a worker does with them, what it costs, when the sweeper looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time, timedelta

from tests.builders import number, sms
from tests.unit.delivery.stand import Stand
from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.calendar.domain.account_clock import AccountClock
from tocsin.calendar.domain.quiet_hours import QuietHours
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.application.guards import Claimed, Objection
from tocsin.delivery.domain.progress import WorkKey
from tocsin.delivery.domain.submission import Waits
from tocsin.history.domain.explanation import Found, chain
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.suppressions.domain.suppression import SuppressionReason

ANA, BOB = number(1), number(2)
MINUTES, SECONDS = timedelta(minutes=1), timedelta(seconds=1)
TILL_TWO = AccountClock("UTC", QuietHours(time(11), time(14)))
TILL_TEN_PAST = AccountClock("UTC", QuietHours(time(11), time(12, 10)))


def test_holding_a_batch_reads_nobodys_suppressions_and_sends_nothing() -> None:
    stand = Stand(sms(ANA, BOB), account=TILL_TWO)

    report = stand.dispatch()

    assert (report.moved, report.calls, report.requeued) == ({"held": 2}, 0, 0)
    assert stand.states() == ["held", "held"]
    assert stand.noted == []
    assert stand.calls == {
        "alerts.get": 1, "alerts.recipients": 1, "rows.save": 1, "events.publish": 1, "dispatch_progress.record": 1
    }  # fmt: skip


def test_a_duplicate_of_the_order_finds_it_held_and_leaves_it_alone() -> None:
    stand = Stand(sms(ANA), account=TILL_TWO)
    stand.dispatch()

    report = stand.dispatch()

    assert (report.moved, report.not_claimed) == ({}, {"quiet_hours": 1})


def test_a_release_a_queue_can_keep_brings_its_own_order() -> None:
    stand = Stand(sms(ANA, BOB), account=TILL_TEN_PAST)

    report = stand.dispatch()

    assert report.requeued == 2
    assert stand.queue.puts == [(stand.order(positions=(0, 1)), 10 * MINUTES)]
    stand.clock.advance(10 * MINUTES)
    assert stand.dispatch(stand.queue.orders[0]).moved == {"sent": 2}


def test_a_release_hours_away_is_the_sweepers() -> None:
    stand = Stand(sms(ANA), account=TILL_TWO)
    stand.dispatch()
    stand.clock.advance(2 * MINUTES)

    assert stand.sweep().requeued == 0
    assert stand.dispatch_progress.looks[WorkKey.of(stand.batch())] == stand.clock() + 118 * MINUTES

    stand.clock.advance(118 * MINUTES)
    assert stand.sweep().requeued == 1
    assert stand.dispatch(stand.queue.orders[0]).moved == {"sent": 1}


def test_only_the_ones_who_sleep_are_held() -> None:
    stand = Stand(sms(ANA, BOB), quiet={BOB: QuietHours(time(9), time(13))})

    assert stand.dispatch().moved == {"sent": 1, "held": 1}
    assert list(stand.sms.received) == [ANA]


def test_who_was_suppressed_in_the_night_is_not_contacted_in_the_morning() -> None:
    stand = Stand(sms(ANA), account=TILL_TEN_PAST)
    stand.dispatch()
    stand.suppress(stand.alert.tenant, Channel.SMS, ANA, SuppressionReason.STOP, stand.clock())
    stand.clock.advance(10 * MINUTES)

    assert stand.dispatch(stand.queue.orders[0]).moved == {"suppressed": 1}
    assert stand.sms.received == {}


def test_an_alert_without_quiet_hours_costs_no_call_more() -> None:
    plain, zoned = Stand(sms(ANA)), Stand(sms(ANA), account=AccountClock("Europe/London"))

    plain.dispatch()
    zoned.dispatch()

    assert plain.calls == zoned.calls


class HeldBack:
    """A guard that lets each message go at one instant."""

    def __init__(self, stand: Stand, until: timedelta) -> None:
        self._clock, self._until = stand.clock, stand.clock() + until

    def __call__(self, alert: Alert, item: AlertItem, claimed: Sequence[Claimed]) -> Mapping[int, Objection]:
        if self._clock() >= self._until:
            return {}
        return {one.position: Waits("number_rate", self._until) for one in claimed}


def test_a_guard_that_makes_a_message_wait_holds_it_until_then() -> None:
    stand = Stand(sms(ANA))
    stand.guards.append(HeldBack(stand, 10 * MINUTES))

    report = stand.dispatch()

    assert (report.moved, report.calls, report.blocked, report.requeued) == ({"held": 1}, 0, {"number_rate": 1}, 1)
    (told,) = [event for pack in stand.events.packs.values() for event in pack.events]
    assert (told.event, told.reason) == ("held", "number_rate")
    assert told.details == {"heldUntil": wire_time(stand.clock() + 10 * MINUTES)}
    assert stand.queue.puts == [(stand.order(positions=(0,)), 10 * MINUTES)]
    stand.clock.advance(10 * MINUTES)
    assert stand.dispatch(stand.queue.orders[0]).moved == {"sent": 1}
    assert stand.row().attempt == 1


def test_a_wait_that_is_longer_than_a_queue_keeps_is_the_sweepers() -> None:
    stand = Stand(sms(ANA))
    stand.guards.append(HeldBack(stand, 50 * MINUTES))

    assert (stand.dispatch().requeued, stand.queue.puts) == (0, [])
    stand.clock.advance(2 * MINUTES)
    stand.sweep()

    assert stand.dispatch_progress.looks[WorkKey.of(stand.batch())] == stand.clock() + 48 * MINUTES


def test_the_explanation_of_such_a_wait_names_its_end_and_counts_no_try() -> None:
    stand = Stand(sms(ANA))
    stand.guards.append(HeldBack(stand, 10 * MINUTES))
    stand.dispatch()
    until = stand.clock() + 10 * MINUTES

    def told() -> list[tuple[str, int | None]]:
        place = Found(stand.alert.items[0], Recipient(ANA), message=stand.row())
        lines = chain(stand.alert, [place], stand.clock())
        (held,) = [line for line in lines if line.code == "held"]
        assert (held.reason, held.until) == ("number_rate", until if stand.clock() < until else None)
        return [(line.code, line.attempt) for line in lines]

    assert told() == [("accepted", None), ("taken", 1), ("held", None)]
    stand.clock.advance(10 * MINUTES)
    stand.dispatch(stand.queue.orders[0])
    assert told() == [("accepted", None), ("taken", 1), ("held", None), ("taken", 1), ("sent", 1)]
