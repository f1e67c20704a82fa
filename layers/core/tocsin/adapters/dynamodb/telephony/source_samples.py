"""Samples of sources in DynamoDB: twenty rows of a source, which are written in turn, and a row that counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tocsin.adapters.dynamodb.table.actions import update
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import expired, expiry, key, number
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Sealer
from tocsin.telephony.ports.source_samples import SAMPLE_KEPT, SAMPLES_KEPT, SampledEvent, SourceSample

_SAMPLE = "X#"


class DynamoDbSourceSamples:
    """Rows `T#<t>#SRC#<source>` / `X#<slot:02>`, and `COUNT`. A sample that is kept twice takes two slots."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def keep(self, tenant: TenantId, source_id: str, samples: Sequence[SourceSample]) -> None:
        """Store samples in the slots of the oldest."""
        if not samples:
            return
        pk = _pk(tenant, source_id)
        until = expiry(samples[-1].received_at + SAMPLE_KEPT)
        values = {":n": number(len(samples)), ":exp": until["exp"], ":ttl": until["ttl"]}
        counted = self._table.change(update(key(pk, "COUNT"), "SET #exp = :exp, #ttl = :ttl ADD n :n", values=values))
        first = int(counted["n"]["N"]) - len(samples)
        rows = [self._row(tenant, pk, (first + n) % SAMPLES_KEPT, sample) for n, sample in enumerate(samples)]
        self._table.put_all(rows, "samples")

    def last(self, tenant: TenantId, source_id: str, now: datetime) -> Sequence[SourceSample]:
        """Return the samples of a source, newest first, strongly consistent."""
        rows = self._table.beginning_with(_pk(tenant, source_id), _SAMPLE)
        found = [self._sample(tenant, row) for row in rows if not expired(row, now)]
        return sorted(found, key=lambda sample: (sample.received_at, sample.id), reverse=True)

    def _row(self, tenant: TenantId, pk: str, slot: int, sample: SourceSample) -> Item:
        row = key(pk, f"{_SAMPLE}{slot:02}") | expiry(sample.received_at + SAMPLE_KEPT)
        events = [[each.type, each.event_id, each.status] for each in sample.events]
        value = [sample.id, sample.received_at.isoformat(), sample.payload, events, sample.reason]
        return row | seal(self._sealer, tenant, row, value)

    def _sample(self, tenant: TenantId, row: Item) -> SourceSample:
        id, at, payload, events, reason = unseal(self._sealer, tenant, row)
        told = tuple(SampledEvent(*each) for each in events)
        return SourceSample(id, datetime.fromisoformat(at), payload, told, reason)


def _pk(tenant: TenantId, source_id: str) -> str:
    return f"T#{tenant}#SRC#{source_id}"
