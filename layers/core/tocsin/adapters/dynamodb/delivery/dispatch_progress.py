"""Progress counts of batches in DynamoDB, and the due index that the sweeper reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from tocsin.adapters.dynamodb.alerts.keys import META, alert_pk
from tocsin.adapters.dynamodb.alerts.layouts import Layouts
from tocsin.adapters.dynamodb.delivery.progress_text import from_text, to_text
from tocsin.adapters.dynamodb.table.actions import THERE, update
from tocsin.adapters.dynamodb.table.client import ConditionFailed, Item
from tocsin.adapters.dynamodb.table.indexes import due_in, due_rows
from tocsin.adapters.dynamodb.table.rows import key as row_key
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.alerts.domain.alert import Alert, Batch, Lane
from tocsin.delivery.domain.progress import SWEEP_AFTER, BatchProgress, WorkKey
from tocsin.kernel.domain.ids import AlertRef, TenantId

_WORK = "WORK#"
_DUE = "DUE"
_DUE_PATIENT = "DUE#BULK"


def fresh_rows(alert: Alert) -> list[Item]:
    """Return the work rows of a new alert, due for the sweeper's first check."""
    rows: dict[WorkKey, Item] = {}
    first_check = alert.accepted_at + SWEEP_AFTER
    for batch in alert.batches():
        work = WorkKey.of(batch)
        row = rows.get(work)
        if row is None:
            row = rows[work] = {**work_key(work), **due_attributes(work, first_check, patient=alert.lane is Lane.BULK)}
        row[count_attribute(batch.number)] = {"S": to_text(BatchProgress.blank(batch.count))}
    return list(rows.values())


