"""Messages in packs: a row for each batch of texts or mails, each message an attribute of it (ADR 0164).

A save is one write for each pack that it touches, on condition that no other writer has moved any of its messages, so
it writes all of them or none. A single pack, which is the usual case, is written by PutItem or UpdateItem. Up to 25 are
written in one call, by a PartiQL statement each, which costs the table more work. If another worker was first, the pack
is read, and the save is repeated for the messages that no other worker has moved.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from tocsin.adapters.dynamodb.delivery.message_keys import (
    chunk_pk,
    pack_attribute,
    pack_number,
    pack_number_of,
    pack_sk,
)
from tocsin.adapters.dynamodb.delivery.message_row import from_text, moves, to_text, version_of
from tocsin.adapters.dynamodb.table.actions import FREE, THERE, put, update
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import expiry
from tocsin.adapters.dynamodb.table.rows import key as row_key
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.alerts.domain.alert import BATCH_SIZE, ChunkKey
from tocsin.delivery.domain.message import Message
from tocsin.kernel.domain.errors import StorageUnavailable

_CONFLICTS = {"DuplicateItem", "ConditionalCheckFailed"}


class MessagePacks:
    """The packs of a chunk, in one partition.

    Every save has a mark of its own. If a response is lost and the client repeats the call, the repeat finds the pack
    written; the mark tells this write from an equal one that another worker made in the same millisecond.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def load(self, key: ChunkKey, positions: range) -> dict[int, Message]:
        """Return the messages in the range that have been claimed, by position, strongly consistent."""
        if not positions:
            return {}
        packs = self._rows(key, pack_number(positions[0]), pack_number(positions[-1]))
        return {p: from_text(p, text) for pack in packs.items() for p, text in _texts(*pack) if p in positions}

    def save(self, key: ChunkKey, messages: Sequence[Message], expires_at: datetime | None) -> list[bool]:
        """Write each message on top of the version before it. False: another writer was first, or it was throttled.

        Raises:
            StorageUnavailable: nothing was written, as every pack was throttled at every try; or no response came, and
                any of them may be written.
        """
        mark = secrets.token_urlsafe(6)
        owed: dict[int, dict[int, Message]] = {}
        for message in messages:
            owed.setdefault(pack_number(message.position), {})[message.position] = message
        made = {number for number, pack in owed.items() if any(message.version > 1 for message in pack.values())}
        lost: set[int] = set()
        while owed:
            taken, throttled = self._write(key, owed, made, mark, expires_at)
            lost |= {position for number in throttled for position in owed[number]}
            if len(lost) == len(messages) and throttled:
                raise StorageUnavailable(f"{len(throttled)} packs of messages were throttled to the last try")
            rows = self._rows(key, min(taken), max(taken)) if taken else {}
            made = set(rows)
            stopped = {number: owed[number] for number in taken}
            owed = {}
            for number, pack in stopped.items():
                there = dict(_texts(number, rows.get(number, {})))
                # An earlier try of this call, whose response was lost, wrote what the pack shows in its words.
                others = {p: m for p, m in pack.items() if there.get(p) != to_text(m, mark)}
                free = {p: m for p, m in others.items() if version_of(there.get(p)) == m.version - 1}
                lost |= others.keys() - free.keys()
                if free:
                    owed[number] = free
        return [message.position not in lost for message in messages]

    def _write(
        self,
        key: ChunkKey,
        packs: Mapping[int, Mapping[int, Message]],
        made: Collection[int],
        mark: str,
        expires_at: datetime | None,
    ) -> tuple[list[int], list[int]]:
        """Write packs; return the numbers of those that another writer was first with, and of those throttled."""
        ttl = {name: value for name, value in expiry(expires_at).items() if name == "ttl"}
        places = {number: row_key(chunk_pk(key), pack_sk(number)) for number in packs}
        if len(packs) > 1:
            statements = {
                number: self._statement(places[number], pack, mark)
                if number in made
                else self._table.insertion(places[number] | _texts_of(pack, mark) | ttl)
                for number, pack in packs.items()
            }
            return self._table.run_some(statements, _CONFLICTS)
        ((number, pack),) = packs.items()
        if number in made:
            named = {pack_attribute(position): message for position, message in pack.items()}
            change, unmoved, values = moves(named, mark)
            written = self._table.write_if(update(places[number], change, f"{THERE} AND {unmoved}", values))
        else:
            written = self._table.write_if(put(places[number] | _texts_of(pack, mark) | ttl, FREE))
        return [] if written else [number], []

    def _statement(self, place: Item, pack: Mapping[int, Message], mark: str) -> Item:
        texts = _texts_of(pack, mark)
        settings = " ".join(f'SET "{name}"=?' for name in texts)
        conditions = " AND ".join(
            f'"{name}" IS MISSING' if message.version == 1 else f'begins_with("{name}",?)'
            for name, message in zip(texts, pack.values(), strict=True)
        )
        before = [{"S": f"[{message.version - 1},"} for message in pack.values() if message.version > 1]
        return {
            "Statement": f'UPDATE "{self._table.name}" {settings} WHERE pk=? AND sk=? AND {conditions}',
            "Parameters": [*texts.values(), *place.values(), *before],
        }

    def _rows(self, key: ChunkKey, first: int, last: int) -> dict[int, Item]:
        """Return the packs from number `first` to `last` that have a row."""
        rows = self._table.between(chunk_pk(key), pack_sk(first), pack_sk(last))
        return {pack_number_of(row): row for row in rows}


def _texts_of(pack: Mapping[int, Message], mark: str) -> Item:
    return {pack_attribute(position): {"S": to_text(message, mark)} for position, message in pack.items()}


def _texts(number: int, row: Item) -> Iterator[tuple[int, str]]:
    """Yield position and text of each message of a pack."""
    for position in range(number * BATCH_SIZE, (number + 1) * BATCH_SIZE):
        if value := row.get(pack_attribute(position)):
            yield position, value["S"]
