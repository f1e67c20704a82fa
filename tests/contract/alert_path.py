"""The four stores of the alert path as one world, in three makes, and what is put into them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.contract.cloud import Cloud
from tests.contract.partiql import MotoWithPartiQl
from tests.fakes.alerts import FakeAlertRepository
from tests.fakes.conversations import FakeConversations, FakeTwoWayNumbers
from tests.fakes.escalations import FakeEscalations
from tests.fakes.event_publisher import FakeEventPublisher
from tests.fakes.link_sets import FakeLinkSets
from tests.fakes.messages import FakeMessageRows
from tests.fakes.reopening import FakeReopenedBatches
from tests.fakes.responses import FakeResponses
from tests.fakes.results import EventStore, FakeResultEvents
from tests.fakes.sealer import FakeSealer
from tests.fakes.subject_references import FakeSubjectReferences
from tests.fakes.tenant_guard import TenantGuard
from tests.fakes.timers import FakeTimers
from tests.fakes.work import FakeDispatchProgress
from tocsin.adapters.dynamodb.alerts.alerts import DynamoDbAlertRepository
from tocsin.adapters.dynamodb.delivery.dispatch_progress import DynamoDbDispatchProgress
from tocsin.adapters.dynamodb.delivery.messages import DynamoDbMessageRows
from tocsin.adapters.dynamodb.delivery.reopening import DynamoDbReopenedBatches
from tocsin.adapters.dynamodb.escalation import DynamoDbEscalations
from tocsin.adapters.dynamodb.identity.key_rows import capacity_key
from tocsin.adapters.dynamodb.linked_alerts import DynamoDbLinkSets
from tocsin.adapters.dynamodb.responses.conversations import DynamoDbConversations
from tocsin.adapters.dynamodb.responses.responses import DynamoDbResponses
from tocsin.adapters.dynamodb.responses.subject_references import DynamoDbSubjectReferences
from tocsin.adapters.dynamodb.responses.two_way_numbers import DynamoDbTwoWayNumbers
from tocsin.adapters.dynamodb.results.event_publisher import DynamoDbEventPublisher
from tocsin.adapters.dynamodb.results.results import DynamoDbResultEvents
from tocsin.adapters.dynamodb.table.bucket import Bucket
from tocsin.adapters.dynamodb.table.client import Backoff
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.adapters.dynamodb.timers import DynamoDbTimers
from tocsin.alerts.domain.alert import CHUNK_SIZE, Alert, AlertItem, ChunkKey, lane_for
from tocsin.alerts.ports.alerts import Acceptance, AlertRepository
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.recipient import Recipient
from tocsin.content.domain.content import EmailContent, SmsContent
from tocsin.delivery.ports.messages import DispatchProgress, MessageRows, ReopenedBatches
from tocsin.escalation.ports import Escalations
from tocsin.idempotency.domain.claim import IdempotencyClaim
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, TenantId, time_ordered_uuid
from tocsin.linked_alerts.ports import LinkSets
from tocsin.responses.ports.answer_overview import AnswerOverview
from tocsin.responses.ports.conversations import Conversations, TwoWayNumbers
from tocsin.responses.ports.responses import Responses
from tocsin.responses.ports.subject_references import SubjectReferences
from tocsin.results.domain.result_event import ResultEvent
from tocsin.results.ports import EventPublisher
from tocsin.timers.ports import Timers

ACME = TenantId("acme")
OTHER = TenantId("other")
KEY = ApiKeyId("k1")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
FOUR_HOURS = timedelta(hours=4)


@dataclass
class AlertPath:
    """One world.

    Attributes:
        set_capacity, capacity: put and read what is left of a capacity of KEY.
        dynamodb, s3, table_name, bucket: what is behind the adapters; None and "" for the fakes.
    """

    engine: str
    alerts: AlertRepository
    messages: MessageRows
    work: DispatchProgress
    results: EventStore
    responses: Responses
    event_publisher: EventPublisher
    numbers: TwoWayNumbers
    conversations: Conversations
    references: SubjectReferences
    links: LinkSets
    escalations: Escalations
    timers: Timers
    reopened: ReopenedBatches
    set_capacity: Callable[[Channel, int], None]
    capacity: Callable[[Channel], int]
    dynamodb: Any = None
    s3: Any = None
    table_name: str = ""
    bucket: str = ""

    @property
    def overview(self) -> AnswerOverview:
        """Return the overview of the answers that `responses` keeps."""
        assert isinstance(self.responses, FakeResponses | DynamoDbResponses)
        return self.responses

    @property
    def table(self) -> Table:
        """Return the table as the repositories take it."""
        return Table(self.dynamodb, self.table_name)

    @property
    def objects(self) -> Bucket:
        """Return the bucket as the repositories take it."""
        return Bucket(self.s3, self.bucket)


def in_memory() -> AlertPath:
    work = FakeDispatchProgress()
    alerts = FakeAlertRepository(work)
    left = alerts.capacities.setdefault((ACME, KEY), {})
    results = FakeResultEvents()
    links = FakeLinkSets()
    links.written_participants(alerts)
    timers = FakeTimers()
    escalations = FakeEscalations(timers)
    escalations.written_participants(alerts)
    messages = FakeMessageRows()
    return AlertPath(
        "fake",
        alerts,
        messages,
        work,
        results,
        FakeResponses(links, escalations),
        FakeEventPublisher(results),
        FakeTwoWayNumbers(),
        FakeConversations(),
        FakeSubjectReferences(alerts),
        links,
        escalations,
        timers,
        FakeReopenedBatches(messages, work),
        left.__setitem__,
        lambda channel: left[channel],
    )


def in_dynamodb(engine: str, cloud: Cloud, table_name: str) -> AlertPath:
    client = TenantGuard(MotoWithPartiQl(cloud.dynamodb) if engine == "moto" else cloud.dynamodb)
    sealer = FakeSealer()
    # Twenty threads at one row: the tries are many and the waits short, so that the suite stays quick.
    table = Table(client, table_name, Backoff(tries=40, base=0.002, cap=0.05))

    def set_capacity(channel: Channel, units: int) -> None:
        row = {**capacity_key(ACME, KEY, channel), "remaining": {"N": str(units)}}
        client.put_item(TableName=table_name, Item=row)

    def capacity(channel: Channel) -> int:
        row = client.get_item(TableName=table_name, Key=capacity_key(ACME, KEY, channel), ConsistentRead=True)
        return int(row["Item"]["remaining"]["N"])

    return AlertPath(
        engine,
        DynamoDbAlertRepository(table, sealer, cloud.objects),
        DynamoDbMessageRows(table),
        DynamoDbDispatchProgress(table),
        DynamoDbResultEvents(table, sealer),
        DynamoDbResponses(table, sealer),
        DynamoDbEventPublisher(table, sealer),
        DynamoDbTwoWayNumbers(table),
        DynamoDbConversations(table, sealer),
        DynamoDbSubjectReferences(table),
        DynamoDbLinkSets(table, sealer, cloud.objects),
        DynamoDbEscalations(table, sealer, cloud.objects),
        DynamoDbTimers(table),
        DynamoDbReopenedBatches(table),
        set_capacity,
        capacity,
        dynamodb=client,
        s3=cloud.s3,
        table_name=table_name,
        bucket=cloud.bucket,
    )


def number(n: int) -> str:
    """Return a phone number nobody has."""
    return f"+44770090{n:04}"


SMS = SmsContent("Tocsin", "trunk 7 is down")
EMAIL = EmailContent("Trunk 7 [r1]", "trunk 7 is down", "text/plain; charset=utf-8", "alerts", "noc", "Everybody")


def an_acceptance(
    *sizes: int,
    at: datetime = NOON,
    tenant: TenantId = ACME,
    sandbox: bool = False,
    text: str = "trunk 7 is down",
    client_ref: str = "ref-1",
    expires_at: datetime | None = NOON + timedelta(days=30),
    consumption: dict[Channel, int] | None = None,
    claim: IdempotencyClaim | None = None,
    answer: str | None = None,
) -> Acceptance:
    """Return an alert with an sms item of each size (and an email item instead at every second place)."""
    items = tuple(
        AlertItem(
            index,
            Channel.EMAIL if index % 2 else Channel.SMS,
            f"tag {index}",
            EMAIL if index % 2 else replace(SMS, text=text),
            size + 1,
            size,
            "one number was no number",
        )
        for index, size in enumerate(sizes or (1,))
    )
    alert = Alert(
        tenant=tenant,
        ref=AlertRef(time_ordered_uuid(at, secrets.token_bytes(10))),
        key_id=KEY,
        sandbox=sandbox,
        client_ref=client_ref,
        accepted_at=at,
        send_before=at + FOUR_HOURS,
        expires_at=expires_at,
        lane=lane_for(sum(item.accepted for item in items)),
        notification=NotificationMode.POLL,
        items=items,
        email_subject_ref="r1",
    )
    return Acceptance(alert, chunks_of(alert), consumption or {}, claim, answer)


def chunks_of(alert: Alert) -> dict[ChunkKey, tuple[Recipient, ...]]:
    """Return recipients for every chunk the alert's slices name."""
    sizes: dict[ChunkKey, int] = {}
    for batch in alert.batches():
        sizes[batch.key] = sizes.get(batch.key, 0) + batch.count
    return {
        key: tuple(
            Recipient(
                number(key.chunk * CHUNK_SIZE + position),
                f"c{position}" if position % 2 else None,
                {"name": "Ana Müller"} if position % 3 == 0 else {},
            )
            for position in range(size)
        )
        for key, size in sizes.items()
    }


def events(alert: Alert, *names: str, at: datetime = NOON) -> Sequence[ResultEvent]:
    """Return one event of each name, a second apart."""
    return [
        ResultEvent(
            event_id=f"evt_{name}",
            client_ref=alert.client_ref,
            alert=alert.ref,
            channel=Channel.SMS,
            tag="tag 0",
            event="sent",
            alertee=number(1),
            contact_id=None if n % 2 else "c1",
            whence=at + timedelta(seconds=n),
            reason="throttled" if n % 3 == 0 else None,
            possible_duplicate=n % 2 == 0,
            version=n + 1,
        )
        for n, name in enumerate(names)
    ]


def names(collected: Sequence[ResultEvent]) -> list[str]:
    """Return the names `events` was given."""
    return [event.event_id.removeprefix("evt_") for event in collected]
