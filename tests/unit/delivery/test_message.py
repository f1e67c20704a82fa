from __future__ import annotations

import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.time import NOON
from tocsin.delivery.domain.message import (
    BOUNCED,
    LEAST_GRACE,
    MAX_ATTEMPTS,
    RECEIPT_GRACE,
    RETRY_BASE,
    RETRY_CAP,
    TERMINAL_STATES,
    Message,
    MessageState,
    NotClaimed,
    NotClaimedReason,
    Receipt,
    SendingTerms,
    Step,
    accepted,
    apply_receipt,
    claim_message,
    outcome_unknown,
    rejected_permanently,
    rejected_temporarily,
    retry_delay,
    suppressed,
    too_late,
)

S = MessageState
SECOND = timedelta(seconds=1)
TERMS = SendingTerms(send_before=NOON + timedelta(hours=4), cancelled=False, claim_for=60 * SECOND)
CANCELLED = SendingTerms(TERMS.send_before, True, TERMS.claim_for)


def a_message(state: MessageState, attempt: int = 1, due: timedelta | None = None, *, flagged: bool = False) -> Message:
    due_at = None if due is None else NOON + due
    return Message(3, state, 1, attempt, (Step(NOON, state),), due_at, possible_duplicate=flagged)


def taken(current: Message | None, terms: SendingTerms = TERMS, later: timedelta = timedelta(0)) -> Message:
    decision = claim_message(current, 3, NOON + later, terms)
    assert isinstance(decision, Message)
    return decision


def held(current: Message, terms: SendingTerms = TERMS) -> NotClaimed:
    decision = claim_message(current, 3, NOON, terms)
    assert isinstance(decision, NotClaimed)
    return decision


# --- take ---------------------------------------------------------------------------------------------------------


def test_a_queued_message_is_claimed_with_a_deadline() -> None:
    claimed = taken(None)

    assert (claimed.state, claimed.version, claimed.attempt, claimed.position) == (S.SENDING, 1, 1, 3)
    assert claimed.due_at == NOON + TERMS.claim_for
    assert claimed.log == (Step(NOON, S.SENDING),)


@pytest.mark.parametrize("current", [None, a_message(S.RETRY_WAIT, due=SECOND)])
def test_r6_nothing_is_claimed_at_or_after_its_end(current: Message | None) -> None:
    assert taken(current, later=timedelta(hours=4)).state is S.EXPIRED
    assert taken(None, later=timedelta(hours=4) - SECOND).state is S.SENDING


@pytest.mark.parametrize("current", [None, a_message(S.RETRY_WAIT, due=SECOND)])
def test_a_cancelled_message_is_never_claimed(current: Message | None) -> None:
    assert taken(current, CANCELLED).state is S.CANCELLED


def test_r5_a_retry_is_claimed_when_it_is_due_and_not_before() -> None:
    waiting = a_message(S.RETRY_WAIT, attempt=4, due=SECOND)

    assert held(waiting) == NotClaimed(NotClaimedReason.NOT_DUE, NOON + SECOND)
    again = taken(waiting, later=SECOND)
    assert (again.state, again.attempt, again.possible_duplicate) == (S.SENDING, 5, False)


def test_r5_tries_run_out() -> None:
    worn = taken(a_message(S.RETRY_WAIT, attempt=MAX_ATTEMPTS, due=timedelta(0)))

    assert (worn.state, worn.reason) == (S.FAILED, "attempts_exhausted")


def test_r2_a_message_in_flight_is_left_alone_until_its_claim_lapses() -> None:
    flying = a_message(S.SENDING, due=SECOND)

    assert held(flying) == NotClaimed(NotClaimedReason.IN_FLIGHT, NOON + SECOND)
    lapsed = taken(flying, later=SECOND)
    assert (lapsed.state, lapsed.attempt) == (S.UNKNOWN, 1)
    assert lapsed.due_at == NOON + SECOND + RECEIPT_GRACE


