"""From a dispatch job to a dialled call: lines before claims, one call for each try, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import a_call, number
from tests.fakes.reopening import FakeReopenedBatches
from tests.unit.calls.call_stand import CallStand
from tocsin.alerts.domain.alert import Lane
from tocsin.alerts.domain.response_kind import Evidence, ResponseKind
from tocsin.calls.application.look_into_calls import BELIEVED
from tocsin.calls.domain.outgoing_call import ANSWER_WITHIN
from tocsin.contacts.domain.channel import Channel
from tocsin.content.domain.content import LookupTerms
from tocsin.delivery.application.queue_next_jobs import LINE_DELAY
from tocsin.delivery.application.resend import ResendFailed
from tocsin.delivery.domain.message import (
    CALL_GRACE,
    MAX_ATTEMPTS,
    RECEIPT_GRACE,
    STOPPED,
    Message,
    MessageState,
    SendingTerms,
    claim_message,
    in_call,
)
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.domain.submission import OutcomeUnknown, Rejected
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.limits.application.read_limits import spent_today
from tocsin.suppressions.domain.suppression import SuppressionReason
from tocsin.voice.domain.call_facts import CallEnd, CallFacts
from tocsin.voice.domain.dialogue_state import Heard, KeyMeaning
from tocsin.voice.domain.recording import Recording
from tocsin.voice.domain.script import PromptName, Replay, SpokenText, Voice

ANA, BOB, CAT = number(1), number(2), number(3)
SECOND = timedelta(seconds=1)
ANSWERED = CallFacts(answered=True)
BUSY = CallFacts(CallEnd.BUSY, dial_seconds=3)
HEARD = CallFacts(CallEnd.ENDED, answered=True, heard=Heard.ALL, finished=True, dial_seconds=4, talk_seconds=20)
PRESSED = replace(HEARD, keys="12", meaning=KeyMeaning.OK)
SIREN = Recording(b"RIFF siren", 4_000)


def test_a_message_with_a_line_is_dialled_once_and_remembered() -> None:
    stand = CallStand(a_call(ANA))

    stand.dispatch()

    (call,) = stand.caller.asked
    assert (call.id, call.sender, call.to) == (MessageId(stand.batch().key, 0, 1), number(900), ANA)
    assert stand.states() == ["calling"]
    assert stand.placed.find("call-1") == call.id
    until = stand.clock() + ANSWER_WITHIN + CALL_GRACE + timedelta(minutes=10)
    assert stand.pool.held.keys() == {stand.line()}
    assert stand.pool.held[stand.line()].until == until


def test_a_call_that_cannot_be_remembered_is_a_call_all_the_same() -> None:
    stand = CallStand(a_call(ANA))
    stand.placed.outage.failing = 1

    stand.dispatch()

    assert stand.states() == ["calling"]


def test_what_gets_no_line_is_not_claimed_and_comes_again_in_seconds() -> None:
    stand = CallStand(a_call(ANA, BOB, CAT), lines=2)

    report = stand.dispatch()

    assert [call.to for call in stand.caller.asked] == [ANA, BOB]
    assert stand.states() == ["calling", "calling"]
    assert (stand.order(positions=(2,)), 2 * SECOND) in stand.queue.puts
    assert report.unfinished == ()
    # then it is called as soon as a line is free
    stand.pool.give_back(stand.alert.tenant, [stand.line(0)])
    stand.dispatch(stand.order(positions=(2,)))
    assert stand.row(2).state is MessageState.CALLING


def test_if_the_wait_for_a_line_cannot_be_queued_the_queue_delivers_the_job_again() -> None:
    stand = CallStand(a_call(ANA, BOB), lines=1)
    stand.queue.outage.failing = 2  # the job of the call that is dialled cannot be queued either

    assert stand.dispatch().unfinished == (1,)


def test_without_an_answer_about_lines_nobody_is_called() -> None:
    stand = CallStand(a_call(ANA))
    stand.pool.outage.failing = 1

    stand.dispatch()

    assert (stand.caller.asked, stand.states()) == ([], [])
    assert stand.queue.puts == [(stand.order(positions=(0,)), LINE_DELAY[Lane.URGENT])]


def test_the_urgent_lane_asks_for_urgent_lines() -> None:
    people = [number(n) for n in range(5)]
    stand = CallStand(a_call(*people), lines=5)
    stand.alerts.alerts[stand.alert.tenant, stand.alert.ref] = replace(stand.alert, lane=Lane.BULK)
    stand.dispatch()
    assert len(stand.caller.asked) == 4  # the bulk lane leaves a fifth

    stand = CallStand(a_call(*people), lines=5)
    stand.dispatch()
    assert len(stand.caller.asked) == 5


def test_what_waits_for_a_line_still_expires() -> None:
    stand = CallStand(a_call(ANA), lines=0)
    stand.dispatch()
    stand.clock.advance(timedelta(hours=4))

    stand.dispatch(stand.order(positions=(0,)))

    assert stand.states() == ["expired"]


@pytest.mark.parametrize("why", ["suppressed", "refused for now", "refused for good"])
def test_a_line_that_was_not_used_is_given_back(why: str) -> None:
    stand = CallStand(a_call(ANA))
    if why == "suppressed":
        stand.suppress(stand.alert.tenant, stand.alert.items[0].channel, ANA, SuppressionReason.STOP, stand.clock())
    else:
        stand.caller.refusals[ANA] = Rejected("throttled", permanent=why == "refused for good")

    stand.dispatch()

    assert stand.states() != ["calling"]
    assert stand.pool.held == {}


def test_a_try_whose_outcome_is_unknown_keeps_its_line_and_its_number_and_is_made_again_at_once() -> None:
    stand = CallStand(a_call(ANA))
    stand.caller.refusals[ANA] = OutcomeUnknown("timeout", idempotent=True)
    stand.dispatch()
    assert stand.states() == ["unknown"]
    assert stand.queue.puts == [(stand.order(positions=(0,)), timedelta(0))]
    assert stand.pool.held.keys() == {stand.line()}

    stand.caller.refusals.clear()
    stand.dispatch(stand.order(positions=(0,)))

    assert len({call.id for call in stand.caller.asked}) == 1
    assert (stand.row().state, stand.row().attempt, stand.row().possible_duplicate) == (MessageState.CALLING, 1, False)
    assert len(stand.pool.held) == 1


def test_the_call_of_a_worker_that_stopped_is_made_again_under_its_number_at_once() -> None:
    stand = CallStand(a_call(ANA))
    terms = SendingTerms(stand.alert.send_before, cancelled=False, claim_for=60 * SECOND)
    claim = claim_message(None, 0, stand.clock(), terms)
    assert isinstance(claim, Message)
    stand.rows.save(stand.batch().key, [claim])
    stand.clock.advance(60 * SECOND)

    stand.dispatch(stand.order(positions=(0,)))
    assert stand.queue.puts == [(stand.order(positions=(0,)), timedelta(0))]
    stand.dispatch(stand.order(positions=(0,)))

    assert [call.id.attempt for call in stand.caller.asked] == [1]
    assert not stand.row().possible_duplicate


def test_a_try_that_may_have_been_placed_keeps_its_number_through_refusals() -> None:
    # given a call that the provider placed, though its answer was lost
    stand = CallStand(a_call(ANA))
    stand.caller.refusals[ANA] = OutcomeUnknown("timeout", idempotent=True)
    stand.dispatch()
    # when the provider is too busy to say so
    stand.caller.refusals[ANA] = Rejected("throttled", permanent=False)
    stand.dispatch(stand.order(positions=(0,)))
    assert (stand.row().state, stand.row().reason) == (MessageState.UNKNOWN, "throttled")
    stand.caller.refusals.clear()
    stand.clock.advance(timedelta(minutes=1))

    stand.dispatch(stand.order(positions=(0,)))

    assert {call.id.attempt for call in stand.caller.asked} == {1}
    assert stand.states() == ["calling"]


def test_a_provider_that_is_down_for_long_is_asked_more_and_more_slowly() -> None:
    stand = CallStand(a_call(ANA))
    stand.caller.refusals[ANA] = OutcomeUnknown("provider_error", idempotent=True)
    stand.dispatch()
    while stand.states() == ["unknown"]:
        _, delay = stand.queue.puts[-1]
        stand.clock.advance(delay)
        stand.dispatch(stand.order(positions=(0,)))

    assert stand.states() == ["unconfirmed"]
    assert len(stand.caller.asked) == MAX_ATTEMPTS
    delays = [delay for _, delay in stand.queue.puts]
    assert delays[0] == timedelta(0)
    assert sum(delays, timedelta(0)) > timedelta(minutes=30)


def test_recordings_are_stored_once_before_the_first_call() -> None:
    stand = CallStand(a_call(ANA, BOB, prompts={PromptName.MAIN: SIREN}), lines=1)

    stand.dispatch()
    stand.pool.give_back(stand.alert.tenant, [stand.line()])
    stand.files.outage.failing = 1  # nobody asks again
    stand.dispatch(stand.order(positions=(1,)))

    assert list(stand.files.stored.values()) == [SIREN.wav]
    assert [call.to for call in stand.caller.asked] == [ANA, BOB]


def test_without_its_recordings_nobody_is_called() -> None:
    stand = CallStand(a_call(ANA, prompts={PromptName.MAIN: SIREN}))
    stand.files.outage.failing = 1

    stand.dispatch()

    assert stand.caller.asked == []
    assert (stand.row().state, stand.row().reason) == (MessageState.RETRY_WAIT, "recordings_unavailable")


def test_short_links_that_are_spoken_are_stored_before_the_call() -> None:
    terms = LookupTerms("ref-1", shortlink=True)
    said = SpokenText("{shortlink}", Voice("Amy", "neural"))
    stand = CallStand(a_call(ANA, prompts={PromptName.MAIN: said}), lookups=terms)

    stand.dispatch()

    assert len(stand.short_links.kept) == 1


# --- calls whose end is not told ----------------------------------------------------------------------------------


def overdue(stand: CallStand) -> None:
    """Dial, and let the time come at which the provider has to be asked. The worker has queued a job for it."""
    stand.dispatch()
    order, delay = stand.queue.puts.pop()
    assert (order, delay) == (stand.order(positions=(0,)), ANSWER_WITHIN + CALL_GRACE)
    stand.clock.advance(delay)


def test_the_end_of_a_call_that_nobody_told_is_asked_for() -> None:
    stand = CallStand(a_call(ANA, attempts=2))
    overdue(stand)
    stand.ends("call-1", BUSY)

    stand.dispatch(stand.order(positions=(0,)))

    assert (stand.row().state, stand.row().reason, stand.row().calls) == (MessageState.RETRY_WAIT, "busy", ("busy",))
    assert stand.queue.puts == [(stand.order(positions=(0,)), 60 * SECOND)]
    assert stand.pool.held == {}
    # then the second call is made, and no third
    stand.clock.advance(60 * SECOND)
    overdue(stand)
    stand.ends("call-2", BUSY)
    stand.dispatch(stand.order(positions=(0,)))
    assert (stand.row().state, stand.row().calls) == (MessageState.FAILED, ("busy", "busy"))


def test_a_call_that_was_heard_is_delivered_though_its_end_was_lost() -> None:
    stand = CallStand(a_call(ANA))
    overdue(stand)
    stand.ends("call-1", HEARD)

    stand.dispatch(stand.order(positions=(0,)))

    assert stand.states() == ["delivered"]


@pytest.mark.parametrize("silent", [False, True])
def test_a_call_that_goes_on_is_asked_about_later(silent: bool) -> None:
    stand = CallStand(a_call(ANA))
    overdue(stand)
    stand.caller.outage.failing = silent

    stand.dispatch(stand.order(positions=(0,)))

    assert stand.row().state is MessageState.CALLING
    assert stand.queue.puts == [(stand.order(positions=(0,)), CALL_GRACE)]
    assert stand.pool.held.keys() == {stand.line()}


def test_a_call_that_is_said_to_go_on_for_ever_is_judged_by_what_is_known() -> None:
    stand = CallStand(a_call(ANA, attempts=1))
    overdue(stand)
    stand.clock.advance(BELIEVED)

    stand.dispatch(stand.order(positions=(0,)))

    assert (stand.row().state, stand.row().reason) == (MessageState.FAILED, "network")
    assert stand.caller.stopped == ["call-1"]


def test_a_call_that_has_told_something_is_asked_about_later() -> None:
    stand = CallStand(a_call(ANA))
    stand.dispatch()
    stand.queue.puts.clear()
    stand.clock.advance(50 * SECOND)
    answered(stand)  # the next step is expected in 30 seconds
    stand.clock.advance(50 * SECOND)

    stand.dispatch(stand.order(positions=(0,)))

    assert stand.caller.looked == []
    assert stand.queue.puts == [(stand.order(positions=(0,)), CALL_GRACE - 20 * SECOND)]


def test_jobs_that_come_twice_do_not_multiply() -> None:
    stand = CallStand(a_call(ANA, BOB), lines=1)
    for _ in range(3):
        stand.dispatch(stand.order(positions=(0, 1)))

    # then one job asks about the call of Ana, and one waits for the line of Bob
    looks, waits = (
        (stand.order(positions=(0,)), ANSWER_WITHIN + CALL_GRACE),
        (stand.order(positions=(1,)), LINE_DELAY[Lane.URGENT]),
    )
    assert stand.queue.puts == [looks, waits]
    # and when that has come, there is another
    stand.clock.advance(LINE_DELAY[Lane.URGENT])
    stand.dispatch(stand.order(positions=(1,)))
    assert stand.queue.puts == [looks, waits, waits]


# --- calls that are not wanted any more ---------------------------------------------------------------------------


def answered(stand: CallStand) -> None:
    """Let the receiver answer the call."""
    after = in_call(stand.row(), 1, ANSWERED, stand.clock(), 30 * SECOND)
    assert after is not None
    stand.rows.save(stand.batch().key, [after])


@pytest.mark.parametrize(
    ("what", "state", "reason"), [("cancelled", "cancelled", None), ("stopped", "skipped", STOPPED)]
)
def test_a_phone_that_rings_about_an_alert_that_is_over_is_silenced(what: str, state: str, reason: str | None) -> None:
    stand = CallStand(a_call(ANA))
    stand.dispatch()
    stand.clock.advance(8 * SECOND)
    ends = stand.alerts.cancel if what == "cancelled" else stand.alerts.stop
    ends(stand.alert.tenant, stand.alert.ref, stand.clock())

    stand.dispatch(stand.order(positions=(0,)))

    row = stand.row()
    assert (row.state.value, row.reason) == (state, reason)
    assert row.call_facts == CallFacts(CallEnd.STOPPED, dial_seconds=8)
    assert stand.caller.stopped == ["call-1"]
    assert stand.pool.held == {}


def test_a_dialogue_that_goes_on_is_not_cut() -> None:
    stand = CallStand(a_call(ANA))
    stand.dispatch()
    answered(stand)
    stand.clock.advance(8 * SECOND)
    stand.alerts.cancel(stand.alert.tenant, stand.alert.ref, stand.clock())

    stand.dispatch(stand.order(positions=(0,)))

    assert stand.states() == ["calling"]
    assert stand.caller.stopped == []


def test_the_sweeper_queues_phones_that_ring_about_an_alert_that_is_over() -> None:
    stand = CallStand(a_call(ANA, BOB))
    stand.dispatch()
    answered(stand)
    stand.queue.puts.clear()
    stand.alerts.cancel(stand.alert.tenant, stand.alert.ref, stand.clock())
    stand.clock.advance(timedelta(minutes=2))  # its regular look
    late = {place: replace(row, due_at=stand.clock() + SECOND) for place, row in stand.rows.rows.items()}
    stand.rows.rows |= late

    stand.sweep()

    assert stand.queue.orders == [stand.order(positions=(1,))]


def test_the_older_an_alert_the_rarer_its_waiting_calls_are_queued_once_more() -> None:
    stand = CallStand(a_call(ANA), lines=0)
    looks = []
    while stand.clock() < stand.alert.accepted_at + timedelta(hours=3):
        stand.clock.now = min(stand.dispatch_progress.looks.values())
        looks.append(stand.clock() - stand.alert.accepted_at)
        stand.sweep()

    assert looks == [timedelta(minutes=m) for m in (2, 4, 8, 16, 32, 64, 124, 184)]


# --- the sandbox ----------------------------------------------------------------------------------------------------


def test_a_sandbox_call_is_over_at_once_and_dials_nobody() -> None:
    stand = CallStand(a_call(ANA), sandbox=True, lines=0)
    stand.simulated = [HEARD]

    stand.dispatch()

    assert (stand.states(), stand.caller.asked, stand.pool.held) == (["delivered"], [], {})


def test_sandbox_attempts_follow_at_once_and_carry_the_times_that_they_would_have_had() -> None:
    stand = CallStand(a_call(ANA), sandbox=True)
    stand.simulated = [BUSY, HEARD]
    began = stand.clock()

    stand.dispatch()
    assert stand.queue.puts == [(stand.order(positions=(0,)), timedelta(0))]
    stand.dispatch(stand.order(positions=(0,)))

    told = [
        (event.event, event.details.get("status"), event.whence - began)
        for pack in stand.events.packs.values()
        for event in pack.events
    ]
    first, second = 3 * SECOND, (3 + 60 + 4 + 20) * SECOND
    assert told == [("attempt", "busy", first), ("attempt", "fullPlay", second), ("callComplete", "fullPlay", second)]


def simulated_key(**options: Any) -> CallStand:
    """An alert to Ana by the sandbox: she is busy once, then hears the message and presses 2."""
    stand = CallStand(a_call(ANA, script=Replay()), sandbox=True, **options)
    stand.simulated = [BUSY, PRESSED]
    stand.dispatch()
    return stand


def test_decided_7_4_the_key_of_a_sandbox_call_is_a_response_as_the_key_of_a_live_call() -> None:
    stand = simulated_key()
    assert stand.responses.kept == {}

    stand.dispatch(stand.order(positions=(0,)))

    (kept,) = stand.responses.kept.values()
    assert (kept.kind, kept.text, kept.not_ok, kept.evidence) == (ResponseKind.CALL, "2", False, Evidence.PRESSED)
    assert kept.details == {"status": "recipientOk", "digits": "12", "attempt": 2}
    (told,) = [event for pack in stand.events.told.values() for event in pack.events]
    assert (told.event, told.channel, told.details["counted"]) == ("reply", Channel.CALL, True)


def test_a_worker_that_stopped_before_it_recorded_a_sandbox_call_makes_one_response() -> None:
    stand = simulated_key()
    terms = SendingTerms(stand.alert.send_before, cancelled=False, claim_for=SECOND)
    claimed = claim_message(stand.row(), 0, stand.clock(), terms)
    assert isinstance(claimed, Message)
    stand.dispatch(stand.order(positions=(0,)))
    stand.rows.rows[stand.batch().key, 0] = claimed

    for _ in range(2):
        stand.clock.advance(RECEIPT_GRACE)
        stand.dispatch(stand.order(positions=(0,)))

    assert stand.states() == ["delivered"]
    assert len(stand.responses.kept) == len(stand.events.told) == 1


def test_a_sandbox_key_that_no_store_takes_comes_with_the_call_that_is_made_again() -> None:
    stand = simulated_key()
    stand.responses.outage.failing = 1

    stand.dispatch(stand.order(positions=(0,)))
    assert (stand.states(), stand.row().reason) == (["retry_wait"], "responses_unavailable")
    stand.clock.advance(timedelta(minutes=5))
    stand.dispatch(stand.order(positions=(0,)))

    assert stand.states() == ["delivered"]
    assert [kept.text for kept in stand.responses.kept.values()] == ["2"]


def test_a_sandbox_call_without_a_key_makes_no_response() -> None:
    stand = CallStand(a_call(ANA), sandbox=True)
    stand.simulated = [HEARD]

    stand.dispatch()

    assert stand.responses.kept == {}


def test_a_sandbox_call_whose_reply_is_lost_ends_like_a_text() -> None:
    stand = CallStand(a_call(ANA), sandbox=True)
    stand.simulated = [OutcomeUnknown("sandbox_outcome_unknown")]

    for _ in range(3):
        stand.dispatch(stand.order(positions=(0,)))
        stand.clock.advance(RECEIPT_GRACE)

    assert (stand.states(), stand.row().attempt, stand.row().possible_duplicate) == (["unconfirmed"], 2, True)


# --- sent again -------------------------------------------------------------------------------------------------------


def test_a_message_whose_calls_all_failed_is_sent_again_on_request() -> None:
    stand = CallStand(a_call(ANA, attempts=1))
    overdue(stand)
    stand.ends("call-1", BUSY)
    stand.dispatch(stand.order(positions=(0,)))
    assert stand.states() == ["failed"]
    stand.queue.puts.clear()
    reopened = FakeReopenedBatches(stand.rows, stand.dispatch_progress)
    resend = ResendFailed(stand.alerts, stand.rows, stand.dispatch_progress, reopened, stand.queue, stand.clock)

    assert resend(stand.alert) == 1

    ((order, _),) = stand.queue.puts
    stand.dispatch(order)
    assert [(call.to, call.id.attempt) for call in stand.caller.asked] == [(ANA, 1), (ANA, 2)]
    assert stand.states() == ["calling"]


@pytest.mark.parametrize("why", ["rejected", "recordings", "rejected for good"])
def test_a_call_that_is_not_placed_uses_up_no_call_and_no_money_of_the_account(why: str) -> None:
    stand = CallStand(a_call(ANA, prompts={PromptName.MAIN: SIREN}))
    if why == "recordings":
        stand.files.outage.failing = 8
    else:
        stand.caller.refusals[ANA] = Rejected("throttled", permanent=why == "rejected for good")
    for _ in range(8):
        stand.dispatch()
        stand.clock.advance(timedelta(minutes=1))

    assert spent_today(stand.counters, stand.alert.tenant, stand.clock()) == 0
    assert MessageState.HELD not in [step.state for step in stand.row().log]


def test_a_call_that_may_have_been_placed_stays_counted_whatever_comes_next() -> None:
    stand = CallStand(a_call(ANA))
    stand.caller.refusals[ANA] = OutcomeUnknown("timeout", idempotent=True)
    stand.dispatch()
    reserved = spent_today(stand.counters, stand.alert.tenant, stand.clock())

    stand.caller.refusals[ANA] = Rejected("throttled", permanent=False)
    stand.clock.advance(SECOND)
    stand.dispatch()

    assert spent_today(stand.counters, stand.alert.tenant, stand.clock()) == reserved > 0


def test_what_cannot_be_given_back_stays_counted_and_the_call_goes_on() -> None:
    stand = CallStand(a_call(ANA))
    stand.caller.refusals[ANA] = Rejected("throttled", permanent=False)
    stand.limits._counters.give_back = lambda *_: (_ for _ in ()).throw(StorageUnavailable("tokens"))  # type: ignore[method-assign]

    stand.dispatch()

    assert stand.states() == ["retry_wait"]
    assert spent_today(stand.counters, stand.alert.tenant, stand.clock()) > 0
