"""The ledger of erasures: workers that still have messages to an erased person read it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from tocsin.adapters.dynamodb.table.actions import put
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import expiry, key, milliseconds, time, time_of
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.kernel.domain.ids import TenantId

LEDGER_KEPT = timedelta(days=90)

LAST = "#LAST"
"""Sort key of the row that holds the time of the tenant's last erasure. It sorts before all entries."""


class DynamoDbErasureLedger:
    """Entries in `T#<tenant>#ERASED` / `<milliseconds>#<fingerprint>`, and the time of the last one (ADR 0113)."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def enter(self, tenant: TenantId, fingerprints: Collection[bytes], at: datetime) -> None:
        """Record that these people were erased at `at`. The time comes first, so that no entry is without it."""
        if fingerprints:
            last = last_erasure_key(tenant) | {"at": time(at)} | expiry(at + LEDGER_KEPT)
            self._table.write_if(put(last, "attribute_not_exists(pk) OR #at < :at", {":at": time(at)}))
        for fingerprint in fingerprints:
            row = key(_pk(tenant), f"{milliseconds(at):014}#{fingerprint.hex()}")
            self._table.write(put(row | expiry(at + LEDGER_KEPT)))

    def since(self, tenant: TenantId, at: datetime) -> Collection[bytes]:
        """Return who was erased at `at` or later, strongly consistent. Mostly empty: half a read unit."""
        values = {":pk": {"S": _pk(tenant)}, ":at": {"S": f"{milliseconds(at):014}"}}
        rows = self._table.query("pk = :pk AND sk >= :at", values)
        return {bytes.fromhex(row["sk"]["S"].partition("#")[2]) for row in rows}


def last_erasure_key(tenant: TenantId) -> Item:
    """Return the key of the row that holds the time of the tenant's last erasure."""
    return key(_pk(tenant), LAST)


def last_erasure_of(row: Item) -> datetime:
    """Return the time of the tenant's last erasure."""
    return time_of(row, "at")


def _pk(tenant: TenantId) -> str:
    return f"T#{tenant}#ERASED"
