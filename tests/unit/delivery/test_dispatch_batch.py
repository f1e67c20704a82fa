from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.builders import number, sms
from tests.fakes.erasures import FakeErasureLedger
from tests.fakes.providers import Accept, Behaviour, Break, LoseReply, RefusePermanent, Throttle
from tests.fakes.sealer import FakeSealer
from tests.fakes.time import VirtualClock
from tests.unit.delivery.stand import Stand
from tocsin.alerts.domain.alert import Batch, ChunkKey
from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.application.recent_alerts import FRESH, RecentAlerts
from tocsin.delivery.domain.message import STORE_RETRY_CAP, Message, MessageState, Receipt, apply_receipt
from tocsin.delivery.domain.submission import Accepted, Submission
from tocsin.delivery.ports.senders import OutgoingSms, Wait
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.privacy.application.erase_contact import fingerprint
from tocsin.suppressions.domain.suppression import SuppressionReason

ANA, BOB, CAT = number(1), number(2), number(3)
SECOND = timedelta(seconds=1)


def test_a_fresh_batch_costs_nine_calls_of_the_store_however_many_it_holds() -> None:
    stand = Stand(sms(*map(number, range(25))))

    report = stand.dispatch()

    assert report.moved == {"sent": 25}
    assert stand.calls == {
        "alerts.get": 1,
        "alerts.recipients": 1,
        "rows.save": 3,  # the claim, and the outcomes of two waves
        "rows.refuses_cancelled": 1,  # no call: the alert is known
        "rows.saves_together": 1,  # the same
        "last_looks.look": 1,  # whether it was cancelled, and who must not be contacted
        "events.publish": 1,
        "dispatch_progress.record": 1,
        "dispatch_progress.check_again": 1,
    }


def test_the_next_batch_of_the_same_chunk_reads_neither_the_alert_nor_recipients() -> None:
    stand = Stand(sms(*map(number, range(50))))
    stand.dispatch(stand.order(0))
    stand.calls.clear()

    stand.dispatch(stand.order(1))

    assert not {"alerts.get", "alerts.recipients"} & stand.calls.keys()
    assert len(stand.sms.calls) == 50


def test_the_last_batch_closes_the_work_row() -> None:
    stand = Stand(sms(*map(number, range(50))))

    stand.dispatch(stand.order(0))
    assert len(stand.dispatch_progress.looks) == 1
    stand.dispatch(stand.order(1))

    assert stand.dispatch_progress.looks == {}


def test_a_second_copy_of_an_order_sends_nothing() -> None:
    stand = Stand(sms(ANA, BOB))
    stand.dispatch()

    report = stand.dispatch()

    assert (report.moved, report.not_claimed, report.calls) == ({}, {"settled": 2}, 0)
    assert len(stand.sms.calls) == 2


def test_provider_calls_run_side_by_side() -> None:
    everybody_there = threading.Barrier(10, timeout=5)

    class Slow:
        def send(self, message: OutgoingSms) -> Submission:
            everybody_there.wait()
            return Accepted(str(message.id))

    with ThreadPoolExecutor(10) as executor:
        stand = Stand(sms(*map(number, range(10))), executor=executor)
        stand.sms.send = Slow().send  # type: ignore[method-assign]
        stand.sms.connected = False
        report = stand.dispatch()

    assert report.moved == {"sent": 10}
    assert [stand.row(n).provider_id for n in range(10)] == [f"acme.{stand.alert.ref}.0.0.{n}.1" for n in range(10)]


@pytest.mark.parametrize("idle", [0, 1, 9, 10])
def test_a_wave_is_with_the_provider_before_one_outcome_is_waited_for(idle: int) -> None:
    # given connections for some messages of a wave; threads are for the others
    events: list[str] = []

    def begin(message: OutgoingSms) -> Wait | None:
        if events.count("begun") == idle:
            return None
        events.append("begun")
        return lambda: events.append("waited") or Accepted(str(message.id))  # type: ignore[func-returns-value]

    stand = Stand(sms(*map(number, range(10))))
    stand.sms.begin = begin  # type: ignore[method-assign]

    # when they are submitted
    report = stand.dispatch()

    # then none waits for another, and each has its own outcome
    assert events == ["begun"] * idle + ["waited"] * idle
    assert len(stand.sms.messages) == 10 - idle
    assert report.moved == {"sent": 10}
    rows = [stand.row(n) for n in range(10)]
    assert all(row.provider_id == f"acme.{stand.alert.ref}.0.0.{n}.1" for n, row in enumerate(rows[:idle]))


