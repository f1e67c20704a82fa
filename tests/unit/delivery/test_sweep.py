from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders import number, sms
from tests.fakes.providers import Accept, LoseReply, Throttle
from tests.unit.delivery.stand import Stand
from tocsin.alerts.domain.alert import Lane
from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.alerts.ports.dispatch_queue import LaneLoad
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.application.batch_run import TimeBudget
from tocsin.delivery.domain.message import RECEIPT_GRACE
from tocsin.delivery.domain.progress import BACKLOG_PATIENCE, SWEEP_AFTER, WorkKey
from tocsin.kernel.domain.errors import SealBroken, StorageUnavailable

ANA, BOB, CAT = number(1), number(2), number(3)
URGENT = SWEEP_AFTER
SECOND = timedelta(seconds=1)


def look(stand: Stand) -> timedelta | None:
    """When the sweeper looks next, from now."""
    at = stand.dispatch_progress.looks.get(WorkKey.of(stand.batch()))
    return None if at is None else at - stand.clock()


def test_nothing_is_looked_at_before_its_time() -> None:
    stand = Stand(sms(ANA))
    stand.clock.advance(URGENT - SECOND)

    assert stand.sweep().checked == 0


def test_a_batch_nobody_touched_is_queued_as_a_whole_and_looked_at_again() -> None:
    stand = Stand(sms(ANA, BOB))
    stand.clock.advance(URGENT)

    report = stand.sweep()

    assert (report.checked, report.requeued, report.closed) == (1, 2, 0)
    assert stand.queue.orders == [stand.order(positions=(0, 1))]
    assert look(stand) == URGENT


def test_only_what_is_due_is_queued() -> None:
    # given a message that waits for its retry, one that is unknown and one that nobody has touched
    stand = Stand(sms(ANA, BOB, CAT))
    stand.sms.towards(ANA, Throttle(retry_after=timedelta(minutes=15)))
    stand.sms.towards(BOB, LoseReply())
    stand.dispatch(stand.order(positions=(0, 1)))
    stand.queue.puts.clear()
    stand.clock.advance(URGENT)

    stand.sweep()

    assert stand.queue.orders == [stand.order(positions=(2,))]


def test_the_next_look_is_when_the_a_receipt_must_be_in() -> None:
    stand = Stand(sms(ANA))
    stand.sms.towards(ANA, LoseReply())
    stand.dispatch()
    stand.clock.advance(URGENT)

    assert stand.sweep().requeued == 0

    assert look(stand) == RECEIPT_GRACE - URGENT
    stand.clock.advance(RECEIPT_GRACE - URGENT)
    assert stand.sweep().requeued == 1


def test_a_retry_gets_the_time_its_own_order_needs() -> None:
    stand = Stand(sms(ANA))
    stand.sms.towards(ANA, Throttle(retry_after=timedelta(minutes=10)))
    stand.dispatch()
    stand.clock.advance(URGENT)

    stand.sweep()

    assert look(stand) == timedelta(minutes=10)  # due in 8, and 2 more for its order


def test_a_claim_that_lapsed_is_queued() -> None:
    stand = Stand(sms(ANA))

    def die(id: object, provider_id: str) -> None:
        raise KeyboardInterrupt

    stand.sms.on_taken = die
    with pytest.raises(KeyboardInterrupt):
        stand.dispatch()
    stand.clock.advance(max(URGENT, TimeBudget().claim_for))

    assert stand.sweep().requeued == 1
    stand.dispatch(stand.queue.orders[0])
    assert stand.states() == ["unknown"]


def test_a_row_that_was_settled_but_not_closed_is_closed() -> None:
    stand = Stand(sms(ANA))
    stand.dispatch()
    stand.dispatch_progress.check_again(WorkKey.of(stand.batch()), stand.clock())

    report = stand.sweep()

    assert (report.closed, report.requeued, report.repaired) == (1, 0, 0)
    assert look(stand) is None


def test_a_worker_that_died_before_it_reported_is_made_up_for() -> None:
    stand = Stand(sms(ANA))
    stand.dispatch_progress.outage.failing = 1
    with pytest.raises(StorageUnavailable):
        stand.dispatch()
    stand.clock.advance(URGENT)

    report = stand.sweep()

    assert (report.repaired, report.requeued, report.closed) == (1, 0, 1)
    assert [e.event for e in stand.events.collect(stand.alert.tenant, stand.alert.key_id, None, 9, stand.clock())] == [
        "sent"
    ]


def test_an_alert_the_store_has_forgotten_is_closed() -> None:
    stand = Stand(sms(ANA))
    stand.clock.advance(URGENT)
    stand.alerts.alerts.clear()

    assert stand.sweep().closed == 1
    assert stand.dispatch_progress.looks == {}


