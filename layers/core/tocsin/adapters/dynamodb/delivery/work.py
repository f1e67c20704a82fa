"""Tallies of slices in DynamoDB, and the index of what the sweeper must look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from tocsin.adapters.dynamodb.delivery.tally_text import from_text, to_text
from tocsin.adapters.dynamodb.table.client import ConditionFailed, DynamoDb, Item, errors_mapped, every_page
from tocsin.adapters.dynamodb.table.instants import milliseconds
from tocsin.adapters.dynamodb.table.layout import DUE, DUE_SHARDS, WORK, alert_pk, due_attributes, work_key_of, work_sk
from tocsin.adapters.dynamodb.table.layout import key as row_key
from tocsin.alerts.domain.alert import Alert, Slice
from tocsin.delivery.domain.progress import SWEEP_AFTER, SliceTally, WorkKey
from tocsin.kernel.domain.ids import AlertRef, TenantId


def fresh_rows(alert: Alert) -> list[Item]:
    """Return the work rows of an alert of which nothing has been touched, due for a first look by the sweeper."""
    rows: dict[WorkKey, Item] = {}
    first_look = alert.accepted_at + SWEEP_AFTER[alert.lane.value]
    for piece in alert.slices():
        work = WorkKey.of(piece)
        row = rows.get(work)
        if row is None:
            row = rows[work] = {**_key(work), **due_attributes(work, first_look)}
        row[_attribute(piece.number)] = {"S": to_text(SliceTally.blank(piece.count))}
    return list(rows.values())


class DynamoDbWorkLedger:
    """Work rows beside their alert, `WORK_SPAN` tallies in each."""

    def __init__(self, dynamodb: DynamoDb, table_name: str) -> None:
        self._dynamodb = dynamodb
        self._table = table_name

    def load(self, key: WorkKey) -> Mapping[int, SliceTally]:
        """Return the tallies of a work row by slice number, strongly consistent; blank ones included."""
        with errors_mapped():
            answer = self._dynamodb.get_item(TableName=self._table, Key=_key(key), ConsistentRead=True)
        return _tallies(answer.get("Item", {}))

    def tallies(self, tenant: TenantId, alert: AlertRef) -> Mapping[int, SliceTally]:
        """Return every tally of an alert by slice number, strongly consistent."""
        found: dict[int, SliceTally] = {}
        for row in every_page(
            self._dynamodb,
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :work)",
            ExpressionAttributeValues={":pk": {"S": alert_pk(tenant, alert)}, ":work": {"S": WORK}},
            ConsistentRead=True,
        ):
            found |= _tallies(row)
        return found

    def record(self, piece: Slice, tally: SliceTally, over: SliceTally) -> Mapping[int, SliceTally] | None:
        """Replace the tally `over` of a slice.

        Returns:
            The row's tallies if `tally` stands there now, were it by an earlier try of ours whose answer was lost.
        """
        return self.record_all({piece: (tally, over)})

    def record_all(self, changes: Mapping[Slice, tuple[SliceTally, SliceTally]]) -> Mapping[int, SliceTally] | None:
        """Replace the tallies of several slices of one work row (`WORK_SPAN` at most), all or none.

        Args:
            changes: the new tally of each slice, and the one that it replaces.
        """
        numbers = [piece.number for piece in changes]
        wanted = {_attribute(piece.number): {"S": to_text(tally)} for piece, (tally, _) in changes.items()}
        before = {f":o{piece.number}": {"S": to_text(over)} for piece, (_, over) in changes.items()}
        after = {f":n{number}": wanted[_attribute(number)] for number in numbers}
        try:
            with errors_mapped():
                answer = self._dynamodb.update_item(
                    TableName=self._table,
                    Key=_key(WorkKey.of(next(iter(changes)))),
                    UpdateExpression="SET " + ", ".join(f"#t{number} = :n{number}" for number in numbers),
                    ConditionExpression=" AND ".join(f"#t{number} = :o{number}" for number in numbers),
                    ExpressionAttributeNames={f"#t{number}": _attribute(number) for number in numbers},
                    ExpressionAttributeValues=before | after,
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ConditionFailed as failed:
            current = failed.current or {}
            return _tallies(current) if all(current.get(name) == text for name, text in wanted.items()) else None
        return _tallies(answer["Attributes"])

    def due(self, before: datetime, limit: int) -> Sequence[WorkKey]:
        """Return work rows whose time to be looked at has passed, oldest first, of all tenants."""
        waiting: list[Item] = []
        for shard in range(DUE_SHARDS):
            with errors_mapped():
                page = self._dynamodb.query(
                    TableName=self._table,
                    IndexName=DUE,
                    KeyConditionExpression="due = :shard AND duesk <= :before",
                    ExpressionAttributeValues={
                        ":shard": {"S": f"DUE#{shard}"},
                        ":before": {"N": str(milliseconds(before))},
                    },
                    Limit=limit,
                )
            waiting += page["Items"]
        waiting.sort(key=lambda row: int(row["duesk"]["N"]))
        return [work_key_of(row) for row in waiting[:limit]]

    def look_again(self, key: WorkKey, at: datetime | None) -> None:
        """Set when the sweeper looks at the row next; None: never again. Nothing happens if there is no such row."""
        request: Item = {
            "TableName": self._table,
            "Key": _key(key),
            "UpdateExpression": "REMOVE due, duesk",
            "ConditionExpression": "attribute_exists(pk)",
        }
        if at is not None:
            due = due_attributes(key, at)
            request["UpdateExpression"] = "SET due = :due, duesk = :duesk"
            request["ExpressionAttributeValues"] = {f":{name}": value for name, value in due.items()}
        try:
            with errors_mapped():
                self._dynamodb.update_item(**request)
        except ConditionFailed:
            return


def _key(work: WorkKey) -> Item:
    return row_key(alert_pk(work.tenant, work.alert), work_sk(work.number))


def _attribute(number: int) -> str:
    return f"t{number}"


def _tallies(row: Item) -> dict[int, SliceTally]:
    return {
        int(name[1:]): from_text(value["S"]) for name, value in row.items() if name[0] == "t" and name[1:].isdecimal()
    }
