"""Cancelling against claiming: what is claimed goes out, all else does not, and nothing does both."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from tests.builders import number, sms
from tests.fakes.executor import OneHand
from tests.fakes.link_sets import FakeLinkSets
from tests.fakes.providers import Throttle
from tests.fakes.randomness import SeededRandomness
from tests.fakes.schedules import no_schedules
from tests.unit.alerts.desk import a_key
from tests.unit.delivery.stand import Stand
from tocsin.client_api.application.cancel_alerts import CancelAlerts, CancelElement, CancelItemResult, CancelKind
from tocsin.delivery.application.channels import SmsChannel
from tocsin.delivery.application.dispatch_batch import DispatchBatch
from tocsin.delivery.application.recent_alerts import FRESH
from tocsin.delivery.domain.message import MessageState

SECOND = timedelta(seconds=1)


def cancel(stand: Stand) -> CancelItemResult:
    use_case = CancelAlerts(
        stand.alerts, stand.dispatch_progress, stand.clock, FakeLinkSets(), no_schedules(stand.alerts, stand.clock)
    )
    (result,) = use_case(a_key(), [CancelElement(CancelKind.ALERT, stand.alert.ref)])
    return result


def settle(stand: Stand) -> None:
    """Sweep and dispatch until nothing is owed."""
    for _ in range(10):
        stand.sweep()
        orders, stand.queue.puts = stand.queue.orders, []
        for order in orders:
            stand.dispatch(order)
        stand.clock.advance(timedelta(minutes=1))


def test_what_nobody_has_claimed_is_cancelled_by_the_next_sweep() -> None:
    stand = Stand(sms(*map(number, range(30))))

    assert cancel(stand).open == 30
    stand.sweep()
    for order in stand.queue.orders:
        stand.dispatch(order)

    assert stand.states() == ["cancelled"] * 30
    assert stand.sms.calls == []
    assert not stand.dispatch_progress.due(stand.clock() + timedelta(days=9), 9)


def test_a_worker_heeds_a_cancellation_two_seconds_after_it_at_the_latest() -> None:
    # given a worker that has just read the alert
    stand = Stand(sms(*map(number, range(75))))
    stand.dispatch(stand.order(0))
    cancel(stand)

    stand.clock.advance(FRESH)
    stand.dispatch(stand.order(1))
    stand.clock.advance(timedelta(milliseconds=1))
    stand.dispatch(stand.order(2))

    assert stand.states() == ["sent"] * 50 + ["cancelled"] * 25


def test_what_waits_for_another_try_is_not_tried_again() -> None:
    stand = Stand(sms(number(1)))
    stand.sms.by_default(Throttle(timedelta(minutes=10)))
    stand.dispatch()
    assert stand.states() == ["retry_wait"]

    cancel(stand)
    stand.clock.advance(FRESH + SECOND)
    stand.sweep()
    for order in stand.queue.orders:
        stand.dispatch(order)

    assert stand.states() == ["cancelled"]


@pytest.mark.parametrize("seed", range(8))
def test_a_race_of_cancel_and_claims_leaves_every_message_sent_or_cancelled(seed: int) -> None:
    # given eight workers with an order each, and a client that cancels in the middle
    stand = Stand(sms(*map(number, range(200))))
    start = Barrier(9)

    def work(n: int) -> None:
        four = (stand.alerts, stand.rows, stand.dispatch_progress, stand.events)
        worker = DispatchBatch(
            *four,
            stand.queue,
            SmsChannel(stand.sms, stand.sms),
            stand.guards,
            stand.clock,
            SeededRandomness(n),
            OneHand(),
        )
        start.wait()
        worker(stand.order(n), lambda: timedelta(hours=1))

    with ThreadPoolExecutor(9) as pool:
        workers = [pool.submit(work, n) for n in range(8)]
        start.wait()
        assert cancel(stand).success
        for worker in workers:
            worker.result()
    settle(stand)

    states = [row.state for row in stand.rows.rows.values()]
    assert len(states) == 200
    assert set(states) <= {MessageState.SENT, MessageState.CANCELLED}
    assert len(stand.sms.calls) == states.count(MessageState.SENT)
    assert all(len(texts) == 1 for texts in stand.sms.received.values())