@pytest.mark.parametrize("begun", [False, True])
def test_a_sender_that_breaks_leaves_only_its_own_outcome_unknown(begun: bool) -> None:
    def broken() -> Submission:
        raise RuntimeError("an adapter with a fault in it")

    def begin(message: OutgoingSms) -> Wait:
        if message.to == ANA:
            return broken if begun else broken()  # type: ignore[return-value]
        return lambda: Accepted("p1")

    stand = Stand(sms(ANA, BOB))
    stand.sms.begin = begin  # type: ignore[method-assign]

    with pytest.raises(RuntimeError):
        stand.dispatch()
    assert (stand.row(0).state, stand.row(1).state) == (MessageState.UNKNOWN, MessageState.SENT)


def test_a_single_provider_call_is_made_without_a_thread_of_its_own() -> None:
    stand = Stand(sms(ANA), executor=(closed := ThreadPoolExecutor(1)))
    closed.shutdown()  # it takes no call any more

    assert stand.dispatch().moved == {"sent": 1}


def test_a_single_sender_that_breaks_leaves_its_outcome_unknown() -> None:
    stand = Stand(sms(ANA))
    stand.sms.towards(ANA, Break())

    with pytest.raises(RuntimeError):
        stand.dispatch()

    assert stand.row(0).state is MessageState.UNKNOWN


def test_nothing_is_claimed_when_the_worker_is_about_to_end_and_another_gets_it_soon() -> None:
    stand = Stand(sms(ANA, BOB))

    report = stand.dispatch(time_left=24 * SECOND)

    assert (report.requeued, report.unfinished) == (2, ())
    assert stand.queue.puts == [(stand.order(positions=(0, 1)), SECOND)]
    assert (stand.rows.rows, stand.sms.calls) == ({}, [])


def test_what_is_left_undone_and_cannot_be_queued_comes_again_with_its_order() -> None:
    stand = Stand(sms(ANA, BOB))
    stand.queue.outage.failing = 1

    report = stand.dispatch(time_left=24 * SECOND)

    assert (report.requeued, report.unfinished) == (0, (0, 1))


def test_a_call_that_would_outlast_the_worker_is_not_made_and_tried_again_at_once() -> None:
    stand = Stand(sms(ANA, BOB))
    left = iter([30 * SECOND, 12 * SECOND, 11 * SECOND])

    report = stand.dispatcher(stand.order(), lambda: next(left))

    assert report.moved == {"sent": 1, "retry_wait": 1}
    assert stand.sms.received == {ANA: ["trunk 7 is down"]}
    assert stand.queue.puts == [(stand.order(positions=(1,)), timedelta(0))]


def test_a_call_is_not_made_on_a_claim_about_to_lapse() -> None:
    stand = Stand(sms(ANA, BOB))
    stand.sms.on_taken = lambda id, provider_id: stand.clock.advance(49 * SECOND)

    report = stand.dispatch()

    assert report.moved == {"sent": 1, "retry_wait": 1}
    assert stand.row(1).reason == "out_of_time"


def test_each_behaviour_of_the_provider_has_its_state() -> None:
    stand = Stand(sms(*map(number, range(4))))
    behaviours: list[Behaviour] = [Accept(), RefusePermanent("no_such_number"), Throttle(), LoseReply()]
    for n, behaviour in enumerate(behaviours):
        stand.sms.towards(number(n), behaviour)

    report = stand.dispatch()

    assert stand.states() == ["sent", "failed", "retry_wait", "unknown"]
    assert report.moved == {"sent": 1, "failed": 1, "retry_wait": 1, "unknown": 1}
    assert (report.calls, report.requeued) == (4, 2)  # what waits for another try, and what waits for a receipt
    assert stand.row(1).reason == "no_such_number"


