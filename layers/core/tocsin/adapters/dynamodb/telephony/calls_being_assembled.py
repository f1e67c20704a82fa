"""Calls whose legs are gathered, in DynamoDB: a row each, sealed, replaced on its version."""

from __future__ import annotations

from datetime import datetime

from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import expired, expiry, number
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.adapters.dynamodb.telephony.versioned import hashed_key, put_over, time_read
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Sealer
from tocsin.telephony.domain.call_assembly import CallAssembly, Leg
from tocsin.telephony.ports.calls_being_assembled import ASSEMBLY_KEPT


class DynamoDbCallsBeingAssembled:
    """Rows `T#<t>#CA#<2 hex>` / `<keyed hash of source and call>`."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def find(self, tenant: TenantId, source: str, call_id: str, now: datetime) -> tuple[CallAssembly, int]:
        """Return an assembly and its version: one without legs if none is kept."""
        row = self._table.get(self._key(tenant, source, call_id))
        if row is None:
            return CallAssembly(source, call_id), 0
        version = int(row["v"]["N"])
        return (CallAssembly(source, call_id) if expired(row, now) else self._assembly(tenant, row)), version

    def save(self, tenant: TenantId, assembly: CallAssembly, version: int, now: datetime) -> bool:
        """Store an assembly over the version that was read."""
        row = self._key(tenant, assembly.source, assembly.call_id)
        row |= {"v": number(version + 1), **expiry(now + ASSEMBLY_KEPT)}
        legs = [[leg.at.isoformat(), leg.data] for leg in assembly.legs]
        settles = assembly.settles_at and assembly.settles_at.isoformat()
        value = [assembly.source, assembly.call_id, legs, settles, assembly.settled]
        row |= seal(self._sealer, tenant, row, value)
        standing = put_over(self._table, row, version)
        return standing is None or (standing.get("v") == row["v"] and self._assembly(tenant, standing) == assembly)

    def _assembly(self, tenant: TenantId, row: Item) -> CallAssembly:
        source, call_id, legs, settles, settled = unseal(self._sealer, tenant, row)
        known = tuple(Leg(datetime.fromisoformat(at), data) for at, data in legs)
        return CallAssembly(source, call_id, known, time_read(settles), settled)

    def _key(self, tenant: TenantId, source: str, call_id: str) -> Item:
        return hashed_key(self._sealer, tenant, "CA", f"{source}\0{call_id}")
