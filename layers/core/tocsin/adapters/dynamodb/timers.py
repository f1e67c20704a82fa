"""Timers in DynamoDB: a row each, in the due index as long as it is there.

`timer_put`, `timer_moved` and `timer_removed` are the same writes as actions for another adapter's transaction: a
schedule and its timer, or a step and the next one's, are written together or not at all.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from tocsin.adapters.dynamodb.table.client import ConditionFailed, DynamoDb, Item, errors_mapped
from tocsin.adapters.dynamodb.table.due_rows import due_rows
from tocsin.adapters.dynamodb.table.instants import instant
from tocsin.adapters.dynamodb.table.layout import DUE_TIMERS, due_in, time, timer_key, timer_of
from tocsin.timers.domain.timer import SWEEP_AFTER, Timer, TimerKey

_IS = "#gen = :gen AND #at = :at"
"""The row holds exactly this setting: a timer removed and armed anew has the generation of its predecessor."""

_NAMES = {"#gen": "gen", "#at": "at"}


def timer_put(table: str, timer: Timer) -> Item:
    """Return the action that arms a timer: over nothing, or over a lower generation."""
    return {
        "Put": {
            "TableName": table,
            "Item": _row(timer),
            "ConditionExpression": "attribute_not_exists(pk) OR #gen < :gen",
            "ExpressionAttributeNames": {"#gen": "gen"},
            "ExpressionAttributeValues": {":gen": _number(timer.generation)},
        }
    }


def timer_moved(table: str, over: Timer, to: Timer) -> Item:
    """Return the action that puts `to` in the place of exactly `over`."""
    return {
        "Put": {
            "TableName": table,
            "Item": _row(to),
            "ConditionExpression": _IS,
            "ExpressionAttributeNames": _NAMES,
            "ExpressionAttributeValues": _setting(over),
        }
    }


def timer_removed(table: str, key: TimerKey, over: Timer | None = None) -> Item:
    """Return the action that removes a timer, whatever it says; with `over` only if it says that, or is gone."""
    action: Item = {"TableName": table, "Key": timer_key(key)}
    if over is not None:
        action["ConditionExpression"] = f"attribute_not_exists(pk) OR ({_IS})"
        action["ExpressionAttributeNames"] = _NAMES
        action["ExpressionAttributeValues"] = _setting(over)
    return {"Delete": action}


class DynamoDbTimers:
    """Keeps timers and finds those that are due.

    Moves bear a mark, so that a writer whose answer was lost knows its own.
    """

    def __init__(self, dynamodb: DynamoDb, table_name: str) -> None:
        self._dynamodb = dynamodb
        self._table = table_name

    def arm(self, timer: Timer) -> bool:
        """Write the timer over nothing or over a lower generation; return whether the row says so now."""
        stands = self._put(timer_put(self._table, timer))
        return stands is None or (bool(stands) and _timer(stands) == timer)

    def get(self, key: TimerKey) -> Timer | None:
        """Return the timer, strongly consistent."""
        with errors_mapped():
            answer = self._dynamodb.get_item(TableName=self._table, Key=timer_key(key), ConsistentRead=True)
        row: Item | None = answer.get("Item")
        return None if row is None else _timer(row)

    def move(self, over: Timer, to: Timer | None) -> bool:
        """Put `to` in the place of exactly `over`, or remove it; return whether this call did."""
        if to is not None:
            action, mark = timer_moved(self._table, over, to), {"S": secrets.token_urlsafe(6)}
            action["Put"]["Item"]["w"] = mark
            stands = self._put(action)
            return stands is None or stands.get("w") == mark
        try:
            with errors_mapped():
                self._dynamodb.delete_item(**timer_removed(self._table, over.key, over)["Delete"])
        except ConditionFailed:
            return False
        return True

    def cancel(self, key: TimerKey, generation: int | None = None) -> None:
        """Remove the timer; one of another generation than was named stays."""
        request = timer_removed(self._table, key)["Delete"]
        if generation is not None:
            request["ConditionExpression"] = "attribute_not_exists(pk) OR #gen = :gen"
            request["ExpressionAttributeNames"] = {"#gen": "gen"}
            request["ExpressionAttributeValues"] = {":gen": _number(generation)}
        try:
            with errors_mapped():
                self._dynamodb.delete_item(**request)
        except ConditionFailed:
            return

    def due(self, before: datetime, limit: int) -> Sequence[TimerKey]:
        """Return timers that ought to have run by then, oldest first, of all tenants.

        One of a kind that this version does not know, which a newer one armed, keeps nobody else waiting.
        """
        found: list[TimerKey] = []
        for row in due_rows(self._dynamodb, self._table, DUE_TIMERS, before, limit):
            with suppress(ValueError):
                found.append(timer_of(row))
        return found

    def put_off(self, timer: Timer, at: datetime) -> None:
        """Set when the sweeper looks at this setting of a timer next."""
        try:
            with errors_mapped():
                self._dynamodb.update_item(
                    TableName=self._table,
                    Key=timer_key(timer.key),
                    UpdateExpression="SET duesk = :look",
                    ConditionExpression=_IS,
                    ExpressionAttributeNames=_NAMES,
                    ExpressionAttributeValues={":look": time(at), **_setting(timer)},
                )
        except ConditionFailed:
            return

    def _put(self, action: Item) -> Item | None:
        """Return the row that stands in the way, {} if that is none; None: it was written."""
        try:
            with errors_mapped():
                self._dynamodb.put_item(**action["Put"], ReturnValuesOnConditionCheckFailure="ALL_OLD")
        except ConditionFailed as failed:
            return failed.current or {}
        return None


def _row(timer: Timer) -> Item:
    key = timer_key(timer.key)
    due = due_in(DUE_TIMERS, f"{timer.key.tenant}#{key['sk']['S']}", timer.due_at + SWEEP_AFTER)
    return {**key, **_attributes(timer), **due}


def _attributes(timer: Timer) -> Item:
    return {"gen": _number(timer.generation), "at": time(timer.due_at)}


def _setting(timer: Timer) -> Item:
    return {f":{name}": value for name, value in _attributes(timer).items()}


def _timer(row: Item) -> Timer:
    return Timer(timer_of(row), int(row["gen"]["N"]), instant(int(row["at"]["N"])))


def _number(value: int) -> Item:
    return {"N": str(value)}
