"""Sources of telephony events in DynamoDB: a row each, sealed but for its version, in a partition per tenant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from tocsin.adapters.dynamodb.table.actions import FREE, THERE, delete, put
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import key, number
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.kernel.domain.errors import StaleWrite
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Sealer
from tocsin.telephony.domain.event_source import EventSource, ExpectEvery, Refreshes

_SOURCE = "S#"
_PLAIN = ("name", "kind", "region", "zone", "mapping", "signature", "enabled")
_LISTS = ("internal", "secret_hashes", "signing_keys")


class DynamoDbEventSources:
    """Rows `T#<t>#SRC` / `S#<id>`."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def add(self, source: EventSource) -> None:
        """Store a new source. Raises StaleWrite."""
        self._write(source, put(self._row(source), FREE))

    def save(self, source: EventSource) -> None:
        """Store a source over the version before its own. Raises StaleWrite."""
        before = {":before": number(source.version - 1)}
        self._write(source, put(self._row(source), "#v = :before", before))

    def get(self, tenant: TenantId, source_id: str) -> EventSource | None:
        """Return a source, strongly consistent; None = there is none."""
        row = self._table.get(_key(tenant, source_id))
        return None if row is None else self._source(tenant, row)

    def all(self, tenant: TenantId) -> Sequence[EventSource]:
        """Return the sources of a tenant by their ids, strongly consistent."""
        return [self._source(tenant, row) for row in self._table.beginning_with(f"T#{tenant}#SRC", _SOURCE)]

    def delete(self, tenant: TenantId, source_id: str) -> bool:
        """Remove a source. False: there was none."""
        return self._table.write_if(delete(_key(tenant, source_id), THERE))

    def _write(self, source: EventSource, action: Item) -> None:
        standing = self._table.write_or_find(action)
        # An earlier try of this call, whose response was lost, may have written it.
        if standing is not None and (not standing or self._source(source.tenant, standing) != source):
            raise StaleWrite("the source was changed or removed meanwhile")

    def _row(self, source: EventSource) -> Item:
        row = _key(source.tenant, source.id) | {"v": number(source.version)}
        value = {name: getattr(source, name) for name in (*_PLAIN, *_LISTS)}
        value |= {"settle": source.settle_after / timedelta(milliseconds=1), "refreshes": source.refreshes.value}
        value["expect"] = source.expect_every if source.fixed_span is None else source.fixed_span / timedelta(seconds=1)
        return row | seal(self._sealer, source.tenant, row, value)

    def _source(self, tenant: TenantId, row: Item) -> EventSource:
        value: dict[str, Any] = unseal(self._sealer, tenant, row)
        value |= {name: tuple(value[name]) for name in _LISTS}
        return EventSource(
            tenant=tenant,
            id=row["sk"]["S"].removeprefix(_SOURCE),
            version=int(row["v"]["N"]),
            settle_after=timedelta(milliseconds=value["settle"]),
            refreshes=Refreshes(value["refreshes"]),
            expect_every=_expected(value.get("expect", ExpectEvery.AUTO)),
            **{name: value[name] for name in (*_PLAIN, *_LISTS)},
        )


def _expected(written: str | float) -> timedelta | ExpectEvery:
    return ExpectEvery(written) if isinstance(written, str) else timedelta(seconds=written)


def _key(tenant: TenantId, source_id: str) -> Item:
    return key(f"T#{tenant}#SRC", f"{_SOURCE}{source_id}")
