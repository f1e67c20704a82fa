"""Calls in that go on, in DynamoDB: a row each, with the caller's number sealed."""

from __future__ import annotations

from datetime import datetime

from tocsin.adapters.dynamodb.table.actions import put
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import expiry, key
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.calls.ports.calls_in import CallUnderWay
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Sealer


class DynamoDbCallsIn:
    """Rows `T#<t>#CALLIN#<the provider's id of the call>` / `CALL`."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def keep(self, tenant: TenantId, call: CallUnderWay, until: datetime) -> None:
        """Store where a call stands, in the place of what was stored before."""
        row = _key(tenant, call.call_id)
        sealed = seal(self._sealer, tenant, row, call.caller or "")
        self._table.write(put({**row, **sealed, "state": {"S": call.state}, **expiry(until)}))

    def find(self, tenant: TenantId, call_id: str) -> CallUnderWay | None:
        """Return a call, strongly consistent; None if none is stored."""
        row = self._table.get(_key(tenant, call_id))
        if row is None:
            return None
        return CallUnderWay(call_id, unseal(self._sealer, tenant, row) or None, row["state"]["S"])


def _key(tenant: TenantId, call_id: str) -> Item:
    return key(f"T#{tenant}#CALLIN#{call_id}", "CALL")
