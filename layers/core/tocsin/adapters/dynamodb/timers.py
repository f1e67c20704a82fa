"""Timers in DynamoDB: a row each, in the due index as long as it is there.

`timer_put`, `timer_moved` and `timer_removed` return the same writes as actions for another adapter's transaction, so
that a schedule and its timer, or a step and the next timer, are written together or not at all.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from tocsin.adapters.dynamodb.table.actions import FREE, delete, put, update
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.indexes import due_in, due_rows
from tocsin.adapters.dynamodb.table.rows import key as row_key
from tocsin.adapters.dynamodb.table.rows import number, time, time_of
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.kernel.domain.ids import TenantId
from tocsin.timers.domain.timer import SWEEP_AFTER, Timer, TimerKey, TimerKind

_IS = "#gen = :gen AND #at = :at"
"""Condition: the row holds exactly this setting. A timer that is removed and armed again has the same generation."""

_DUE = "DUE#TMR"


def timer_put(timer: Timer) -> Item:
    """Return the action that arms a timer, on condition of no row or a row of a lower generation."""
    return put(_row(timer), f"{FREE} OR #gen < :gen", {":gen": number(timer.generation)})


def timer_moved(over: Timer, to: Timer) -> Item:
    """Return the action that replaces exactly `over` by `to`."""
    return put(_row(to), _IS, _setting(over))


def timer_removed(key: TimerKey, over: Timer | None = None) -> Item:
    """Return the action that removes a timer; with `over`, only if the row holds that setting or is not there."""
    return delete(_key(key)) if over is None else delete(_key(key), f"{FREE} OR ({_IS})", _setting(over))


class DynamoDbTimers:
    """Stores timers and finds those that are due.

    Moves have a mark, so that a writer whose response was lost recognises its own.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def arm(self, timer: Timer) -> bool:
        """Write the timer unless the row has this generation or a higher one; return whether the row holds it now."""
        stands = self._table.write_or_find(timer_put(timer))
        return stands is None or (bool(stands) and _timer(stands) == timer)

    def get(self, key: TimerKey) -> Timer | None:
        """Return the timer, strongly consistent."""
        row = self._table.get(_key(key))
        return None if row is None else _timer(row)

    def move(self, over: Timer, to: Timer | None) -> bool:
        """Replace exactly `over` by `to`, or remove it if `to` is None; return whether this call did."""
        if to is None:
            return self._table.write_if(timer_removed(over.key, over))
        action, mark = timer_moved(over, to), {"S": secrets.token_urlsafe(6)}
        action["Put"]["Item"]["w"] = mark
        stands = self._table.write_or_find(action)
        return stands is None or stands.get("w") == mark

    def cancel(self, key: TimerKey, generation: int | None = None) -> None:
        """Remove the timer; with `generation`, only a timer of that generation."""
        if generation is None:
            self._table.write(timer_removed(key))
        else:
            self._table.write_if(delete(_key(key), f"{FREE} OR #gen = :gen", {":gen": number(generation)}))

    def due(self, before: datetime, limit: int) -> Sequence[TimerKey]:
        """Return up to `limit` timers of all tenants that should have run by `before`, oldest first.

        A kind that this version does not know (armed by a newer version) is skipped.
        """
        found: list[TimerKey] = []
        for row in due_rows(self._table, _DUE, before, limit):
            with suppress(ValueError):
                found.append(_key_of(row))
        return found

    def defer(self, timer: Timer, at: datetime) -> None:
        """Set when the sweeper checks this setting of a timer next."""
        values = {":look": time(at), **_setting(timer)}
        self._table.write_if(update(_key(timer.key), "SET duesk = :look", _IS, values))


def _row(timer: Timer) -> Item:
    key = _key(timer.key)
    due = due_in(_DUE, f"{timer.key.tenant}#{key['sk']['S']}", timer.due_at + SWEEP_AFTER)
    return {**key, **_attributes(timer), **due}


def _attributes(timer: Timer) -> Item:
    return {"gen": number(timer.generation), "at": time(timer.due_at)}


def _setting(timer: Timer) -> Item:
    return {f":{name}": value for name, value in _attributes(timer).items()}


def _timer(row: Item) -> Timer:
    return Timer(_key_of(row), int(row["gen"]["N"]), time_of(row, "at"))


def _key(timer: TimerKey) -> Item:
    """Return the row key of a timer, in one of 256 partitions of its tenant: very many are due on the hour."""
    natural = f"{timer.kind.value}#{timer.subject}"
    return row_key(f"T#{timer.tenant}#TM#{hashlib.sha256(natural.encode()).hexdigest()[:2]}", natural)


def _key_of(row: Item) -> TimerKey:
    kind, _, subject = row["sk"]["S"].partition("#")
    return TimerKey(TenantId(row["pk"]["S"].split("#")[1]), TimerKind(kind), subject)
