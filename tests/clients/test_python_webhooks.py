"""The Python client believes what the server signed, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import Message

import pytest

from tests.clients.signed import NEW, NOW, OLD, OTHER, Vector, vectors
from tocsin.webhooks.domain.standard_webhooks import signed_headers
from tocsin_client import WebhookVerificationError, parse_webhook, verify_signature


@pytest.mark.parametrize("vector", list(vectors()), ids=lambda vector: vector.name)
def test_a_callback_is_believed_if_the_server_signed_it_lately(vector: Vector) -> None:
    body = vector.body.encode()
    if vector.good:
        verify_signature(body, vector.headers, vector.secrets, now=NOW)
    else:
        with pytest.raises(WebhookVerificationError):
            verify_signature(body, vector.headers, vector.secrets, now=NOW)


def test_the_event_is_returned_and_headers_may_come_from_any_server() -> None:
    body = '{"event": "reply", "reply": "Zoë kommt"}'.encode()
    headers = Message()
    for name, value in signed_headers("evt_1", datetime.now(UTC), body, [NEW]).items():
        headers[name.title()] = value

    assert parse_webhook(body, headers, [OTHER, NEW]).get("reply") == "Zoë kommt"
    with pytest.raises(WebhookVerificationError):
        parse_webhook(body, headers, OLD)


@pytest.mark.parametrize("secret", ["", "abc", "whsec_", "whsec_!!!", NEW.removeprefix("whsec_")])
def test_a_secret_that_is_none_is_told_to_the_developer(secret: str) -> None:
    with pytest.raises(ValueError, match="whsec_"):
        verify_signature(b"", signed_headers("e", datetime.now(UTC), b"", [NEW]), secret)
