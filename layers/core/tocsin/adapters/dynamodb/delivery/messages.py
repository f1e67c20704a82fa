"""Message rows in DynamoDB, claimed and moved 25 at a time by PartiQL batches."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from tocsin.adapters.dynamodb.delivery.message_row import ATTRIBUTES, from_row, to_values
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import expiry, number
from tocsin.adapters.dynamodb.table.table import STATEMENTS, Table
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.delivery.domain.message import Message
from tocsin.kernel.domain.errors import StorageUnavailable

_CONFLICTS = {"DuplicateItem", "ConditionalCheckFailed"}


class DynamoDbMessageRows:
    """Messages in a partition per chunk, a row per position.

    Every save has a mark of its own. If a response is lost and the client repeats the call, the repeat finds the row
    written; the mark tells this write from an equal one that another worker made in the same millisecond.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        columns = ",".join(f"'{name}':?" for name in ("pk", "sk", *ATTRIBUTES, "ttl"))
        self._insert = f'INSERT INTO "{table.name}" VALUE {{{columns}}}'
        settings = " ".join(f'SET "{name}"=?' for name in ATTRIBUTES)
        self._update = f'UPDATE "{table.name}" {settings} WHERE pk=? AND sk=? AND "v"=?'

    def load(self, key: ChunkKey, positions: range) -> Mapping[int, Message]:
        """Return the rows in the range by position, strongly consistent."""
        return {int(row["sk"]["S"]): from_row(row) for row in self._rows(key, positions)}

    def save(self, key: ChunkKey, messages: Sequence[Message], expires_at: datetime | None = None) -> Sequence[bool]:
        """Write each message on top of the version before it, independently of the others.

        Raises:
            StorageUnavailable: none of 25 rows was written and some were throttled at every try, or no response
                came; other rows may be written.
        """
        written: list[bool] = []
        for first in range(0, len(messages), STATEMENTS):
            written += self._save_batch(key, messages[first : first + STATEMENTS], expires_at)
        return written

    def _save_batch(self, key: ChunkKey, messages: Sequence[Message], expires_at: datetime | None) -> list[bool]:
        mark = secrets.token_urlsafe(6)
        pk = _pk(key)
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
        place = [{"S": pk}, {"S": _sk(message.position)}]
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
        return list(self._table.between(_pk(key), _sk(positions[0]), _sk(positions[-1])))


def _pk(chunk: ChunkKey) -> str:
    return f"T#{chunk.tenant}#A#{chunk.alert}#M#{chunk.item:02}#{chunk.chunk:03}"


def _sk(position: int) -> str:
    return f"{position:03}"
