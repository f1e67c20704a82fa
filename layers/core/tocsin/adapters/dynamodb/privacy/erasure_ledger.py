"""The ledger of erasures: workers that still have messages to an erased person read it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from tocsin.adapters.dynamodb.table.actions import put
from tocsin.adapters.dynamodb.table.rows import expiry, key, milliseconds
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.kernel.domain.ids import TenantId

LEDGER_KEPT = timedelta(days=90)


class DynamoDbErasureLedger:
    """Entries in `T#<tenant>#ERASED` / `<milliseconds>#<fingerprint>`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def enter(self, tenant: TenantId, fingerprints: Collection[bytes], at: datetime) -> None:
        """Record that these people were erased at `at`."""
        for fingerprint in fingerprints:
            row = key(_pk(tenant), f"{milliseconds(at):014}#{fingerprint.hex()}")
            self._table.write(put(row | expiry(at + LEDGER_KEPT)))

    def since(self, tenant: TenantId, at: datetime) -> Collection[bytes]:
        """Return who was erased at `at` or later, strongly consistent. Mostly empty: half a read unit."""
        values = {":pk": {"S": _pk(tenant)}, ":at": {"S": f"{milliseconds(at):014}"}}
        rows = self._table.query("pk = :pk AND sk >= :at", values)
        return {bytes.fromhex(row["sk"]["S"].partition("#")[2]) for row in rows}


def _pk(tenant: TenantId) -> str:
    return f"T#{tenant}#ERASED"
