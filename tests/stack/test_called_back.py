"""A round trip that is called back: the client's receiver on this machine has every word of it, signed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.stack.system import System, sms
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.adapters.dynamodb.webhooks.webhook_endpoints import DynamoDbWebhookEndpoints
from tocsin.adapters.kms.sealer import KmsSealer
from tocsin.entrypoint.process.clock import utc_now
from tocsin.entrypoint.process.randomness import SystemRandomness
from tocsin.identity.domain.api_key import ApiKey, KeyKind
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.webhooks.application.endpoints import RotateCallbackSecret


def test_ah_126_ah_127_sent_delivered_and_answered_are_called_back_signed_once_each(
    lively: System, number: str
) -> None:
    # given a receiver whose owner has a secret, and an alert whose results are called back there
    url = lively.outside.callbacks.url
    secret = _secret(lively, url)
    (phone,) = lively.phones(1)
    options = {"notification": "callback", "callbackURL": url}
    ref = lively.sent("live", sms([phone], "who can come?", sender=number), options=options)
    lively.states("live", ref, {phone: "delivered"})

    # when the receiver of the text answers
    lively.text_back(phone, "on my way, Zoë")

    # then each happening is posted once, signed so that any library of Standard Webhooks believes it
    calls = lively.awaited(lambda: _calls(lively, ref), lambda found: len(found) >= 3, 60)
    told = {call["event"]: call for call in (Webhook(secret).verify(c["body"], c["headers"]) for c in calls)}
    assert set(told) == {"sent", "delivered", "reply"}
    assert (told["reply"]["reply"], told["reply"]["alertees"]) == ("on my way, Zoë", [phone])
    assert len({call["headers"]["webhook-id"] for call in calls}) == len(calls) == 3

    # and nobody else's word is
    forged = calls[0]["body"].replace("sent", "read").replace("delivered", "read").replace("reply", "read")
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(forged, calls[0]["headers"])

    # and nothing waits to be collected
    assert lively.events("live", ref, 0) == []


def _calls(system: System, ref: str) -> list[dict[str, Any]]:
    file = system.outside.callbacks.file
    calls = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    return [call for call in calls if ref in call["body"]]


def _secret(system: System, url: str) -> str:
    """Be the key's owner, who asks for a new secret."""
    dynamodb, kms = system.aws.client("dynamodb"), system.aws.client("kms")
    table, key_id = system.stack.outputs["TableName"], system.stack.outputs["KeyId"]
    sealer = KmsSealer(kms, dynamodb, table, key_id, utc_now, SystemRandomness())
    live = ApiKey(
        id=ApiKeyId(system.callers["live"].key.split("_")[3]),
        tenant=TenantId("acme"),
        kind=KeyKind.LIVE,
        name="live",
        secret_hash="",
    )
    endpoints = DynamoDbWebhookEndpoints(Table(dynamodb, table), sealer)
    return RotateCallbackSecret(endpoints, utc_now, SystemRandomness())(live, url).secret
