from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.fakes.time import NOON
from tests.unit.delivery.test_message import TERMS, a_message, held, taken
from tocsin.delivery.domain.message import MAX_ATTEMPTS, RECEIPT_GRACE, Message, MessageState, claim_message
from tocsin.delivery.domain.outcome import Outcome, WithheldReason, recorded
from tocsin.delivery.domain.submission import Accepted, OutcomeUnknown, Rejected, Waits

S = MessageState
LATER = timedelta(seconds=20)
TAKEN, GONE, BUSY, LOST = (
    Accepted("p-1"),
    Rejected("invalid_number", True),
    Rejected("throttled", False),
    OutcomeUnknown("timeout"),
)
WAITS = Waits("number_rate", NOON + 40 * LATER)
OUTCOMES: list[Outcome] = [TAKEN, GONE, BUSY, LOST, WAITS, *WithheldReason]


def of(row: Message, outcome: Outcome, attempt: int = 1) -> Message | None:
    return recorded(row, attempt, outcome, NOON, LATER)


@pytest.mark.parametrize(
    ("outcome", "state", "reason", "due"),
    [
        (TAKEN, S.SENT, None, None),
        (GONE, S.FAILED, "invalid_number", None),
        (BUSY, S.RETRY_WAIT, "throttled", LATER),
        (LOST, S.UNKNOWN, "timeout", RECEIPT_GRACE),
        (replace(LOST, reported_within=2 * LATER), S.UNKNOWN, "timeout", 2 * LATER),
        (replace(LOST, idempotent=True), S.UNKNOWN, "timeout", LATER),
        (WAITS, S.HELD, "number_rate", 40 * LATER),
        (WithheldReason.TOO_LATE, S.EXPIRED, None, None),
        (WithheldReason.OUT_OF_TIME, S.RETRY_WAIT, "out_of_time", timedelta(0)),
        (WithheldReason.QUIET_HOURS, S.RETRY_WAIT, "quiet_hours", timedelta(0)),
    ],
)
def test_an_outcome_moves_the_claim_it_belongs_to(
    outcome: Outcome, state: MessageState, reason: str | None, due: timedelta | None
) -> None:
    after = of(a_message(S.SENDING), outcome)

    assert after
    assert (after.state, after.reason) == (state, reason)
    assert after.due_at == (None if due is None else NOON + due)


@pytest.mark.parametrize("outcome", [TAKEN, GONE, BUSY, WAITS, *WithheldReason])
def test_a_worker_that_was_given_up_knows_better_than_unknown(outcome: Outcome) -> None:
    lapsed, claimed = of(a_message(S.UNKNOWN), outcome), of(a_message(S.SENDING), outcome)

    assert lapsed
    assert claimed
    assert lapsed.state is claimed.state


def test_a_wait_uses_up_no_try() -> None:
    before = a_message(S.RETRY_WAIT, attempt=MAX_ATTEMPTS - 1)

    after = of(taken(before), WAITS, attempt=MAX_ATTEMPTS)

    assert after
    assert (after.attempt, after.version) == (before.attempt, before.version + 2)
    assert held(after).until == WAITS.until
    again = claim_message(after, 3, WAITS.until, replace(TERMS, send_before=WAITS.until + LATER))
    assert isinstance(again, Message)
    assert (again.state, again.attempt) == (S.SENDING, MAX_ATTEMPTS)


def test_a_lost_reply_does_not_begin_the_wait_for_a_receipt_anew() -> None:
    assert of(a_message(S.UNKNOWN), LOST) is None


@pytest.mark.parametrize("state", [S.SENT, S.DELIVERED])
@pytest.mark.parametrize("outcome", OUTCOMES, ids=str)
def test_a_receipt_that_overtook_the_worker_is_kept(state: MessageState, outcome: Outcome) -> None:
    after = of(a_message(state), outcome)

    assert after is None or (state is S.SENT and outcome is GONE)


@pytest.mark.parametrize("state", [S.SENDING, S.UNKNOWN, S.RETRY_WAIT])
@pytest.mark.parametrize("outcome", OUTCOMES, ids=str)
def test_what_came_of_an_earlier_try_does_not_touch_a_later_one(state: MessageState, outcome: Outcome) -> None:
    assert of(a_message(state, attempt=2), outcome, attempt=1) is None


@pytest.mark.parametrize(("outcome", "state"), [(TAKEN, S.SENT), (GONE, S.FAILED), (BUSY, None), (LOST, None)])
def test_a_message_that_was_given_up_for_good_is_corrected_but_not_reopened(
    outcome: Outcome, state: MessageState | None
) -> None:
    after = of(a_message(S.UNCONFIRMED), outcome)

    assert (after.state if after else None) is state
