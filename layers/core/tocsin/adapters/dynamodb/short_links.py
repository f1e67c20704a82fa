"""Short links in DynamoDB: a row per code, outside of the tenants' partitions, with ids and times only; and presses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from tocsin.adapters.dynamodb.table.actions import update
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import (
    expiry,
    instant,
    key,
    milliseconds,
    number,
    time,
    time_of,
    time_or_none,
)
from tocsin.adapters.dynamodb.table.table import STATEMENTS, Table
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.short_links.domain.page import BURST
from tocsin.short_links.domain.short_link import ShortLink


class DynamoDbShortLinks:
    """Stores the message that each code stands for.

    Links are inserted 25 at a time; a link that is stored already comes from an earlier try of its message.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(self, links: Sequence[ShortLink]) -> None:
        """Store the links. Raises StorageUnavailable if some were throttled at every try."""
        for first in range(0, len(links), STATEMENTS):
            owed = {link.code: link for link in links[first : first + STATEMENTS]}
            insertions = {code: self._insert(link) for code, link in owed.items()}
            there = self._table.run(insertions, "short links")
            self._table.run({code: self._touch(owed[code]) for code in there}, "short links")

    def get(self, code: str) -> ShortLink | None:
        """Return the link, strongly consistent."""
        row = self._table.get(_key(code))
        if row is None:
            return None
        chunk = ChunkKey(
            TenantId(row["tenant"]["S"]), AlertRef(row["alert"]["S"]), int(row["item"]["N"]), int(row["chunk"]["N"])
        )
        return ShortLink(code, chunk, int(row["position"]["N"]), time_of(row, "at"), time_or_none(row, "exp"))

    def _insert(self, link: ShortLink) -> Item:
        row = _key(link.code) | {
            "tenant": {"S": link.key.tenant},
            "alert": {"S": link.key.alert},
            "item": number(link.key.item),
            "chunk": number(link.key.chunk),
            "position": number(link.position),
            "at": time(link.submitted_at),
            **expiry(link.expires_at),
        }
        return self._table.insertion(row)

    def _touch(self, link: ShortLink) -> Item:
        settings = 'SET "at"=?'
        text = f'UPDATE "{self._table.name}" {settings} WHERE pk=? AND sk=?'
        return {"Statement": text, "Parameters": [time(link.submitted_at), *_key(link.code).values()]}


def _key(code: str) -> Item:
    """Return the key of a short link: public, so it names no tenant; the row does."""
    return key(f"L#{code}", "LINK")


class DynamoDbVisitorPresses:
    """Presses of a visitor: a row per visitor and BURST, so the last two rows hold every press within BURST."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add(
        self, tenant: TenantId, visitor: str, presses: Mapping[str, datetime], now: datetime
    ) -> Mapping[str, datetime]:
        """Add presses to the row of `now`, and return those of this row and the one before."""
        length = BURST // timedelta(milliseconds=1)
        slot = milliseconds(now) // length
        rows = [key(f"T#{tenant}#PRESSES#{visitor}", f"{at:014}") for at in (slot - 1, slot)]
        ends = expiry(instant((slot + 2) * length))
        added = {"SS": [f"{milliseconds(at):014}#{code}" for code, at in presses.items()]}
        row = self._table.change(
            update(
                rows[1], "ADD presses :added SET #exp = :exp, #ttl = :ttl",
                values={":added": added, ":exp": ends["exp"], ":ttl": ends["ttl"]},
            )
        )  # fmt: skip
        before = self._table.get(rows[0]) or {}
        found = sorted(word for each in (before, row) for word in each.get("presses", {}).get("SS", ()))
        return {code: instant(int(at)) for at, _, code in (word.partition("#") for word in found)}
