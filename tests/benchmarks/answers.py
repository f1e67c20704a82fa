"""Budget 14: how long an answer takes from its queue to its row while 10,000 receipts wait in theirs."""

from __future__ import annotations

import contextlib
import json
import time
from datetime import timedelta

from infra.local.provider_events import inbound_text, notification, text_event
from tests.benchmarks.findings import Finding
from tests.benchmarks.stage import (
    EVENTS_BATCH,
    REGION,
    SMS_TOPIC,
    TABLE,
    TENANT,
    Stage,
    Wrong,
    api,
    numbers,
    request,
    workers,
)
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.bootstrap.storage import Storage, StoreClients
from tocsin.delivery.domain.message_id import MessageId
from tocsin.entrypoint.process.clock import utc_now
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.responses.domain.two_way import TwoWayNumber

RECEIPTS = 10_000
ANSWERS = 100
OURS = "+447700900050"
TEXTS_BATCH = 10
"""Texts per invocation of receive_texts, as the template has it."""

TEXTS_TOPIC = f"arn:aws:sns:{REGION}:000000000000:sms-inbound"


def measure(stage: Stage, rounds: int) -> list[Finding]:
    """Send to 10,000, let the provider report all of them at once, and let people answer meanwhile."""
    storage = Storage(
        StoreClients(stage.client("dynamodb"), stage.client("kms")), table_name=TABLE, key_id=stage.key_id
    )
    (key,) = storage.api_keys.list(TenantId(TENANT))
    storage.two_way_numbers.add(TwoWayNumber(OURS, key.tenant, key.id))
    p99s, behind = [], []
    for _ in range(rounds):
        p99, left = _round(stage, storage)
        p99s.append(p99)
        behind.append(left)
    note = f"{ANSWERS} answers, one each 0.05 s; receipts that waited at the last: {min(behind):,} – {max(behind):,}"
    return [Finding(14, "answer behind 10,000 receipts, queue to row, p99", p99s, "s", must=5, aim=1, note=note)]


def _round(stage: Stage, storage: Storage) -> tuple[float, int]:
    tenant, people = TenantId(TENANT), numbers(RECEIPTS)
    stage.reset()
    with api(stage) as accepting, workers(stage, {"SMS_URGENT": 4, "SMS_BULK": 10}):
        body = request(people, stage.token)
        body["alert"][0]["sender"] = OURS
        answer = json.loads(accepting.call("POST", "/sendalert", body)["body"])
        stage.await_distinct(RECEIPTS, 120)
    alert = storage.alerts.get(tenant, AlertRef(answer["alertRef"]))
    if alert is None:
        raise Wrong(f"not accepted: {answer}")
    now = utc_now()
    ids = [MessageId(batch.key, position, 1) for batch in alert.batches() for position in batch.positions]
    _put(
        stage,
        "EVENTS",
        [notification(SMS_TOPIC, text_event("TEXT_DELIVERED", str(id), people[0], now), now) for id in ids],
    )

    took: list[float] = []
    with contextlib.ExitStack() as stack:
        stack.enter_context(workers(stage, {"EVENTS": EVENTS_BATCH}))
        stack.enter_context(workers(stage, {"TEXTS": TEXTS_BATCH}))
        sent: dict[int, float] = {}
        began = time.monotonic()
        while len(took) < ANSWERS:
            if time.monotonic() > began + 120:
                raise Wrong(f"{ANSWERS - len(took)} answers are in no row")
            number = len(sent) + len(took)
            if number < ANSWERS and time.monotonic() > began + 0.05 * number:
                text = inbound_text(people[number], OURS, "on my way", f"in-{alert.ref}-{number}")
                _put(stage, "TEXTS", [notification(TEXTS_TOPIC, text, utc_now() + timedelta(seconds=1))])
                sent[number] = time.monotonic()
            kept = storage.responses.responded(ChunkKey(tenant, alert.ref, 0, 0), range(ANSWERS))
            for place in kept.keys() & sent.keys():
                took.append(time.monotonic() - sent.pop(place))
        left = stage.client("sqs").get_queue_attributes(QueueUrl=stage.queues["EVENTS"], AttributeNames=["All"])[
            "Attributes"
        ]
        stage.client("sqs").purge_queue(QueueUrl=stage.queues["EVENTS"])
    return sorted(took)[int(0.99 * ANSWERS) - 1], int(left["ApproximateNumberOfMessages"])


def _put(stage: Stage, queue: str, bodies: list[str]) -> None:
    sqs = stage.client("sqs")
    for first in range(0, len(bodies), 10):
        entries = [{"Id": str(n), "MessageBody": body} for n, body in enumerate(bodies[first : first + 10])]
        sqs.send_message_batch(QueueUrl=stage.queues[queue], Entries=entries)
