"""Cancelling against claiming: what is claimed goes out, all else does not, and nothing does both."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import number, sms
from tests.fakes.executor import OneHand
from tests.fakes.link_sets import FakeLinkSets
from tests.fakes.providers import Throttle
from tests.fakes.randomness import SeededRandomness
from tests.fakes.schedules import no_schedules
from tests.unit.alerts.desk import a_key
from tests.unit.delivery.stand import Stand
from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.client_api.application.cancel_alerts import CancelAlerts, CancelElement, CancelItemResult, CancelKind
from tocsin.client_api.domain.stopped_messages import StoppedMessages, stopped_messages
from tocsin.delivery.application.channels import SmsChannel
from tocsin.delivery.application.dispatch_batch import DispatchBatch
from tocsin.delivery.application.guards import Claimed, Objection
from tocsin.delivery.application.recent_alerts import FRESH
from tocsin.delivery.domain.message import Message, MessageState
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import AlertRef, TenantId

SECOND = timedelta(seconds=1)
LAYOUTS = pytest.mark.parametrize("one_row", [False, True], ids=["many rows", "one row"])


def cancel(stand: Stand, **more: Any) -> CancelItemResult:
    use_case = CancelAlerts(
        stand.alerts,
        stand.dispatch_progress,
        stand.rows,
        stand.clock,
        FakeLinkSets(),
        no_schedules(stand.alerts, stand.clock),
        **more,
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

    assert cancel(stand).messages == StoppedMessages(stopped=30)
    stand.sweep()
    for order in stand.queue.orders:
        stand.dispatch(order)

    assert stand.states() == ["cancelled"] * 30
    assert stand.sms.calls == []
    assert not stand.dispatch_progress.due(stand.clock() + timedelta(days=9), 9)


@LAYOUTS
def test_a_worker_that_has_just_read_the_alert_sends_nothing_that_it_claims_after_a_cancellation(one_row: bool) -> None:
    stand = Stand(sms(*map(number, range(75))), one_row=one_row)
    stand.dispatch(stand.order(0))

    assert cancel(stand).messages == StoppedMessages(stopped=50)
    stand.dispatch(stand.order(1))
    stand.dispatch(stand.order(2))

    assert stand.states() == ["sent"] * 25 + ["cancelled"] * 50
    assert len(stand.sms.calls) == 25


@LAYOUTS
def test_what_a_worker_has_claimed_may_still_go_and_the_worker_looks_once_more(one_row: bool) -> None:
    # given a client that cancels while a worker asks its guards
    stand = Stand(sms(*map(number, range(50))), one_row=one_row)
    results = []

    def client(alert: Alert, item: AlertItem, claimed: Sequence[Claimed]) -> dict[int, Objection]:
        results.append(cancel(stand))
        return {}

    stand.guards.insert(0, client)
    stand.dispatch(stand.order(0))
    stand.guards.remove(client)

    # then it is told what may go, which goes out only if a look would cost one receiver a read
    assert [result.messages for result in results] == [StoppedMessages(stopped=25, may_still_go=25)]
    assert stand.states() == ["sent" if one_row else "cancelled"] * 25
    settle(stand)
    assert len(stand.sms.calls) == (25 if one_row else 0)


def test_if_the_alert_cannot_be_read_before_the_call_the_messages_are_tried_again() -> None:
    stand = Stand(sms(*map(number, range(3))))
    read = stand.alerts.get
    reads = iter([False, True])  # the worker's own, and the last look

    def sometimes(tenant: TenantId, ref: AlertRef) -> Alert | None:
        if next(reads, False):
            raise StorageUnavailable("down")
        return read(tenant, ref)

    stand.alerts.get = sometimes  # type: ignore[method-assign]
    stand.dispatch()
    assert stand.states() == ["retry_wait"] * 3
    assert stand.sms.calls == []


def test_what_is_not_read_may_still_go() -> None:
    # given an alert of three chunks, and a call that may read two
    stand = Stand(sms(*map(number, range(600))))

    assert cancel(stand, reads_at_most=2).messages == StoppedMessages(stopped=500, may_still_go=100)


@given(st.lists(st.sampled_from([None, *MessageState]), max_size=30))
def test_only_what_no_worker_holds_is_counted_as_stopped(states: list[MessageState | None]) -> None:
    rows = [None if state is None else Message(0, state, 1, 1, ()) for state in states]
    found = stopped_messages(rows)
    assert found.stopped == sum(state in (None, "queued", "held", "retry_wait") for state in states)
    assert found.may_still_go == sum(state in ("sending", "calling", "unknown") for state in states)
    assert found.open == sum(row is None or not row.terminal for row in rows)


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


@LAYOUTS
@pytest.mark.parametrize("seed", range(8))
def test_a_race_of_cancel_and_claims_leaves_every_message_sent_or_cancelled(seed: int, one_row: bool) -> None:
    # given eight workers with an order each, and a client that cancels in the middle
    stand = Stand(sms(*map(number, range(200))), one_row=one_row)
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
        result = cancel(stand)
        for worker in workers:
            worker.result()
    settle(stand)

    states = [row.state for row in stand.rows.rows.values()]
    assert len(states) == 200
    assert set(states) <= {MessageState.SENT, MessageState.CANCELLED}
    assert len(stand.sms.calls) == states.count(MessageState.SENT)
    assert all(len(texts) == 1 for texts in stand.sms.received.values())
    # what the client was told holds
    assert result.messages is not None
    assert result.messages.stopped <= states.count(MessageState.CANCELLED) <= result.messages.open
