"""S14: which alert a text message answers, and when nobody can know."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.time import NOON
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.delivery.domain.message import Message, MessageState
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.responses.domain.attribution import Attribution, AttributionReason, Candidate, attribute
from tocsin.responses.domain.two_way import Said

HOUR = timedelta(hours=1)
NOW = NOON + 6 * HOUR


def said(
    alert: str,
    *,
    hour: int,
    provider_id: str | None = "",
    state: MessageState = MessageState.DELIVERED,
    expires_at: datetime | None = NOON + timedelta(days=30),
) -> Candidate:
    key = ChunkKey(TenantId("acme"), AlertRef(alert), 0, 0)
    row = Message(3, state, 2, 1, (), provider_id=f"p-{alert}" if provider_id == "" else provider_id)
    return Candidate(Said(key, 3, NOON + hour * HOUR, expires_at), row)


OLD, NEW = said("old", hour=1), said("new", hour=2)
OVER = said("over", hour=3, expires_at=NOW)


def attribution(reason: AttributionReason, *answered: Candidate, late: bool = False) -> Attribution:
    return Attribution(reason, tuple(candidate.said for candidate in answered), late)


@pytest.mark.parametrize(
    ("conversation", "answered", "expected"),
    [
        # the provider says which
        ([NEW, OLD], "p-new", attribution(AttributionReason.PROVIDER, NEW)),
        ([NEW, OLD], "p-old", attribution(AttributionReason.PROVIDER, OLD, late=True)),
        ([OVER, OLD], "p-old", attribution(AttributionReason.PROVIDER, OLD)),
        # it names one of which the lifetime is over: another alert, although open, was not meant
        ([OVER, OLD], "p-over", attribution(AttributionReason.NOTHING_OPEN)),
        # it names none, or one nobody knows
        ([NEW], None, attribution(AttributionReason.ONLY_OPEN, NEW)),
        ([NEW], "p-elsewhere", attribution(AttributionReason.ONLY_OPEN, NEW)),
        ([OVER, NEW], None, attribution(AttributionReason.ONLY_OPEN, NEW)),
        ([NEW, OLD], None, attribution(AttributionReason.AMBIGUOUS, NEW, OLD)),
        ([NEW, OLD], "p-elsewhere", attribution(AttributionReason.AMBIGUOUS, NEW, OLD)),
        ([OVER], None, attribution(AttributionReason.NOTHING_OPEN)),
        ([], "p-new", attribution(AttributionReason.NOTHING_OPEN)),
        ([], None, attribution(AttributionReason.NOTHING_OPEN)),
    ],
)
def test_s14_what_is_answered(conversation: list[Candidate], answered: str | None, expected: Attribution) -> None:
    assert attribute(conversation, answered, NOW) == expected


def test_an_alert_that_spoke_twice_is_one_alert_and_its_latest_message_stands_for_it() -> None:
    again = replace(NEW, said=replace(NEW.said, at=NEW.said.at + HOUR, position=4))
    assert attribute([again, NEW], None, NOW) == attribution(AttributionReason.ONLY_OPEN, again)
    assert attribute([again, NEW], "p-new", NOW).late is False


@pytest.mark.parametrize(
    ("state", "provider_id", "may_be_answered"),
    [
        (MessageState.SENT, "p", True),
        (MessageState.FAILED, "p", True),  # a network says so of texts that were read all the same
        (MessageState.SENDING, None, True),
        (MessageState.UNKNOWN, None, True),
        (MessageState.UNCONFIRMED, None, True),
        (MessageState.FAILED, None, False),
        (MessageState.RETRY_WAIT, None, False),
        (MessageState.SUPPRESSED, None, False),
        (MessageState.EXPIRED, None, False),
    ],
)
def test_only_what_may_have_gone_out_can_be_answered(
    state: MessageState, provider_id: str | None, may_be_answered: bool
) -> None:
    candidate = said("a", hour=1, state=state, provider_id=provider_id)
    assert bool(attribute([candidate], None, NOW).answered) is may_be_answered


def test_what_was_never_claimed_cannot_be_answered() -> None:
    assert attribute([replace(NEW, message=None), OLD], None, NOW) == attribution(AttributionReason.ONLY_OPEN, OLD)


def test_an_alert_without_an_end_is_always_open() -> None:
    endless = said("a", hour=1, expires_at=None)
    assert attribute([endless], None, datetime.max.replace(tzinfo=NOON.tzinfo)).answered == (endless.said,)


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 5), st.booleans()), max_size=8),
    st.sampled_from([None, "p-a", "p-b", "p-x"]),
)
def test_it_never_guesses(conversation: list[tuple[str, int, bool]], answered: str | None) -> None:
    candidates = sorted(
        (said(alert, hour=hour, expires_at=NOW if over else None) for alert, hour, over in conversation),
        key=lambda candidate: candidate.said.at,
        reverse=True,
    )
    found = attribute(candidates, answered, NOW)

    open_alerts = {candidate.said.key.alert for candidate in candidates if not candidate.over(NOW)}
    assert {one.key.alert for one in found.answered} <= open_alerts
    if len(found.answered) == 1 and found.reason is not AttributionReason.PROVIDER:
        assert len(open_alerts) == 1
    if found.reason is AttributionReason.AMBIGUOUS:
        assert {one.key.alert for one in found.answered} == open_alerts