def test_one_row_that_cannot_be_read_does_not_keep_the_others_waiting() -> None:
    stand = Stand(sms(ANA), ref="broken")
    stand.accept(sms(BOB), ref="sound")
    real = stand.alerts.get

    def get(tenant: object, ref: str) -> object:
        if ref == "broken":
            raise SealBroken("altered")
        return real(tenant, ref)  # type: ignore[arg-type]

    stand.alerts.get = get  # type: ignore[assignment, method-assign]
    stand.clock.advance(URGENT)

    report = stand.sweep()

    assert [(key.alert, code) for key, code in report.failed] == [("broken", "SEAL_BROKEN")]
    assert [order.batch.key.alert for order in stand.queue.orders] == ["sound"]
    assert look(stand) == timedelta(minutes=1)


def test_a_queue_that_is_down_leaves_the_row_due() -> None:
    stand = Stand(sms(ANA))
    stand.clock.advance(URGENT)
    stand.queue.outage.failing = 1

    report = stand.sweep()

    assert [code for _, code in report.failed] == ["STORAGE_UNAVAILABLE"]
    stand.clock.advance(timedelta(minutes=1))
    assert stand.sweep().requeued == 1


def test_a_run_is_bounded_by_its_time() -> None:
    stand = Stand(sms(ANA))
    stand.clock.advance(URGENT)

    report = stand.sweep(time_left=SECOND)

    assert (report.checked, report.more) == (0, True)


def test_sweeping_twice_sends_once() -> None:
    stand = Stand(sms(ANA))
    stand.sms.towards(ANA, Accept())
    stand.clock.advance(URGENT)
    stand.sweep()
    stand.clock.advance(URGENT)
    stand.sweep()

    for order in stand.queue.orders:
        stand.dispatch(order)

    assert stand.sms.received == {ANA: ["trunk 7 is down"]}


# --- patient checks: those of bulk alerts that only seek lost jobs --------------------------------------------------


def broadcast() -> Stand:
    """An alert of the bulk lane whose jobs nobody took."""
    stand = Stand(sms(*map(number, range(101))))
    assert stand.alert.lane is Lane.BULK
    return stand


@pytest.mark.parametrize("load", [LaneLoad.IDLE, LaneLoad.TAKEN])
def test_r10_a_bulk_alert_is_checked_after_two_minutes_if_nothing_waits(load: LaneLoad) -> None:
    stand = broadcast()
    stand.queue.bulk = load
    stand.clock.advance(SWEEP_AFTER - SECOND)
    assert stand.sweep().checked == 0

    stand.clock.advance(SECOND)
    report = stand.sweep()

    assert (report.checked, report.requeued) == (1, 101)
    # what a worker may have is no repair that somebody must hear of
    assert report.in_doubt == (101 if load is LaneLoad.TAKEN else 0)
    assert look(stand) == SWEEP_AFTER


def test_r10_while_bulk_jobs_wait_a_check_waits_and_nothing_is_written() -> None:
    stand = broadcast()
    stand.queue.bulk = LaneLoad.WAITING
    stand.clock.advance(SWEEP_AFTER + BACKLOG_PATIENCE - SECOND)
    before = look(stand)

    report = stand.sweep()

    assert (report.checked, report.more) == (0, False)
    assert (look(stand), stand.queue.orders) == (before, [])


def test_a_check_waits_for_a_backlog_fifteen_minutes_and_no_longer() -> None:
    stand = broadcast()
    stand.queue.bulk = LaneLoad.WAITING
    stand.clock.advance(SWEEP_AFTER + BACKLOG_PATIENCE)

    report = stand.sweep()

    assert (report.requeued, report.in_doubt) == (101, 101)


def test_a_queue_that_does_not_tell_is_taken_for_one_with_a_backlog() -> None:
    stand = broadcast()
    stand.queue.outage.failing = 1
    stand.clock.advance(SWEEP_AFTER)

    assert stand.sweep().checked == 0
    assert stand.sweep().requeued == 101


def test_a_wait_that_is_over_is_no_patient_check() -> None:
    # given a broadcast of which one message awaits its receipt, and the rest is sent
    stand = broadcast()
    stand.sms.towards(number(0), LoseReply())
    for batch in stand.alert.batches():
        stand.dispatch(DispatchJob(batch, Channel.SMS, stand.alert.lane))
    stand.clock.advance(SWEEP_AFTER)
    assert stand.sweep().requeued == 0

    # when the queue has a backlog at the time of the receipt
    stand.queue.bulk = LaneLoad.WAITING
    stand.clock.advance(RECEIPT_GRACE - SWEEP_AFTER)

    assert stand.sweep().requeued == 1
