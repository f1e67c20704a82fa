"""Messages that leave a terminal state, written with the progress counts of their batch."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from tocsin.adapters.dynamodb.alerts.layouts import Layouts
from tocsin.adapters.dynamodb.delivery.dispatch_progress import count_attribute, due_attributes, work_key
from tocsin.adapters.dynamodb.delivery.message_row import ATTRIBUTES, to_text, to_values
from tocsin.adapters.dynamodb.delivery.messages import alert_key, chunk_pk, message_attribute, message_sk, unmoved
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
    """One update for an alert that is one row, else a transaction of up to 25 messages and their work row."""

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
        work, mark, count = WorkKey.of(batch), secrets.token_urlsafe(6), count_attribute(batch.number)
        due = due_attributes(work, check_at, patient=patient)
        change = f"SET #{count} = :new, " + ", ".join(f"{name} = :{name}" for name in due)
        values = {":new": {"S": counts_text(progress)}, ":old": {"S": counts_text(previous)}}
        values |= {f":{name}": value for name, value in due.items()}
        condition = f"#{count} = :old"
        if not self._layouts.one_row(batch.key.tenant, batch.key.alert):
            rows = [_moved(chunk_pk(batch.key), message, mark) for message in messages]
            return self._table.commit([*rows, update(work_key(work), change, condition, values)]) is None
        for message in messages:
            name = message_attribute(batch.key, message.position)
            change += f", {name} = :{name}"
            condition += f" AND {unmoved(name, message)}"
            values[f":{name}"] = {"S": to_text(message, mark)}
            values[f":v{name}"] = {"S": f"[{message.version - 1},"}
        return self._table.write_if(update(alert_key(batch.key), change, condition, values))


def _moved(pk: str, message: Message, mark: str) -> Item:
    values = {f":{name}": value for name, value in zip(ATTRIBUTES, to_values(message, mark), strict=True)}
    change = "SET " + ", ".join(f"#{name} = :{name}" for name in ATTRIBUTES)
    before = {":before": number(message.version - 1)}
    return update(row_key(pk, message_sk(message.position)), change, "#v = :before", values | before)
