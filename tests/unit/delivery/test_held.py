"""Messages that wait for the end of quiet hours: what a worker does with them, what it costs, when the sweeper looks."""

from __future__ import annotations

from datetime import time, timedelta

from tests.builders import number, sms
from tests.unit.delivery.stand import Stand
from tocsin.calendar.domain.account_clock import AccountClock
from tocsin.calendar.domain.quiet_hours import QuietHours
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.domain.progress import WorkKey
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
