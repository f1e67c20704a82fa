"""W1 to W3: signature, ladder, statuses."""

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from tocsin.webhooks.domain.standard_webhooks import (
    RETRY_SCHEDULE,
    AttemptVerdict,
    classify_attempt,
    new_secret,
    secret_bytes,
    signed_headers,
)

OLD, NEW = new_secret(b"o" * 24), new_secret(b"n" * 32)


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=60)))
def test_w1_the_public_verifier_accepts_every_body(payload: dict[str, str]) -> None:
    body = json.dumps(payload, ensure_ascii=False).encode("utf-8", "replace")
    headers = signed_headers("evt_1", datetime.now(UTC), body, [NEW])
    assert Webhook(NEW).verify(body, headers) == json.loads(body)


def test_w1_both_secrets_verify_while_one_is_rotated() -> None:
    body = b'{"event":"sent"}'
    headers = signed_headers("evt_1", datetime.now(UTC), body, [NEW, OLD])
    for secret in (OLD, NEW):
        assert Webhook(secret).verify(body, headers) == {"event": "sent"}
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret(b"x" * 24)).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(body + b" ", headers)


def test_w1_the_timestamp_is_utc_whatever_the_zone() -> None:
    at = datetime(2026, 7, 1, 14, 0, tzinfo=UTC)
    shifted = at.astimezone(ZoneInfo("Europe/Paris"))
    assert signed_headers("e", at, b"", [NEW]) == signed_headers("e", shifted, b"", [NEW])


@pytest.mark.parametrize("secret", ["", "abc", "whsec_", "whsec_!!!", new_secret(b"x" * 23), new_secret(b"x" * 65)])
def test_w1_a_bad_secret_is_refused(secret: str) -> None:
    with pytest.raises(ValueError, match="secret"):
        secret_bytes(secret)


@pytest.mark.parametrize("status", range(100, 600))
def test_w3_every_status_has_its_meaning(status: int) -> None:
    judged = classify_attempt(1, status, None, 0.5)
    if 200 <= status < 300:
        assert judged.verdict is AttemptVerdict.DELIVERED
    elif status == 410:
        assert judged.verdict is AttemptVerdict.GONE
    else:
        assert judged.verdict is AttemptVerdict.TRY_AGAIN
        slow = status in {429, 502, 503, 504}
        assert judged.wait == (timedelta(minutes=1) if slow else timedelta(seconds=5))


def test_w2_ten_attempts_over_three_days() -> None:
    assert len(RETRY_SCHEDULE) == 10
    assert sum(RETRY_SCHEDULE, timedelta(0)) == timedelta(hours=75, minutes=35, seconds=5)
    assert classify_attempt(10, 500, None, 0.5).verdict is AttemptVerdict.EXHAUSTED
    assert classify_attempt(9, 500, None, 0.5).wait == timedelta(days=1)


@given(
    st.integers(1, 9),
    st.one_of(st.none(), st.sampled_from([301, 404, 429, 500, 503])),
    st.one_of(st.none(), st.timedeltas(timedelta(0), timedelta(days=400))),
    st.floats(0, 1, exclude_max=True),
)
def test_w3_waits_stay_between_the_policy_and_twice_the_policy(
    attempt: int, status: int | None, retry_after: timedelta | None, fraction: float
) -> None:
    wait = classify_attempt(attempt, status, retry_after, fraction).wait
    enqueued = RETRY_SCHEDULE[attempt]
    assert enqueued * 0.8 - timedelta(milliseconds=1) <= wait <= max(enqueued * 2, timedelta(minutes=2))
    if retry_after is not None:
        assert wait >= min(retry_after, enqueued)
