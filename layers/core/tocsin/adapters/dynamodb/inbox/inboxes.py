"""Inboxes in DynamoDB: a row for each notice, sealed. Unread ones are in an index, which counts and lists them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from tocsin.adapters.dynamodb.table import cursors
from tocsin.adapters.dynamodb.table.actions import THERE, delete, update
from tocsin.adapters.dynamodb.table.client import ConditionFailed, Item
from tocsin.adapters.dynamodb.table.indexes import GSI1
from tocsin.adapters.dynamodb.table.rows import expired, expiry, key, key_of
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.adapters.dynamodb.table.table import STATEMENTS, Table, condition_failed
from tocsin.inbox.domain.inbox_notice import NOTICE_KEPT, InboxNotice
from tocsin.inbox.ports import MARKED_AT_ONCE, MOST_COUNTED, InboxPage
from tocsin.kernel.domain.ids import TenantId, UserId, time_prefix
from tocsin.kernel.ports import Sealer

_ACTIONS = 100
"""Most actions of one transaction: DynamoDB's limit."""

_NEWEST = "g"
"""Sorts after every id, whose digits are hexadecimal."""

_READ = "REMOVE gsi1pk, gsi1sk"
_UNREAD = "SET gsi1pk = :list, gsi1sk = :id"


def is_in_inbox(row: Item) -> bool:
    """Whether a row is a notice in an inbox."""
    pk: str = row["pk"]["S"]
    return "#U#" in pk and pk.endswith("#IN")


