"""The calls of tests/every_option use every option of the document and are taken; tests/stack makes them under IAM."""

from __future__ import annotations

import json

from alerts_api.openapi import document
from tests.every_option.calls import Place, every_option, make
from tests.every_option.document import Call, Document, Json
from tests.functional.alerts_api.conftest import Door
from tocsin.egress.domain.callback_url import CallbackEncoding
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, TenantId
from tocsin.responses.domain.two_way import TwoWayNumber
from tocsin.webhooks.domain.callback import EndpointKey
from tocsin.webhooks.domain.delivery import KEPT_FOR, Delivery, DeliveryKey, DeliveryState
from tocsin.webhooks.domain.endpoint import Endpoint, SigningSecret
from tocsin.webhooks.domain.standard_webhooks import new_secret

ACME, K1 = TenantId("acme"), ApiKeyId("k1")
HOOK = "https://hooks.example.org/options"


def refuse_two_events(door: Door) -> None:
    """Add what the worker of webhooks would have left."""
    now, name = door.clock(), EndpointKey.of(ACME, K1, HOOK)
    door.endpoints.add(Endpoint(name, HOOK, (SigningSecret(new_secret(b"s" * 24)),), now))
    for number in range(2):
        key = DeliveryKey(ACME, f"evt_{number:032x}")
        of = (key, name, AlertRef("a"), HOOK, CallbackEncoding.JSON, "{}", now, now + KEPT_FOR)
        door.deliveries.add(Delivery(*of, state=DeliveryState.DROPPED))


def test_every_option_of_the_document_is_used_and_taken() -> None:
    door, api = Door(), Document(document())
    number = "+447700900050"
    door.numbers.add(TwoWayNumber(number, ACME, K1))
    place = Place(
        token=door.token,
        number=number,
        phones=[f"+44770090070{digit}" for digit in range(5)],
        mailbox="ana@example.org",
        callback=HOOK,
        refused=lambda: refuse_two_events(door),
    )

    def ask(call: Call) -> tuple[int, Json]:
        body = None if call.body is None else json.dumps(call.body)
        key = {} if "apiKey" in (call.body or {}) else {"Authorization": f"Bearer {door.token}"}
        answer = door.gateway.call(call.method, call.path, body, key, {n: [v] for n, v in call.query.items()})
        return answer.status, json.loads(answer.text) if answer.text.startswith("{") else {}

    made = make(every_option(place, api), ask)

    missing = api.options() - {option for call in made for option in api.used(call)}
    assert not missing, "\n".join(map(str, sorted(missing)))