def test_retries_are_queued_for_when_they_are_due_those_close_together_in_one_order() -> None:
    stand = Stand(sms(*map(number, range(25))))
    stand.sms.by_default(Throttle())

    stand.dispatch()

    queued = [position for order, _ in stand.queue.puts for position in order.positions or ()]
    assert sorted(queued) == list(range(25))
    assert 1 <= len(stand.queue.puts) <= 4
    for order, delay in stand.queue.puts:
        dues = [row.due_at for p in order.positions or () if (row := stand.row(p)).due_at]
        assert timedelta(0) <= stand.clock() + delay - max(dues) < SECOND
        assert max(dues) - min(dues) <= 6 * SECOND


def test_a_retry_the_queue_does_not_take_is_counted_and_left_to_the_sweeper() -> None:
    stand = Stand(sms(ANA))
    stand.sms.towards(ANA, Throttle(), Accept())
    stand.queue.outage.failing = 1

    report = stand.dispatch()
    assert (report.requeued, report.unqueued) == (0, 1)
    stand.clock.advance(timedelta(minutes=3))
    stand.sweep()

    assert stand.queue.orders == [stand.order(positions=(0,))]


def test_a_claim_that_could_not_be_saved_sends_nothing() -> None:
    stand = Stand(sms(ANA))
    stand.rows.outage.failing = 1

    with pytest.raises(StorageUnavailable):
        stand.dispatch()

    assert stand.sms.calls == []


def test_what_came_of_a_try_is_recorded_although_the_store_fails_at_first() -> None:
    stand = Stand(sms(ANA))

    def outage(id: object, provider_id: str) -> None:
        stand.rows.outage.failing = 3

    stand.sms.on_taken = outage
    stand.dispatch()

    assert stand.states() == ["sent"]


def test_a_receipt_that_overtakes_the_record_is_kept() -> None:
    stand = Stand(sms(ANA, BOB))

    def delivered(id: object, provider_id: str) -> None:
        batch = stand.batch()
        position = len(stand.sms.calls) - 1
        row = stand.rows.load(batch.key, batch.positions)[position]
        moved = apply_receipt(row, Receipt(1, MessageState.DELIVERED, provider_id=provider_id), stand.clock())
        assert moved
        assert stand.rows.save(batch.key, [moved]) == [True]

    stand.sms.on_taken = delivered
    stand.dispatch()

    assert stand.states() == ["delivered", "delivered"]
    assert [step.state.value for step in stand.row().log] == ["sending", "delivered"]


def test_rows_the_store_turned_away_are_claimed_again_and_the_others_are_sent() -> None:
    stand = Stand(sms(ANA, BOB, CAT))
    save = stand.rows.save

    def turns_one_away(
        key: ChunkKey, messages: Sequence[Message], expires_at: datetime | None = None
    ) -> Sequence[bool]:
        stand.rows.save = save  # type: ignore[method-assign]
        return [*save(key, messages[:-1]), False]

    stand.rows.save = turns_one_away  # type: ignore[method-assign]
    report = stand.dispatch()

    assert report.moved == {"sent": 3}
    assert [len(stand.sms.calls_to(who)) for who in (ANA, BOB, CAT)] == [1, 1, 1]


def test_what_is_claimed_is_sent_although_the_store_fails_over_the_rest() -> None:
    stand = Stand(sms(ANA, BOB))
    save = stand.rows.save

    def turns_one_away_and_dies(
        key: ChunkKey, messages: Sequence[Message], expires_at: datetime | None = None
    ) -> Sequence[bool]:
        stand.rows.save = save  # type: ignore[method-assign]
        written = [*save(key, messages[:-1]), False]
        stand.rows.outage.failing = 1
        return written

    stand.rows.save = turns_one_away_and_dies  # type: ignore[method-assign]
    stand.dispatch()

    assert stand.sms.received == {ANA: ["trunk 7 is down"]}
    assert stand.queue.puts == [(stand.order(positions=(1,)), SECOND)]


def test_a_sender_that_raises_harms_its_own_message_only_and_the_error_is_heard() -> None:
    stand = Stand(sms(ANA, BOB))
    stand.sms.towards(ANA, Break())

    with pytest.raises(RuntimeError):
        stand.dispatch()

    assert stand.states() == ["unknown", "sent"]