@pytest.mark.parametrize(
    ("noticed", "due"),
    [
        (timedelta(minutes=4), RECEIPT_GRACE),
        (RECEIPT_GRACE - LEAST_GRACE, RECEIPT_GRACE),
        (timedelta(hours=1), timedelta(hours=1) + LEAST_GRACE),
    ],
)
def test_a_receipt_is_awaited_from_the_end_of_the_claim_and_a_while_from_its_notice(
    noticed: timedelta, due: timedelta
) -> None:
    lapsed = taken(a_message(S.SENDING, due=timedelta(0)), later=noticed)

    assert (lapsed.state, lapsed.due_at) == (S.UNKNOWN, NOON + due)


def test_a_lapsed_claim_is_unknown_even_if_the_alert_was_cancelled_since() -> None:
    assert taken(a_message(S.SENDING, due=timedelta(0)), CANCELLED).state is S.UNKNOWN


def test_r2_an_unknown_message_waits_for_a_receipt_and_is_then_sent_once_more_flagged() -> None:
    unknown = a_message(S.UNKNOWN, due=SECOND)

    assert held(unknown) == NotClaimed(NotClaimedReason.AWAITING_RECEIPT, NOON + SECOND)
    again = taken(unknown, later=SECOND)
    assert (again.state, again.attempt, again.possible_duplicate) == (S.SENDING, 2, True)


@pytest.mark.parametrize(
    ("unknown", "terms", "later"),
    [
        (a_message(S.UNKNOWN, 2, timedelta(0), flagged=True), TERMS, timedelta(0)),
        (a_message(S.UNKNOWN, 1, timedelta(0)), CANCELLED, timedelta(0)),
        (a_message(S.UNKNOWN, 1, timedelta(0)), TERMS, timedelta(hours=4)),
        (a_message(S.UNKNOWN, MAX_ATTEMPTS, timedelta(0)), TERMS, timedelta(0)),
    ],
    ids=["second time", "cancelled", "too late", "tries ran out"],
)
def test_an_unknown_message_that_may_not_be_sent_again_is_unconfirmed(
    unknown: Message, terms: SendingTerms, later: timedelta
) -> None:
    assert taken(unknown, terms, later).state is S.UNCONFIRMED


@pytest.mark.parametrize("state", sorted(TERMINAL_STATES))
def test_a_settled_message_is_never_taken(state: MessageState) -> None:
    for terms in (TERMS, CANCELLED):
        assert claim_message(a_message(state), 3, NOON + timedelta(hours=9), terms) == NotClaimed(
            NotClaimedReason.TERMINAL
        )


# --- what came of it ------------------------------------------------------------------------------------------------


def test_each_step_adds_one_to_version_and_history() -> None:
    claimed = taken(None)

    steps = [
        accepted(claimed, "p-1", NOON),
        rejected_permanently(claimed, "invalid_number", NOON),
        rejected_temporarily(claimed, "throttled", NOON, SECOND),
        outcome_unknown(claimed, "timeout", NOON),
        suppressed(claimed, "stop", NOON),
        too_late(claimed, NOON),
    ]

    assert [step.state for step in steps] == [S.SENT, S.FAILED, S.RETRY_WAIT, S.UNKNOWN, S.SUPPRESSED, S.EXPIRED]
    assert {(step.version, len(step.log)) for step in steps} == {(2, 2)}
    assert steps[0].provider_id == "p-1"
    assert steps[2].due_at == NOON + SECOND
    assert steps[3].due_at == NOON + RECEIPT_GRACE
    assert all(step.due_at is None for step in steps if step.state in TERMINAL_STATES)


@given(st.integers(1, 60), st.floats(0, 1, exclude_max=True), st.timedeltas(timedelta(0), timedelta(hours=2)))
def test_r5_a_delay_lies_within_full_jitter_and_the_providers_wish(
    attempt: int, fraction: float, wish: timedelta
) -> None:
    delay = retry_delay(attempt, fraction, wish)

    assert min(wish, RETRY_CAP) <= delay <= RETRY_CAP
    assert delay <= max(RETRY_BASE * 2 ** min(attempt - 1, 16), min(wish, RETRY_CAP))


def test_r5_the_longest_delays_double_up_to_the_cap() -> None:
    longest = [retry_delay(n, 0.999999) / SECOND for n in range(1, 9)]

    assert [round(seconds) for seconds in longest] == [15, 30, 60, 120, 240, 480, 900, 900]


# --- evidence -------------------------------------------------------------------------------------------------------