class DynamoDbDispatchProgress:
    """Work rows beside their alert, with the progress counts of `WORK_SPAN` batches in each.

    The only batch of an alert that is one row has its counts in the alert's row (ADR 0085).
    """

    def __init__(self, table: Table, layouts: Layouts | None = None) -> None:
        self._table = table
        self._layouts = layouts or Layouts(table)
        self._closed: set[WorkKey] = set()  # rows that `record_all` closed, until `check_again` is told to

    def load(self, key: WorkKey) -> Mapping[int, BatchProgress]:
        """Return the progress of each batch of a work row by batch number, strongly consistent; blank ones included."""
        return _by_number(self._table.get(self._key(key)) or {})

    def of_alert(self, tenant: TenantId, alert: AlertRef) -> Mapping[int, BatchProgress]:
        """Return the progress of every batch of an alert by batch number, strongly consistent."""
        if self._layouts.one_row(tenant, alert):
            return self.load(WorkKey(tenant, alert, 0))
        found: dict[int, BatchProgress] = {}
        for row in self._table.beginning_with(alert_pk(tenant, alert), _WORK):
            found |= _by_number(row)
        return found

    def of_alerts(self, alerts: Sequence[Alert]) -> Mapping[AlertRef, Mapping[int, BatchProgress]]:
        """Return the progress of every batch of several alerts by reference and batch number, strongly consistent."""
        works = {alert.ref: dict.fromkeys(WorkKey.of(batch) for batch in alert.batches()) for alert in alerts}
        found: dict[AlertRef, dict[int, BatchProgress]] = {}
        for row in self._table.get_all([work_key(work) for keys in works.values() for work in keys], "work rows"):
            found.setdefault(work_key_of(row).alert, {}).update(_by_number(row))
        # An alert without work rows is one row, which holds its counts.
        one_row = [
            row_key(alert_pk(alert.tenant, alert.ref), META)
            for alert in alerts
            if works[alert.ref] and alert.ref not in found
        ]
        for row in self._table.get_all(one_row, "alerts"):
            found[work_key_of(row).alert] = _by_number(row)
        return found

    def record(
        self, batch: Batch, progress: BatchProgress, previous: BatchProgress
    ) -> Mapping[int, BatchProgress] | None:
        """Replace the progress `previous` of a batch.

        Returns:
            The progress of all batches of the row if `progress` is stored now, also by an earlier try whose response
            was lost; None if another worker changed the batch.
        """
        return self.record_all({batch: (progress, previous)})

    def record_all(
        self, changes: Mapping[Batch, tuple[BatchProgress, BatchProgress]]
    ) -> Mapping[int, BatchProgress] | None:
        """Replace the progress of several batches of one work row (`WORK_SPAN` at most), all or none.

        Args:
            changes: by batch, the new progress and the progress that it replaces.
        """
        key = WorkKey.of(next(iter(changes)))
        # The last counts of an alert's only batch end the sweeper's checks in the same write.
        closes = self._one_row(key) and all(progress.terminal for progress, _ in changes.values())
        numbers = [batch.number for batch in changes]
        wanted = {count_attribute(batch.number): {"S": to_text(progress)} for batch, (progress, _) in changes.items()}
        before = {f":o{batch.number}": {"S": to_text(previous)} for batch, (_, previous) in changes.items()}
        after = {f":n{number}": wanted[count_attribute(number)] for number in numbers}
        change = update(
            self._key(key),
            "SET "
            + ", ".join(f"#{count_attribute(number)} = :n{number}" for number in numbers)
            + (" REMOVE due, duesk" if closes else ""),
            " AND ".join(f"#{count_attribute(number)} = :o{number}" for number in numbers),
            before | after,
        )
        try:
            stored = _by_number(self._table.change(change))
            if closes:
                self._closed.add(key)
            return stored
        except ConditionFailed as failed:
            current = failed.current or {}
            return _by_number(current) if all(current.get(name) == text for name, text in wanted.items()) else None

    def due(self, before: datetime, limit: int, *, patient: bool = False) -> Sequence[WorkKey]:
        """Return up to `limit` work rows of all tenants whose next check is due, oldest first; `patient` or others."""
        return [work_key_of(row) for row in due_rows(self._table, _kind(patient=patient), before, limit)]

    def check_again(self, key: WorkKey, at: datetime | None, *, patient: bool = False) -> None:
        """Set when the sweeper checks the row next; None: never again. A row that does not exist is not created."""
        if at is None and key in self._closed:
            self._closed.discard(key)
        elif at is None:
            self._table.write_if(update(self._key(key), "REMOVE due, duesk", THERE))
        else:
            due = {f":{name}": value for name, value in due_attributes(key, at, patient=patient).items()}
            self._table.write_if(update(self._key(key), "SET due = :due, duesk = :duesk", THERE, due))

    def _one_row(self, key: WorkKey) -> bool:
        return key.number == 0 and self._layouts.one_row(key.tenant, key.alert)

    def _key(self, key: WorkKey) -> Item:
        return row_key(alert_pk(key.tenant, key.alert), META) if self._one_row(key) else work_key(key)


def work_key(work: WorkKey) -> Item:
    """Return the key of a work row, beside its alert."""
    return row_key(alert_pk(work.tenant, work.alert), f"{_WORK}{work.number:03}")


def work_key_of(row: Item) -> WorkKey:
    """Return the work key of a work row, or of an alert that is one row."""
    _, tenant, _, alert = row["pk"]["S"].split("#")
    sk = row["sk"]["S"]
    return WorkKey(TenantId(tenant), AlertRef(alert), 0 if sk == META else int(sk.removeprefix(_WORK)))


def due_attributes(work: WorkKey, at: datetime, *, patient: bool) -> Item:
    """Return the attributes that make a work row due for the sweeper."""
    return due_in(_kind(patient=patient), f"{work.alert}#{work.number}", at)


def count_attribute(number: int) -> str:
    """Return the attribute of a batch's progress counts in its work row."""
    return f"t{number}"


def _kind(*, patient: bool) -> str:
    return _DUE_PATIENT if patient else _DUE


def _by_number(row: Item) -> dict[int, BatchProgress]:
    return {
        int(name[1:]): from_text(value["S"]) for name, value in row.items() if name[0] == "t" and name[1:].isdecimal()
    }
