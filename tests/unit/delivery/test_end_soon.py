"""The end of an alert reaches its open messages soon, and phones that ring about it within seconds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.builders import TENANT, a_call, number, sms
from tests.fakes.dispatch_queue import FakeDispatchQueue
from tests.unit.delivery.stand import Stand
from tocsin.delivery.application.end_soon import end_soon, open_batches
from tocsin.delivery.application.recent_alerts import FRESH
from tocsin.delivery.domain.message import MessageState
from tocsin.delivery.domain.progress import BatchProgress, WorkKey

PHONES = tuple(number(n) for n in range(1, 61))


def of_three_batches(state: MessageState) -> Stand:
    """Return an alert with three batches of calls and three of texts; of each the first is over, the second in `state`."""
    stand = Stand(a_call(*PHONES), sms(*PHONES))
    for batch in stand.alert.batches():
        key = WorkKey.of(batch)
        counts = {0: MessageState.DELIVERED, 1: state, 2: MessageState.QUEUED}[batch.number % 3]
        known = stand.dispatch_progress.load(key)[batch.number]
        stand.dispatch_progress.record(batch, replace(known, versions=(1,) * batch.count, counts={counts: 1}), known)
    return stand


def let_it_end(stand: Stand) -> None:
    found = open_batches(stand.alert, stand.dispatch_progress)
    end_soon(stand.alert, found, stand.clock(), stand.dispatch_progress, stand.queue)


def test_batches_in_which_phones_ring_are_queued_once_every_worker_knows_of_the_end() -> None:
    stand = of_three_batches(MessageState.CALLING)

    let_it_end(stand)

    ((job, delay),) = stand.queue.puts
    assert job == stand.order(1, positions=tuple(range(25, 50)))
    assert delay == FRESH + timedelta(seconds=1)
    assert set(stand.dispatch_progress.looks.values()) == {stand.clock()}


def test_where_no_phone_rings_the_sweeper_is_soon_enough() -> None:
    stand = of_three_batches(MessageState.RETRY_WAIT)

    let_it_end(stand)

    assert stand.queue.puts == []
    assert set(stand.dispatch_progress.looks.values()) == {stand.clock()}


def test_what_is_over_is_left_alone() -> None:
    stand = Stand(a_call(number(1)))
    batch = stand.batch()
    done = BatchProgress((3,), {MessageState.DELIVERED: 1})
    stand.dispatch_progress.record(batch, done, BatchProgress.blank(1))
    stand.dispatch_progress.check_again(WorkKey(TENANT, stand.alert.ref, 0), None)

    assert open_batches(stand.alert, stand.dispatch_progress) == {}
    end_soon(stand.alert, {}, stand.clock(), stand.dispatch_progress, FakeDispatchQueue())
    assert stand.dispatch_progress.looks == {}