def after(state: MessageState, receipt: MessageState, attempt: int = 2, about: int = 2) -> MessageState | None:
    moved = apply_receipt(a_message(state, attempt), Receipt(about, receipt, provider_id="p-9"), NOON)
    return moved.state if moved else None


@pytest.mark.parametrize("state", [S.SENDING, S.UNKNOWN, S.UNCONFIRMED])
@pytest.mark.parametrize("receipt", [S.SENT, S.DELIVERED, S.FAILED])
def test_a_receipt_settles_what_was_open(state: MessageState, receipt: MessageState) -> None:
    assert after(state, receipt) is receipt


@pytest.mark.parametrize(
    ("state", "receipt", "becomes"),
    [
        (S.SENT, S.SENT, None),
        (S.SENT, S.FAILED, S.FAILED),
        (S.SENT, S.DELIVERED, S.DELIVERED),
        (S.FAILED, S.SENT, None),
        (S.FAILED, S.FAILED, None),
        (S.FAILED, S.DELIVERED, S.DELIVERED),
        (S.DELIVERED, S.SENT, None),
        (S.DELIVERED, S.FAILED, None),
        (S.DELIVERED, S.DELIVERED, None),
    ],
)
def test_late_repeated_and_overtaking_receipts_never_lead_back(
    state: MessageState, receipt: MessageState, becomes: MessageState | None
) -> None:
    assert after(state, receipt) is becomes


@pytest.mark.parametrize("state", [S.RETRY_WAIT, S.EXPIRED, S.SUPPRESSED, S.SKIPPED, S.CANCELLED])
def test_only_delivery_moves_what_is_closed(state: MessageState) -> None:
    assert after(state, S.SENT) is None
    assert after(state, S.FAILED) is None
    assert after(state, S.DELIVERED) is S.DELIVERED


def test_the_failure_of_an_earlier_try_says_nothing_about_the_latest_but_its_delivery_does() -> None:
    assert after(S.SENDING, S.FAILED, about=1) is None
    assert after(S.SENDING, S.SENT, about=1) is None
    assert after(S.SENDING, S.DELIVERED, about=1) is S.DELIVERED


def test_a_receipt_about_a_try_that_never_was_is_not_ours() -> None:
    assert after(S.SENT, S.DELIVERED, about=3) is None


def bounce(about: int = 2, reason: str = BOUNCED) -> Receipt:
    return Receipt(about, S.FAILED, reason)


def test_a_late_bounce_undoes_a_delivery_and_nothing_undoes_the_bounce() -> None:
    delivered = a_message(S.DELIVERED, 2)

    bounced = apply_receipt(delivered, bounce(), NOON)

    assert bounced is not None
    assert (bounced.state, bounced.reason) == (S.FAILED, BOUNCED)
    for receipt in (bounce(), Receipt(2, S.DELIVERED), Receipt(1, S.DELIVERED), Receipt(2, S.SENT)):
        assert apply_receipt(bounced, receipt, NOON) is None


def test_an_absent_persons_answer_undoes_no_delivery() -> None:
    assert apply_receipt(a_message(S.DELIVERED, 2), bounce(reason="bounced_transient"), NOON) is None


def test_the_bounce_of_an_earlier_try_undoes_no_delivery() -> None:
    assert apply_receipt(a_message(S.DELIVERED, 2), bounce(about=1), NOON) is None


RECEIPTS = st.tuples(st.sampled_from([S.SENT, S.FAILED, S.DELIVERED, BOUNCED]), st.integers(1, 3))


@given(st.lists(RECEIPTS, max_size=8), st.randoms())
def test_receipts_in_any_order_and_number_end_the_same(receipts: list[tuple[str, int]], rng: random.Random) -> None:
    def end(order: list[tuple[str, int]]) -> tuple[MessageState, bool]:
        message = a_message(S.UNKNOWN, attempt=2)
        for what, attempt in order:
            receipt = bounce(attempt) if what == BOUNCED else Receipt(attempt, S(what), provider_id="p")
            message = apply_receipt(message, receipt, NOON) or message
        return message.state, message.reason == BOUNCED

    shuffled = list(receipts)
    rng.shuffle(shuffled)
    assert end(receipts) == end(shuffled) == end(receipts + shuffled)


