"""Messages that leave a terminal state, written with the progress counts of their batch."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from tocsin.adapters.dynamodb.alerts.layouts import Layout, Layouts
from tocsin.adapters.dynamodb.delivery.dispatch_progress import count_attribute, due_attributes, work_key
from tocsin.adapters.dynamodb.delivery.message_keys import (
    alert_key,
    chunk_pk,
    message_attribute,
    message_sk,
    pack_attribute,
    pack_number,
    pack_sk,
)
from tocsin.adapters.dynamodb.delivery.message_row import ATTRIBUTES, moves, to_values
from tocsin.adapters.dynamodb.delivery.progress_text import to_text as counts_text
from tocsin.adapters.dynamodb.table.actions import update
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import key as row_key
from tocsin.adapters.dynamodb.table.rows import number
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.alerts.domain.alert import Batch
from tocsin.delivery.domain.message import Message
from tocsin.delivery.domain.progress import BatchProgress, WorkKey


class DynamoDbReopenedBatches:
    """One update for an alert that is one row, else a transaction of the work row and the batch's pack or messages."""

    def __init__(self, table: Table, layouts: Layouts | None = None) -> None:
        self._table = table
        self._layouts = layouts or Layouts(table)

    def reopen(
        self,
        batch: Batch,
        messages: Sequence[Message],
        progress: BatchProgress,
        previous: BatchProgress,
        check_at: datetime,
        *,
        patient: bool = False,
    ) -> bool:
        """Write messages and counts, all or none. False: another writer was first, or an earlier try of this call."""
        key, mark = batch.key, secrets.token_urlsafe(6)
        due = due_attributes(WorkKey.of(batch), check_at, patient=patient)
        counted = _counted(batch, progress, previous, due)
        layout = self._layouts.of(key.tenant, key.alert)
        if layout is Layout.ONE_ROW:
            moved = moves({message_attribute(key, message.position): message for message in messages}, mark)
            return self._table.write_if(update(alert_key(key), *_both(counted, moved)))
        if layout is Layout.PACKS:
            moved = moves({pack_attribute(message.position): message for message in messages}, mark)
            rows = [update(row_key(chunk_pk(key), pack_sk(pack_number(batch.first))), *moved)]
        else:
            rows = [_moved(chunk_pk(key), message, mark) for message in messages]
        return self._table.commit([*rows, update(work_key(WorkKey.of(batch)), *counted)]) is None


_Terms = tuple[str, str, Item]
"""Change, condition and values of an update."""


def _counted(batch: Batch, progress: BatchProgress, previous: BatchProgress, due: Item) -> _Terms:
    count = count_attribute(batch.number)
    change = f"SET #{count} = :new, " + ", ".join(f"{name} = :{name}" for name in due)
    values = {":new": {"S": counts_text(progress)}, ":old": {"S": counts_text(previous)}}
    return change, f"#{count} = :old", values | {f":{name}": value for name, value in due.items()}


def _both(one: _Terms, other: _Terms) -> _Terms:
    return f"{one[0]}, {other[0].removeprefix('SET ')}", f"{one[1]} AND {other[1]}", one[2] | other[2]


def _moved(pk: str, message: Message, mark: str) -> Item:
    values = {f":{name}": value for name, value in zip(ATTRIBUTES, to_values(message, mark), strict=True)}
    change = "SET " + ", ".join(f"#{name} = :{name}" for name in ATTRIBUTES)
    before = {":before": number(message.version - 1)}
    return update(row_key(pk, message_sk(message.position)), change, "#v = :before", values | before)
