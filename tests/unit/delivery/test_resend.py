"""Which messages are sent again, when they may go, and that nothing forgets them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders import number, sms
from tests.fakes.providers import RefusePermanent, Throttle
from tests.fakes.reopening import FakeReopenedBatches
from tests.fakes.time import NOON
from tests.unit.delivery.stand import Stand
from tocsin.contacts.domain.recipient import ERASED_ADDRESS, Recipient
from tocsin.delivery.application.resend import ResendFailed
from tocsin.delivery.domain.message import MAX_ATTEMPTS, Message, MessageState, SendingTerms, claim_message, resent
from tocsin.delivery.domain.progress import BatchProgress, WorkKey

S = MessageState
HOUR = timedelta(hours=1)
ANA, BOB = number(1), number(2)


def resending(stand: Stand, reopened: FakeReopenedBatches | None = None) -> ResendFailed:
    return ResendFailed(
        alerts=stand.alerts,
        rows=stand.rows,
        dispatch_progress=stand.dispatch_progress,
        reopened=reopened or FakeReopenedBatches(stand.rows, stand.dispatch_progress),
        queue=stand.queue,
        clock=stand.clock,
    )


def failed(*phones: str) -> Stand:
    """Return a stand whose alert to these phones and to one more has failed at these."""
    stand = Stand(sms(*phones, number(9)))
    for phone in phones:
        stand.sms.towards(phone, RefusePermanent())
    stand.dispatch()
    assert stand.states() == ["failed"] * len(phones) + ["sent"]
    stand.queue.puts = []
    return stand


@pytest.mark.parametrize("state", S)
def test_decided_2_18_only_what_has_failed_is_sent_again(state: MessageState) -> None:
    message = Message(0, state, 3, 1, (), due_at=NOON)
    assert (resent(message, NOON) is not None) == (state is S.FAILED)


def test_a_message_without_a_try_left_stays_failed() -> None:
    assert resent(Message(0, S.FAILED, 3, MAX_ATTEMPTS, ()), NOON) is None
    assert resent(Message(0, S.FAILED, 3, MAX_ATTEMPTS - 1, ()), NOON) is not None


def test_the_next_try_has_the_next_number_and_the_reason_is_in_the_log() -> None:
    stand = failed(ANA)
    stand.sms.towards(ANA, Throttle())

    assert resending(stand)(stand.alert) == 1
    assert [(row.state, row.reason, row.attempt) for row in [stand.row()]] == [(S.RETRY_WAIT, "resent", 1)]
    (job,) = stand.queue.orders
    assert job.positions == (0,)
    stand.dispatch(job)

    assert (stand.row().attempt, stand.sms.calls[-1].id.attempt) == (2, 2)
    assert len(stand.sms.calls_to(number(9))) == 1


def test_the_counts_say_at_once_that_it_waits() -> None:
    stand = failed(ANA, BOB)
    resending(stand)(stand.alert)
    work = WorkKey.of(stand.batch())
    assert stand.dispatch_progress.load(work)[0].counts == {S.RETRY_WAIT: 2, S.SENT: 1}
    assert not stand.dispatch_progress.load(work)[0].terminal


@pytest.mark.parametrize("after", [timedelta(minutes=1), 5 * HOUR, timedelta(days=20)])
def test_decided_2_18_it_has_as_much_time_as_after_the_acceptance(after: timedelta) -> None:
    stand = failed(ANA)
    stand.sms.towards(ANA, Throttle())
    stand.clock.advance(after)
    resending(stand)(stand.alert)

    stand.dispatch(stand.queue.orders[0])

    time = stand.alert.send_before - stand.alert.accepted_at
    assert stand.sms.messages[-1].expires_in == time
    stand.clock.advance(time)
    stand.queue.puts = []
    stand.sweep()
    stand.dispatch(stand.order(positions=(0,)))
    assert stand.states() == ["expired", "sent"]


def test_it_never_goes_out_after_the_end_of_the_alert() -> None:
    stand = failed(ANA)
    assert stand.alert.expires_at is not None
    stand.clock.advance(stand.alert.expires_at - stand.clock() - timedelta(seconds=30))
    resending(stand)(stand.alert)
    stand.dispatch(stand.queue.orders[0])
    assert stand.sms.messages[-1].expires_in == timedelta(seconds=30)


def test_who_was_erased_is_left_alone() -> None:
    stand = failed(ANA, BOB)
    (chunk,) = stand.alerts.chunks
    stand.alerts.chunks[chunk] = (Recipient(ERASED_ADDRESS), *stand.alerts.chunks[chunk][1:])
    assert resending(stand)(stand.alert) == 1
    assert stand.states() == ["failed", "retry_wait", "sent"]


def test_if_the_queue_is_down_the_sweeper_queues_it_although_a_late_reporter_closed_its_row() -> None:
    stand = failed(ANA)
    work = WorkKey.of(stand.batch())

    class Closed(FakeReopenedBatches):
        def reopen(self, *args: object, **options: object) -> bool:
            done: bool = super().reopen(*args, **options)  # type: ignore[arg-type]
            stand.dispatch_progress.check_again(work, None)
            return done

    stand.queue.outage.failing = 1
    assert resending(stand, Closed(stand.rows, stand.dispatch_progress))(stand.alert) == 1
    assert stand.queue.orders == []

    stand.clock.advance(timedelta(minutes=2))
    assert stand.sweep().requeued == 1
    stand.dispatch(stand.queue.orders[0])
    assert stand.row().attempt == 2


def test_a_batch_that_changes_meanwhile_is_decided_again() -> None:
    stand = failed(ANA)
    work, batch = WorkKey.of(stand.batch()), stand.batch()
    tries = []

    class Late(FakeReopenedBatches):
        def reopen(self, *args: object, **options: object) -> bool:
            tries.append(args)
            if len(tries) == 1:  # another reporter replaces the counts
                counts = stand.dispatch_progress.rows[work][0]
                stand.dispatch_progress.rows[work][0] = BatchProgress(counts.versions, {**counts.counts, S.QUEUED: 0})
            done: bool = super().reopen(*args, **options)  # type: ignore[arg-type]
            return done

    assert resending(stand, Late(stand.rows, stand.dispatch_progress))(stand.alert) == 1
    assert len(tries) == 2
    assert stand.rows.load(batch.key, range(1))[0].state is S.RETRY_WAIT


@pytest.mark.parametrize(("cancelled", "state"), [(True, S.CANCELLED), (False, S.SENDING)])
def test_what_is_sent_again_after_enough_answers_goes_out_and_after_a_cancellation_does_not(
    cancelled: bool, state: MessageState
) -> None:
    stand = failed(ANA)
    resending(stand)(stand.alert)
    terms = SendingTerms(stand.clock() + HOUR, cancelled, timedelta(minutes=1))
    claimed = claim_message(stand.row(), 0, stand.clock(), terms)
    assert isinstance(claimed, Message)
    assert claimed.state is state


@pytest.mark.parametrize("late", [False, True])
def test_decided_2_18_the_end_of_the_escalation_stops_only_what_was_sent_again_before_it(late: bool) -> None:
    stand = failed(ANA)
    if not late:
        resending(stand)(stand.alert)
        stand.clock.advance(timedelta(seconds=1))
    stand.alerts.stop(stand.alert.tenant, stand.alert.ref, stand.clock())
    if late:
        resending(stand)(stand.alert)
    stand.clock.advance(timedelta(seconds=5))
    stand.dispatch(stand.queue.orders[0])
    assert stand.row().attempt == 1 + late
    assert (stand.row().state is S.SKIPPED) == (not late)