def test_only_the_positions_of_an_order_are_touched() -> None:
    stand = Stand(sms(ANA, BOB, CAT))

    stand.dispatch(stand.order(positions=(1,)))

    assert stand.sms.received == {BOB: ["trunk 7 is down"]}


def test_an_order_that_does_not_fit_its_alert_is_refused_before_anything_is_done() -> None:
    stand = Stand(sms(ANA, BOB))
    batch = stand.batch()
    channel, lane = stand.order().channel, stand.order().lane
    wrong = [
        DispatchJob(Batch(batch.key, 0, 0, 3), channel, lane),
        DispatchJob(Batch(ChunkKey(batch.key.tenant, batch.key.alert, 1, 0), 0, 0, 1), channel, lane),
        DispatchJob(batch, channel, lane, (2,)),
    ]

    for order in wrong:
        with pytest.raises(ValueError, match="a dispatch job for"):
            stand.dispatch(order)
    assert stand.rows.rows == {}


def test_an_order_of_an_alert_the_store_has_forgotten_is_done_with() -> None:
    stand = Stand(sms(ANA))
    stand.alerts.alerts.clear()

    assert stand.dispatch().moved == {}


def test_a_cancellation_is_heeded_within_two_seconds_and_a_clock_set_back_does_not_delay_it() -> None:
    stand = Stand(sms(ANA))
    clock = VirtualClock()
    recent = RecentAlerts(stand.alerts, clock)
    place = (stand.alert.tenant, stand.alert.ref)
    first = recent.get(*place)
    stand.alerts.alerts[place] = cancelled = replace(stand.alert, cancelled_at=clock())

    clock.advance(FRESH)
    assert recent.get(*place) is first
    clock.advance(-timedelta(hours=1))
    assert recent.get(*place) == cancelled
    clock.advance(FRESH + SECOND)
    assert recent.get(*place) == cancelled


# --- suppression ------------------------------------------------------------------------------------------------------


def test_r7_who_said_stop_gets_nothing_and_the_others_do() -> None:
    stand = Stand(sms(ANA, BOB))
    stand.suppress(stand.alert.tenant, Channel.SMS, ANA, SuppressionReason.STOP, stand.clock())

    report = stand.dispatch()

    assert (report.moved, report.calls) == ({"suppressed": 1, "sent": 1}, 1)
    assert [call.to for call in stand.sms.calls] == [BOB]
    assert stand.states() == ["suppressed", "sent"]
    assert stand.row(0).reason == "stop"
    assert stand.dispatch_progress.looks == {}


def test_r7_a_stop_between_two_tries_holds_back_the_second() -> None:
    stand = Stand(sms(ANA))
    stand.sms.towards(ANA, Throttle())
    stand.dispatch()
    stand.suppress(stand.alert.tenant, Channel.SMS, ANA, SuppressionReason.STOP, stand.clock())
    stand.clock.advance(timedelta(minutes=15))

    stand.dispatch(stand.order(positions=(0,)))

    assert stand.states() == ["suppressed"]
    assert len(stand.sms.calls) == 1


def test_r7_nobody_is_contacted_while_the_list_cannot_be_read() -> None:
    stand = Stand(sms(ANA, BOB))
    stand.suppressions.outage.failing = 1

    report = stand.dispatch()

    assert (report.moved, stand.sms.calls) == ({"retry_wait": 2}, [])
    assert stand.row().reason == "suppressions_unavailable"
    stand.clock.advance(timedelta(minutes=15))
    stand.dispatch(stand.order(positions=(0, 1)))
    assert stand.states() == ["sent", "sent"]


def test_r10_while_the_list_cannot_be_read_a_message_waits_a_minute_at_most_and_uses_up_no_try() -> None:
    stand = Stand(sms(ANA))
    stand.suppressions.outage.failing = 25
    for _ in range(25):
        stand.dispatch(stand.order(positions=(0,)))
        row = stand.row()
        assert (row.state.value, row.attempt) == ("retry_wait", 0)
        assert row.due_at is not None
        assert row.due_at - stand.clock() <= STORE_RETRY_CAP
        stand.clock.advance(STORE_RETRY_CAP)

    stand.dispatch(stand.order(positions=(0,)))

    assert [call.id.attempt for call in stand.sms.calls] == [1]
    assert stand.states() == ["sent"]


