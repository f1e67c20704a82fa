"""The lines of the provider in DynamoDB: one row for all of them, with an attribute for each lease.

Lines are taken on the version of the row, and given back whatever its version: a line that is free again harms no
worker who did not know. A lease takes about 75 bytes, so ten lines fit into the kilobyte that one write unit pays for.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from tocsin.adapters.dynamodb.table.actions import FREE, THERE, update
from tocsin.adapters.dynamodb.table.client import ConditionFailed, Item
from tocsin.adapters.dynamodb.table.rows import instant, key, milliseconds, number
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.calls.domain.line_leases import LineLease, LineLeases, LineWaiter
from tocsin.calls.ports.line_pool import WantedLine
from tocsin.delivery.domain.message_id import MessageId
from tocsin.identity.domain.tenant import LINES
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Sealer

_KEY = key(f"T#{LINES}#POOL", "LEASES")
_BYTES = 12
"""Of a hash. Two tries or numbers with the same hash are as rare as two equal random UUIDs."""
_LEASE = "l_"


class DynamoDbLinePool:
    """Leases the lines. Numbers are keyed hashes, and tries hashes: the row does not tell who is called.

    It remembers the row as it wrote it last, and reads it when another worker has taken lines since, or when there
    seems to be no line. One thread takes lines.

    Args:
        lines: how many there are, at most the provider's quota.
    """

    def __init__(self, table: Table, sealer: Sealer, lines: int) -> None:
        self._table = table
        self._sealer = sealer
        self._lines = lines
        self._last: Item | None = None

    def take(
        self, tenant: TenantId, wanted: Sequence[WantedLine], *, urgent: bool, now: datetime, until: datetime
    ) -> Collection[MessageId]:
        """Lease lines, in one write for all tries, and return the tries that hold one."""
        if not wanted:
            return ()
        asked = [LineLease(_holder(one.message), tenant, self._number(tenant, one.number), until) for one in wanted]

        def decided(row: Item | None) -> tuple[LineLeases, LineLeases, Collection[str]]:
            before = LineLeases() if row is None else _read(row)
            return before, *before.take(self._lines, asked, tenant, now, urgent=urgent)

        row, self._last = self._last, None
        if row is None or len(decided(row)[2]) < len(asked):
            row = self._table.get(_KEY)  # lines may have been given back
        for _ in self._table.backoff:
            before, after, held = decided(row)
            try:
                if after != before:
                    row = self._table.change(_replaced(before, after, version=0 if row is None else int(row["v"]["N"])))
            except ConditionFailed as failed:
                # Another worker was first, or an earlier try of this write was done and its response was lost.
                row = failed.current
                continue
            self._last = row
            return [one.message for one, lease in zip(wanted, asked, strict=True) if lease.holder in held]
        raise StorageUnavailable("other workers kept changing the lines")

    def give_back(self, tenant: TenantId, lines: Sequence[WantedLine]) -> None:
        """End the leases of these tries, in one write that needs no read."""
        if lines:
            self._table.write_if(update(_KEY, _removal(_holder(one.message) for one in lines), THERE))

    def _number(self, tenant: TenantId, number: str) -> str:
        return _short(self._sealer.fingerprint(tenant, "line", number.encode()))


def _replaced(before: LineLeases, after: LineLeases, version: int) -> Item:
    """Return the write that makes `after` of `before`, unless other workers have taken lines since that version."""
    there = {lease.holder for lease in before.leases}
    new = [lease for lease in after.leases if lease.holder not in there]
    over = there - {lease.holder for lease in after.leases}
    change = "SET waiters = :waiters, #v = :after" + "".join(f", #{_LEASE}{one.holder} = :{one.holder}" for one in new)
    values = {
        ":waiters": _json([[each.account, each.urgent, milliseconds(each.until)] for each in after.waiters]),
        ":before": number(version),
        ":after": number(version + 1),
        **{f":{one.holder}": _json([one.account, one.number, milliseconds(one.until)]) for one in new},
    }
    return update(_KEY, f"{change} {_removal(over)}".strip(), f"{FREE} OR #v = :before", values)


def _removal(holders: Iterable[str]) -> str:
    names = ", ".join(f"#{_LEASE}{holder}" for holder in sorted(holders))
    return f"REMOVE {names}" if names else ""


def _holder(message: MessageId) -> str:
    return _short(hashlib.sha256(str(message).encode()).digest())


def _short(digest: bytes) -> str:
    return digest[:_BYTES].hex()


def _json(values: list[object]) -> Item:
    return {"S": json.dumps(values, separators=(",", ":"))}


def _read(row: Item) -> LineLeases:
    leases = {name.removeprefix(_LEASE): json.loads(value["S"]) for name, value in row.items() if name[:2] == _LEASE}
    waiters = json.loads(row["waiters"]["S"])
    return LineLeases(
        tuple(
            LineLease(holder, account, called, instant(until)) for holder, (account, called, until) in leases.items()
        ),
        tuple(LineWaiter(account, urgent, instant(until)) for account, urgent, until in waiters),
    )
