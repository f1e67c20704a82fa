"""The stores of callbacks as one world, in three makes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from tests.contract.alert_path import ACME, KEY, NOON
from tests.contract.cloud import Cloud
from tests.contract.partiql import MotoWithPartiQl
from tests.fakes.callbacks import FakeCallbackPacks, FakeWebhookDeliveries, FakeWebhookEndpoints
from tests.fakes.event_publisher import FakeEventPublisher
from tests.fakes.results import EventStore, FakeResultEvents
from tests.fakes.sealer import FakeSealer
from tests.fakes.tenant_guard import TenantGuard
from tocsin.adapters.dynamodb.results.event_publisher import DynamoDbEventPublisher
from tocsin.adapters.dynamodb.results.results import DynamoDbResultEvents
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.adapters.dynamodb.webhooks.callback_packs import DynamoDbCallbackPacks
from tocsin.adapters.dynamodb.webhooks.webhook_deliveries import DynamoDbWebhookDeliveries
from tocsin.adapters.dynamodb.webhooks.webhook_endpoints import DynamoDbWebhookEndpoints
from tocsin.egress.domain.callback_url import CallbackEncoding
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.results.ports import EventPublisher
from tocsin.webhooks.domain.callback import EndpointKey
from tocsin.webhooks.domain.delivery import Delivery, DeliveryKey
from tocsin.webhooks.domain.endpoint import Endpoint, SigningSecret
from tocsin.webhooks.ports.callbacks import CallbackPacks, WebhookDeliveries, WebhookEndpoints

HOOK = "https://hooks.example.org/a?token=s3cret"
SECRET = "whsec_" + "QUJD" * 8
ENDPOINT = EndpointKey.of(ACME, KEY, HOOK)
MINUTE = timedelta(minutes=1)


@dataclass
class CallbackStores:
    """One world; `dynamodb` and `table_name` are what is behind the adapters, None and "" for the fakes."""

    results: EventStore
    event_publisher: EventPublisher
    packs: CallbackPacks
    deliveries: WebhookDeliveries
    endpoints: WebhookEndpoints
    dynamodb: Any = None
    table_name: str = ""


def in_memory() -> CallbackStores:
    results = FakeResultEvents()
    return CallbackStores(
        results,
        FakeEventPublisher(results),
        FakeCallbackPacks(results),
        FakeWebhookDeliveries(),
        FakeWebhookEndpoints(),
    )


def in_dynamodb(engine: str, cloud: Cloud, table_name: str) -> CallbackStores:
    client = TenantGuard(MotoWithPartiQl(cloud.dynamodb) if engine == "moto" else cloud.dynamodb)
    sealer = FakeSealer()
    table = Table(client, table_name)
    return CallbackStores(
        DynamoDbResultEvents(table, sealer),
        DynamoDbEventPublisher(table, sealer),
        DynamoDbCallbackPacks(table, sealer),
        DynamoDbWebhookDeliveries(table, sealer),
        DynamoDbWebhookEndpoints(table, sealer),
        client,
        table_name,
    )


def an_endpoint(url: str = HOOK, tenant: TenantId = ACME, **changes: Any) -> Endpoint:
    endpoint = Endpoint(EndpointKey.of(tenant, KEY, url), url, (SigningSecret(SECRET),), NOON)
    return replace(endpoint, **changes)


def event_id(n: int) -> str:
    """Return an id as events have them."""
    return "evt_" + hashlib.sha256(str(n).encode()).hexdigest()[:32]


def a_delivery(n: int = 1, at: datetime = NOON, tenant: TenantId = ACME, **changes: Any) -> Delivery:
    delivery = Delivery(
        key=DeliveryKey(tenant, event_id(n)),
        endpoint=EndpointKey.of(tenant, KEY, HOOK),
        alert=AlertRef("0192aaaa-0000-7000-8000-000000000000"),
        url=HOOK,
        encoding=CallbackEncoding.FORM,
        body='{"eventId":"x","tag":"größe"}',
        created_at=at,
        expires_at=at + timedelta(days=30),
        due_at=at,
        next_check_at=at + 5 * MINUTE,
    )
    return replace(delivery, **changes)
