"""The audit trail in DynamoDB: a partition for each tenant and month, a row for each entry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from tocsin.adapters.dynamodb.table import cursors
from tocsin.adapters.dynamodb.table.actions import FREE, put
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import expired, expiry, key, number, time, time_of
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.audit.domain.actor import Actor, ActorKind, Via
from tocsin.audit.domain.entry import KEPT_FOR, AuditEntry, Thing
from tocsin.audit.ports import AuditPage, AuditQuery
from tocsin.kernel.domain.ids import TenantId, time_prefix
from tocsin.kernel.ports import Sealer

LOOKED_AT = 1_000
"""Most rows that are looked at for one page."""


class DynamoDbAuditTrail:
    """Entries in `T#<tenant>#AUDIT#<yyyymm>`; names, the request id and what changed are sealed."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def record(self, entries: Sequence[AuditEntry]) -> None:
        """Add entries. An entry whose id exists is not added again."""
        for entry in entries:
            self._table.write_if(put(entry_row(self._sealer, entry), FREE))

    def read(self, tenant: TenantId, query: AuditQuery, limit: int, cursor: str | None, now: datetime) -> AuditPage:
        """Return a page of entries, newest first."""
        name = f"audit|{query}"
        after = None if cursor is None else cursors.read(self._sealer, tenant, name, cursor)
        found: list[AuditEntry] = []
        last = ""
        for looked_at, row in enumerate(self._rows(tenant, query, after, now)):
            if looked_at == LOOKED_AT or len(found) == limit:
                return AuditPage(found, cursors.issue(self._sealer, tenant, name, last))
            last = row["sk"]["S"]
            if not expired(row, now) and _matches(row, query):
                found.append(self._entry(tenant, row))
        return AuditPage(found, None)

    def _rows(self, tenant: TenantId, query: AuditQuery, after: str | None, now: datetime) -> Iterator[Item]:
        """Yield the rows between the times of the query, from the newest month to the oldest one kept."""
        since = max(query.since or now - KEPT_FOR, now - KEPT_FOR)
        upper = after or (time_prefix(query.until) if query.until else "~")
        month = now if query.until is None or query.until > now else query.until
        while (month.year, month.month) >= (since.year, since.month):
            pk, lower = _pk(tenant, month), time_prefix(since)
            for row in self._table.between(pk, lower, upper, ScanIndexForward=False, Limit=200):
                if row["sk"]["S"] != after and time_of(row, "at") >= since:
                    yield row
            month = month.replace(day=1) - timedelta(days=1)

    def _entry(self, tenant: TenantId, row: Item) -> AuditEntry:
        who, name, before, after, request_id = unseal(self._sealer, tenant, row)
        kind, _, id = row["who"]["S"].partition(":")
        thing, _, thing_id = row["thing"]["S"].partition(":")
        return AuditEntry(
            tenant,
            row["sk"]["S"],
            time_of(row, "at"),
            Actor(ActorKind(kind), id, who),
            Via(row["via"]["S"]),
            row["action"]["S"],
            Thing(thing, thing_id, name),
            before,
            after,
            request_id,
            int(row["n"]["N"]),
        )


def entry_row(sealer: Sealer, entry: AuditEntry) -> Item:
    """Return the row of an entry, for a repository that writes it in the transaction of its change."""
    row = key(_pk(entry.tenant, entry.at), entry.id) | expiry(entry.at + KEPT_FOR)
    row |= {
        "at": time(entry.at),
        "who": {"S": str(entry.who)},
        "via": {"S": entry.via.value},
        "action": {"S": entry.action},
        "thing": {"S": f"{entry.thing.kind}:{entry.thing.id}"},
        "n": number(entry.count),
    }
    sealed = [entry.who.name, entry.thing.name, dict(entry.before), dict(entry.after), entry.request_id]
    return row | seal(sealer, entry.tenant, row, sealed)


def _pk(tenant: TenantId, at: datetime) -> str:
    return f"T#{tenant}#AUDIT#{at:%Y%m}"


def _matches(row: Item, query: AuditQuery) -> bool:
    thing = row["thing"]["S"]
    return (
        (query.person is None or row["who"]["S"] == query.person)
        and (query.thing is None or query.thing in (thing, thing.partition(":")[0]))
        and (query.action is None or row["action"]["S"] == query.action)
    )