def test_a_list_that_cannot_be_read_for_hours_is_asked_for_seldom_and_not_for_ever() -> None:
    stand = Stand(sms(ANA), lifetime=timedelta(hours=72))
    stand.suppressions.outage.failing = 1_000
    for _ in range(60):
        stand.dispatch(stand.order(positions=(0,)))
        stand.clock.advance(timedelta(minutes=15))

    assert stand.states() == ["failed"]
    assert stand.row().version < 110


def test_r7_nor_when_reading_it_fails_in_a_way_that_nobody_foresaw_which_is_said() -> None:
    stand = Stand(sms(ANA))
    stand.suppressions.find = None  # type: ignore[method-assign, assignment]

    with pytest.raises(TypeError):
        stand.dispatch()

    assert (stand.states(), stand.sms.calls) == (["retry_wait"], [])


def test_what_is_about_to_be_submitted_is_noted_before_and_nothing_else() -> None:
    # given three receivers, of whom one said STOP
    stand = Stand(sms(ANA, BOB, number(3)))
    stand.suppress(stand.alert.tenant, Channel.SMS, ANA, SuppressionReason.STOP, stand.clock())

    stand.dispatch()
    stand.dispatch()

    assert stand.noted == [[(1, BOB, 0), (2, number(3), 0)]]


def test_a_sandbox_alert_asks_nobody_for_leave() -> None:
    stand = Stand(sms(ANA), sandbox=True)
    stand.suppress(stand.alert.tenant, Channel.SMS, ANA, SuppressionReason.STOP, stand.clock())

    stand.dispatch()

    assert stand.states() == ["sent"]


def test_who_said_stop_on_one_channel_is_free_on_the_other() -> None:
    stand = Stand(sms(ANA))
    stand.suppress(stand.alert.tenant, Channel.EMAIL, ANA, SuppressionReason.COMPLAINT, stand.clock())

    stand.dispatch()

    assert stand.states() == ["sent"]


# --- who was erased -------------------------------------------------------------------------------------------


def erasing(stand: Stand, *, remembered: bool = True) -> FakeErasureLedger:
    """Return the ledger that the stand's dispatcher asks; with `remembered` it has read the receivers before."""
    if remembered:
        stand.dispatch(time_left=timedelta(0))
    return stand.erasures


def test_s8_a_receiver_who_was_erased_after_acceptance_gets_nothing_although_the_worker_remembers() -> None:
    stand = Stand(sms(ANA, BOB))
    ledger = erasing(stand)
    ledger.enter(stand.alert.tenant, [fingerprint(FakeSealer(), stand.alert.tenant, ANA)], stand.clock())

    report = stand.dispatch()

    assert report.moved == {"suppressed": 1, "sent": 1}
    assert (stand.row(0).reason, set(stand.sms.received)) == ("erased", {BOB})


def test_s8_an_emptied_place_gets_nothing() -> None:
    stand = Stand(sms("", BOB))
    erasing(stand)

    assert stand.dispatch().moved == {"suppressed": 1, "sent": 1}
    assert stand.row(0).reason == "erased"


def test_somebody_who_was_erased_before_and_is_given_anew_is_contacted() -> None:
    stand = Stand(sms(ANA))
    ledger = erasing(stand)
    before = stand.clock() - timedelta(milliseconds=1)
    ledger.enter(stand.alert.tenant, [fingerprint(FakeSealer(), stand.alert.tenant, ANA)], before)

    assert stand.dispatch().moved == {"sent": 1}
    assert "ledger.since" not in stand.calls, "the last erasure was earlier than the alert"


def test_nobody_is_contacted_when_the_ledger_does_not_answer() -> None:
    stand = Stand(sms(ANA))
    ledger = erasing(stand, remembered=False)
    ledger.enter(stand.alert.tenant, [b"somebody else"], stand.clock())
    ledger.outage.failing = 1

    assert stand.dispatch().moved == {"retry_wait": 1}
    assert stand.row().reason == "erasures_unavailable"
