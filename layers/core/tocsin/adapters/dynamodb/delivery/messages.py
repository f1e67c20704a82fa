"""Messages in DynamoDB, claimed and moved 25 at a time, where the layout of their alert puts them.

In an alert that is one row they are attributes of that row, moved together by one update (ADR 0085). In packs they are
attributes of a row for each batch (`message_packs`). Otherwise each has a row, and PartiQL batches move them.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from tocsin.adapters.dynamodb.alerts.keys import CANCELLED, alert_pk
from tocsin.adapters.dynamodb.alerts.layouts import Layout, Layouts
from tocsin.adapters.dynamodb.delivery.message_keys import alert_key, chunk_pk, message_attribute, message_sk
from tocsin.adapters.dynamodb.delivery.message_packs import MessagePacks
from tocsin.adapters.dynamodb.delivery.message_row import (
    ATTRIBUTES,
    from_row,
    from_text,
    moves,
    to_values,
    version_of,
)
from tocsin.adapters.dynamodb.table.actions import THERE, update
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import expiry, number
from tocsin.adapters.dynamodb.table.table import STATEMENTS, Table
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.delivery.domain.message import Message, MessageState
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import AlertRef, TenantId

_CONFLICTS = {"DuplicateItem", "ConditionalCheckFailed"}


class DynamoDbMessageRows:
    """Messages of all layouts. Those with a row each are in a partition per chunk, a row per position.

    Every save has a mark of its own. If a response is lost and the client repeats the call, the repeat finds the row
    written; the mark tells this write from an equal one that another worker made in the same millisecond.
    """

    def __init__(self, table: Table, layouts: Layouts | None = None) -> None:
        self._table = table
        self._layouts = layouts or Layouts(table)
        self._packs = MessagePacks(table)
        columns = ",".join(f"'{name}':?" for name in ("pk", "sk", *ATTRIBUTES, "ttl"))
        self._insert = f'INSERT INTO "{table.name}" VALUE {{{columns}}}'
        settings = " ".join(f'SET "{name}"=?' for name in ATTRIBUTES)
        self._update = f'UPDATE "{table.name}" {settings} WHERE pk=? AND sk=? AND "v"=?'

    def load(self, key: ChunkKey, positions: range) -> Mapping[int, Message]:
        """Return the messages in the range that have been claimed, by position, strongly consistent."""
        layout = self._layouts.of(key.tenant, key.alert)
        if layout is Layout.ONE_ROW and key.chunk == 0:
            return _messages_in(self._table.get(alert_key(key)) or {}, key, positions)
        if layout is Layout.PACKS:
            return self._packs.load(key, positions)
        return {int(row["sk"]["S"]): from_row(row) for row in self._rows(key, positions)}

    def load_chunks(self, sizes: Mapping[ChunkKey, int]) -> Mapping[ChunkKey, Mapping[int, Message]]:
        """Return the rows of several chunks by position: one batch read for alerts that are one row."""
        inside = [chunk for chunk in sizes if self._inside_alert(chunk)]
        metas = self._table.get_all([alert_key(chunk) for chunk in inside], "alerts") if inside else []
        rows = {row["pk"]["S"]: row for row in metas}
        found: dict[ChunkKey, Mapping[int, Message]] = {}
        for chunk, size in sizes.items():
            if chunk in inside:
                row = rows.get(alert_pk(chunk.tenant, chunk.alert), {})
                found[chunk] = _messages_in(row, chunk, range(size))
            else:
                found[chunk] = self.load(chunk, range(size))
        return found

    def refuses_cancelled(self, tenant: TenantId, alert: AlertRef) -> bool:
        """Return whether the alert is one row, which a claim finds cancelled by a condition of its write."""
        return self._layouts.one_row(tenant, alert)

    def saves_together(self, tenant: TenantId, alert: AlertRef) -> bool:
        """Return whether the alert is one row, which every save writes as a whole."""
        return self._layouts.one_row(tenant, alert)

    def save(self, key: ChunkKey, messages: Sequence[Message], expires_at: datetime | None = None) -> Sequence[bool]:
        """Write each message on top of the version before it, independently of the others.

        Raises:
            StorageUnavailable: none of 25 rows was written and some were throttled at every try, or no response
                came; other rows may be written.
        """
        layout = self._layouts.of(key.tenant, key.alert) if messages else Layout.ROWS
        if layout is Layout.ONE_ROW and key.chunk == 0:
            return self._save_inside(key, messages)
        if layout is Layout.PACKS:
            return self._packs.save(key, messages, expires_at)
        written: list[bool] = []
        for first in range(0, len(messages), STATEMENTS):
            written += self._save_batch(key, messages[first : first + STATEMENTS], expires_at)
        return written

    def _inside_alert(self, key: ChunkKey) -> bool:
        return key.chunk == 0 and self._layouts.one_row(key.tenant, key.alert)

    def _save_inside(self, key: ChunkKey, messages: Sequence[Message]) -> list[bool]:
        """Write messages into the row of their alert.

        The next try omits those that another writer moved, and the claims if the alert is cancelled.
        """
        mark = secrets.token_urlsafe(6)
        owed = {message_attribute(key, message.position): message for message in messages}
        lost: set[int] = set()
        while owed:
            change, unmoved, values = moves(owed, mark)
            conditions = [THERE, unmoved]
            conditions += [f"attribute_not_exists({CANCELLED})"] if any(map(_is_claim, owed.values())) else []
            there = self._table.write_or_find(update(alert_key(key), change, " AND ".join(conditions), values))
            if there is None:
                break
            found = {name: there.get(name, {}).get("S") for name in owed}
            # An earlier try of this call, whose response was lost, wrote what the row shows in its words.
            ours = {name for name in owed if found[name] == values[f":{name}"]["S"]}
            moved = {
                name
                for name in owed
                if name not in ours
                and (
                    not there
                    or version_of(found[name]) != owed[name].version - 1
                    or (CANCELLED in there and _is_claim(owed[name]))
                )
            }
            lost |= {owed[name].position for name in moved}
            owed = {name: message for name, message in owed.items() if name not in ours | moved}
        return [message.position not in lost for message in messages]

    def _save_batch(self, key: ChunkKey, messages: Sequence[Message], expires_at: datetime | None) -> list[bool]:
        mark = secrets.token_urlsafe(6)
        pk = chunk_pk(key)
        # NULL means never: DynamoDB's TTL reads numbers only.
        ttl = expiry(expires_at).get("ttl", {"NULL": True})
        statements = {place: self._statement(pk, message, mark, ttl) for place, message in enumerate(messages)}
        conflicts, owed = self._table.run_some(statements, _CONFLICTS)
        lost = self._not_ours(key, [messages[place] for place in conflicts], mark) if conflicts else set()
        lost |= {messages[place].position for place in owed}
        if owed and len(lost) == len(messages):
            raise StorageUnavailable(f"{len(owed)} of {len(messages)} rows were throttled to the last try")
        # The caller must learn what was written: a claim that it does not know of blocks the message until it expires.
        return [message.position not in lost for message in messages]

    def _statement(self, pk: str, message: Message, mark: str, ttl: Item) -> Item:
        place = [{"S": pk}, {"S": message_sk(message.position)}]
        values = to_values(message, mark)
        if message.version == 1:
            return {"Statement": self._insert, "Parameters": [*place, *values, ttl]}
        return {"Statement": self._update, "Parameters": [*values, *place, number(message.version - 1)]}

    def _not_ours(self, key: ChunkKey, messages: Sequence[Message], mark: str) -> set[int]:
        positions = [message.position for message in messages]
        rows = self._rows(key, range(min(positions), max(positions) + 1))
        ours = {int(row["sk"]["S"]) for row in rows if row["w"]["S"] == mark}
        return set(positions) - ours

    def _rows(self, key: ChunkKey, positions: range) -> list[Item]:
        if not positions:
            return []
        return list(self._table.between(chunk_pk(key), message_sk(positions[0]), message_sk(positions[-1])))


def _messages_in(row: Item, chunk: ChunkKey, positions: range) -> dict[int, Message]:
    """Return the messages in the row of an alert that is one row."""
    names = {position: message_attribute(chunk, position) for position in positions}
    return {position: from_text(position, row[name]["S"]) for position, name in names.items() if name in row}


def _is_claim(message: Message) -> bool:
    return message.state is MessageState.SENDING
