"""Keys of result packs: in the alert's partition, in the list of waiting packs, and in the due index."""

from __future__ import annotations

from datetime import datetime

from tocsin.adapters.dynamodb.table.rows import milliseconds
from tocsin.alerts.domain.alert import Batch
from tocsin.delivery.domain.progress import BatchProgress
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.results.domain.result_event import ResultEvent, event_name, pack_name

PACK = "EV#"
"""Prefix of the sort keys of packs."""

DUE_PACKS = "DUE#CBP"
"""Kind of packs in the due index, until they are called back."""


def pack_sk(batch: Batch, previous: BatchProgress) -> str:
    """Return the sort key of the pack that begins at the progress `previous`."""
    return PACK + pack_name(batch.number, previous.versions)


def event_sk(event_id: str) -> str:
    """Return the sort key of the pack of one event that is no step of a message."""
    return PACK + event_name(event_id)


def waiting_pk(tenant: TenantId, key_id: ApiKeyId) -> str:
    """Return the `gsi1` partition of a key's waiting packs."""
    return f"T#{tenant}#K#{key_id}#EV"


def waiting_sk(oldest: datetime, batch: Batch) -> str:
    """Return the `gsi1` sort key of a waiting pack: oldest event first."""
    return f"{milliseconds(oldest):014}#{batch.key.alert}#{batch.number:04}"


def waiting_event_sk(event: ResultEvent) -> str:
    """Return the `gsi1` sort key of a waiting pack of one event: among all the others, by time."""
    return f"{milliseconds(event.whence):014}#{event.alert}#X#{event.event_id}"