# --- quiet hours --------------------------------------------------------------------------------------------------

RELEASED = NOON + timedelta(hours=9)
QUIET = SendingTerms(NOON + timedelta(hours=13), False, TERMS.claim_for, RELEASED, "quiet_hours")
AWAKE = SendingTerms(QUIET.send_before, False, TERMS.claim_for, RELEASED)
WAITING = [None, a_message(S.RETRY_WAIT, due=timedelta(0)), a_message(S.HELD, attempt=0, due=timedelta(0))]


@pytest.mark.parametrize("current", WAITING)
def test_a_message_for_somebody_in_quiet_hours_is_held_until_they_end(current: Message | None) -> None:
    before = current.attempt if current else 0

    message = taken(current, QUIET)

    assert (message.state, message.reason, message.due_at) == (S.HELD, "quiet_hours", RELEASED)
    assert message.attempt == before, "it was not tried"
    assert not message.terminal


def test_a_held_message_is_left_alone_until_it_is_released() -> None:
    message = taken(None, QUIET)

    early = claim_message(message, 3, RELEASED - SECOND, QUIET)
    assert early == NotClaimed(NotClaimedReason.QUIET_HOURS, RELEASED)

    claimed = taken(message, AWAKE, later=timedelta(hours=9))
    assert (claimed.state, claimed.attempt, claimed.version, claimed.reason) == (S.SENDING, 1, 2, None)


@pytest.mark.parametrize("current", WAITING)
def test_quiet_hours_that_outlast_the_message_end_it_at_once_and_say_so(current: Message | None) -> None:
    message = taken(current, SendingTerms(RELEASED, False, TERMS.claim_for, RELEASED, "quiet_hours_outlast_alert"))

    assert (message.state, message.reason) == (S.EXPIRED, "quiet_hours_outlast_alert")


def test_a_held_message_can_be_cancelled_before_it_is_released() -> None:
    cancelled = SendingTerms(QUIET.send_before, True, TERMS.claim_for, RELEASED, "quiet_hours")

    assert taken(taken(None, QUIET), cancelled).state is S.CANCELLED


def test_a_held_message_that_nobody_came_back_for_expires() -> None:
    assert taken(taken(None, QUIET), AWAKE, later=timedelta(hours=13)).state is S.EXPIRED


def test_an_urgent_claim_says_that_it_overrode_quiet_hours() -> None:
    urgent = SendingTerms(TERMS.send_before, False, TERMS.claim_for, NOON, "quiet_hours_overridden")

    assert (taken(None, urgent).state, taken(None, urgent).log[-1].reason) == (S.SENDING, "quiet_hours_overridden")


def test_a_message_that_may_have_arrived_waits_out_the_night_for_a_receipt() -> None:
    unknown = a_message(S.UNKNOWN, due=timedelta(0))

    message = taken(unknown, QUIET)

    assert (message.state, message.due_at, message.reason) == (S.UNKNOWN, RELEASED, "quiet_hours")
    assert apply_receipt(message, Receipt(1, S.DELIVERED), NOON) is not None
    again = taken(message, AWAKE, later=timedelta(hours=9))
    assert (again.state, again.possible_duplicate) == (S.SENDING, True)


def test_a_message_that_may_have_arrived_and_cannot_be_sent_again_in_time_is_unconfirmed() -> None:
    never = SendingTerms(RELEASED, False, TERMS.claim_for, RELEASED, "quiet_hours_outlast_alert")

    message = taken(a_message(S.UNKNOWN, due=timedelta(0)), never)

    assert (message.state, message.reason) == (S.UNCONFIRMED, "quiet_hours_outlast_alert")


def test_receipts_do_not_move_a_held_message_unless_it_had_arrived() -> None:
    tried = taken(a_message(S.RETRY_WAIT, due=timedelta(0)), QUIET)

    assert apply_receipt(tried, Receipt(1, S.SENT), NOON) is None
    assert apply_receipt(tried, Receipt(1, S.FAILED), NOON) is None
    arrived = apply_receipt(tried, Receipt(1, S.DELIVERED), NOON)
    assert arrived is not None
    assert arrived.state is S.DELIVERED
