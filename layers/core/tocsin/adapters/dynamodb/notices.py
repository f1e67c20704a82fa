"""Account notices in DynamoDB: a row each, ordered by time."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime

from tocsin.adapters.dynamodb.table.actions import FREE, THERE, put, update
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import expired, expiry, instant, key, key_of, milliseconds, time, time_of
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, TenantId
from tocsin.kernel.ports import Sealer
from tocsin.notices.domain.account_notice import AccountNotice, Category, NoticeQuery, Severity

_PAGE = 200


class DynamoDbAccountNotices:
    """Notices in `T#<tenant>#K#<key>#MSG`. The sentence is sealed; severity, category and code are fixed words."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def notify(self, notice: AccountNotice) -> bool:
        """Store a notice. False: a notice of this id exists."""
        return self._table.write_if(put(self._row(notice), FREE))

    def notify_once(self, notice: AccountNotice) -> bool:
        """Store a notice and the mark of its code, which stays. False: the key has the mark."""
        mark = key(f"T#{notice.tenant}#K#{notice.key_id}", f"TOLD#{notice.code}") | {"at": time(notice.at)}
        return self._table.commit([put(mark, FREE), put(self._row(notice), FREE)]) is None

    def _row(self, notice: AccountNotice) -> Item:
        row = key(_pk(notice.tenant, notice.key_id), f"{milliseconds(notice.slot):014}#{notice.id}")
        row |= expiry(notice.expires_at)
        row |= {
            "at": time(notice.at),
            "sev": {"S": notice.severity.value},
            "cat": {"S": notice.category.value},
            "code": {"S": notice.code},
        }
        return row | seal(self._sealer, notice.tenant, row, [notice.text, notice.alert])

    def read(self, tenant: TenantId, key_id: ApiKeyId, query: NoticeQuery, now: datetime) -> Sequence[AccountNotice]:
        """Return what the query asks for, in the order of its slots."""
        mark = secrets.token_urlsafe(6)
        found: list[AccountNotice] = []
        for row in self._rows(tenant, key_id, query):
            if expired(row, now) or not _asked_for(row, query):
                continue
            if query.mark and not self._mark(row, now, mark) and query.unreported:
                continue
            found.append(self._message(tenant, key_id, row))
            if len(found) == query.maximum:
                break
        return found

    def _rows(self, tenant: TenantId, key_id: ApiKeyId, query: NoticeQuery) -> Iterator[Item]:
        pk = {":pk": {"S": _pk(tenant, key_id)}}
        return self._table.query("pk = :pk", pk, ScanIndexForward=query.earliest_first, Limit=_PAGE)

    def _mark(self, row: Item, now: datetime, mark: str) -> bool:
        """Mark a notice as reported; return whether this call is the one that reports it."""
        there = self._table.write_or_find(
            update(
                key_of(row),
                "SET reported = :now, w = :mark",
                f"{THERE} AND attribute_not_exists(reported)",
                {":now": time(now), ":mark": {"S": mark}},
            )
        )
        # Our mark shows an earlier try of this call, whose response was lost.
        return there is None or there.get("w") == {"S": mark}

    def _message(self, tenant: TenantId, key_id: ApiKeyId, row: Item) -> AccountNotice:
        slot, _, id = row["sk"]["S"].partition("#")
        text, alert = unseal(self._sealer, tenant, row)
        return AccountNotice(
            tenant,
            key_id,
            id,
            instant(int(slot)),
            time_of(row, "at"),
            Severity(row["sev"]["S"]),
            Category(row["cat"]["S"]),
            row["code"]["S"],
            text,
            None if alert is None else AlertRef(alert),
        )


def _pk(tenant: TenantId, key_id: ApiKeyId) -> str:
    return f"T#{tenant}#K#{key_id}#MSG"


def _asked_for(row: Item, query: NoticeQuery) -> bool:
    return (
        not (query.unreported and "reported" in row)
        and (query.severity is None or row["sev"]["S"] == query.severity.value)
        and (query.category is None or row["cat"]["S"] == query.category.value)
    )