class DynamoDbInboxes:
    """Rows `T#<t>#U#<user>#IN` / `<id>`, while unread also in the index at `T#<t>#U#<user>#NEW` / `<id>`.

    The index follows the rows within a second, so a count may be that old. A list of unread notices never has one that
    is read, because it reads their rows.
    """

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def put(self, notices: Sequence[InboxNotice]) -> None:
        """Insert the rows, 25 a call; those that are there get the new words, 100 a call."""
        rows = {(each.tenant, each.user, each.id): self._row(each) for each in notices}
        wanted = list(rows)
        for first in range(0, len(wanted), STATEMENTS):
            part = wanted[first : first + STATEMENTS]
            there = self._table.run({name: self._table.insertion(rows[name]) for name in part}, "notices")
            self._change_all({name: ("SET sealed = :words", {":words": rows[name]["sealed"]}) for name in there})

    def page(
        self, tenant: TenantId, user: UserId, limit: int, cursor: str | None, now: datetime, *, unread: bool = False
    ) -> InboxPage:
        """Return a page of a person's notices, newest first. Raises InvalidRequest for a cursor of another list."""
        query = f"inbox|{user}|{'unread' if unread else 'all'}"
        before = _NEWEST if cursor is None else cursors.read(self._sealer, tenant, query, cursor)
        # one row more than the page says whether another page follows; the row of the cursor is read again
        ids, rows = self._newest(tenant, user, limit + 2, before, now, unread=unread)
        ids = [id for id in ids if id != before][: limit + 1]
        shown = [rows[id] for id in ids[:limit] if id in rows]
        notices = [self._notice(tenant, user, row) for row in shown if not expired(row, now)]
        kept = [notice for notice in notices if not (unread and notice.read)]
        more = len(ids) > limit
        return InboxPage(kept, cursors.issue(self._sealer, tenant, query, ids[limit - 1]) if more else None)

    def unread(self, tenant: TenantId, user: UserId, now: datetime) -> int:
        """Return how many notices are unread, up to 100: one Query of the index."""
        terms = _range(_new_pk(tenant, user), _oldest(now), _NEWEST, "gsi1")
        page = next(self._table.pages(*terms, IndexName=GSI1, Select="COUNT", Limit=MOST_COUNTED))
        return int(page["Count"])

    def mark(self, tenant: TenantId, user: UserId, id: str, now: datetime, *, read: bool) -> InboxNotice | None:
        """Mark a notice and return it; None = there is none."""
        values = {} if read else {":list": {"S": _new_pk(tenant, user)}, ":id": {"S": id}}
        try:
            row = self._table.change(update(_key(tenant, user, id), _READ if read else _UNREAD, THERE, values))
        except ConditionFailed:
            return None
        return None if expired(row, now) else self._notice(tenant, user, row)

    def mark_all(self, tenant: TenantId, user: UserId, now: datetime) -> int:
        """Mark the newest 1,000 unread notices as read; return how many there were."""
        terms = _range(_new_pk(tenant, user), _oldest(now), _NEWEST, "gsi1")
        found = self._table.query(*terms, IndexName=GSI1, ScanIndexForward=False, Limit=MARKED_AT_ONCE)
        ids = [row["sk"]["S"] for row, _ in zip(found, range(MARKED_AT_ONCE), strict=False)]
        self._change_all({(tenant, user, id): (_READ, {}) for id in ids})
        return len(ids)

    def forget(self, tenant: TenantId, user: UserId) -> None:
        """Remove the inbox of a person, 100 rows a call."""
        rows = list(self._table.query("pk = :pk", {":pk": {"S": _pk(tenant, user)}}, ProjectionExpression="pk, sk"))
        for first in range(0, len(rows), _ACTIONS):
            self._table.commit([delete(key_of(row)) for row in rows[first : first + _ACTIONS]])

    def _newest(
        self, tenant: TenantId, user: UserId, most: int, last: str, now: datetime, *, unread: bool
    ) -> tuple[list[str], Mapping[str, Item]]:
        """Return ids from `last` on, newest first, and the rows that are there."""
        if unread:
            terms = _range(_new_pk(tenant, user), _oldest(now), last, "gsi1")
            found = self._table.query(*terms, IndexName=GSI1, ScanIndexForward=False, Limit=most)
            ids = [row["sk"]["S"] for row in _first(found, most)]
            rows = self._table.get_all([_key(tenant, user, id) for id in ids], "notices")
        else:
            terms = _range(_pk(tenant, user), _oldest(now), last, "")
            rows = list(_first(self._table.query(*terms, ScanIndexForward=False, Limit=most), most))
            ids = [row["sk"]["S"] for row in rows]
        return ids, {row["sk"]["S"]: row for row in rows}

    def _change_all(self, changes: Mapping[tuple[TenantId, UserId, str], tuple[str, Item]]) -> None:
        """Change rows, 100 a call; one that was removed meanwhile stays so."""
        owed = [update(_key(*name), change, THERE, values) for name, (change, values) in changes.items()]
        while owed:
            part, owed = owed[:_ACTIONS], owed[_ACTIONS:]
            if reasons := self._table.commit(part):
                owed += [action for action, why in zip(part, reasons, strict=True) if not condition_failed(why)]

    def _row(self, notice: InboxNotice) -> Item:
        row = _key(notice.tenant, notice.user, notice.id) | expiry(notice.at + NOTICE_KEPT)
        if not notice.read:
            row |= {"gsi1pk": {"S": _new_pk(notice.tenant, notice.user)}, "gsi1sk": row["sk"]}
        value = [
            notice.key, notice.at.isoformat(), notice.kind, notice.title, notice.text, notice.url, notice.event,
        ]  # fmt: skip
        return row | seal(self._sealer, notice.tenant, row, value)

    def _notice(self, tenant: TenantId, user: UserId, row: Item) -> InboxNotice:
        about, at, kind, title, text, url, event = unseal(self._sealer, tenant, row)
        return InboxNotice(
            tenant=tenant,
            user=user,
            key=about,
            at=datetime.fromisoformat(at),
            kind=kind,
            title=title,
            text=text,
            url=url,
            event=event,
            read="gsi1pk" not in row,
        )


def _first(rows: Iterator[Item], most: int) -> Iterator[Item]:
    return (row for row, _ in zip(rows, range(most), strict=False))


def _oldest(now: datetime) -> str:
    """Return what sorts before the ids of all notices that are kept."""
    return time_prefix(now - NOTICE_KEPT + timedelta(milliseconds=1))


def _range(pk: str, first: str, last: str, index: str) -> tuple[str, Item]:
    values = {":pk": {"S": pk}, ":first": {"S": first}, ":last": {"S": last}}
    return f"{index}pk = :pk AND {index}sk BETWEEN :first AND :last", values


def _pk(tenant: TenantId, user: UserId) -> str:
    return f"T#{tenant}#U#{user}#IN"


def _new_pk(tenant: TenantId, user: UserId) -> str:
    return f"T#{tenant}#U#{user}#NEW"


def _key(tenant: TenantId, user: UserId, id: str) -> Item:
    return key(_pk(tenant, user), id)
