"""Counts of failed sign-ins in DynamoDB: a row each, under keyed hashes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from tocsin.adapters.dynamodb.table.actions import FREE, delete, put, update
from tocsin.adapters.dynamodb.table.client import ConditionFailed, Item
from tocsin.adapters.dynamodb.table.rows import expired, expiry, key, number, time, time_of
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.identity.domain.tenant import SIGN_IN
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.sign_in.domain.throttle import Limit
from tocsin.sign_in.ports.attempts import AttemptCount

_ROUNDS = 5
_CROWDED = timedelta(minutes=1)
"""How long an attempt waits that lost against others of the same moment in every round."""

_KEPT_LONGER = timedelta(days=1)
"""A window that has ended stays so long, so that what exceeded it can still be told."""


class DynamoDbAttempts:
    """Rows `T#tocsinsignin#TRY#<counter>` / `TRY`: `n` attempts in the window that ends at `exp`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def take(self, limits: Sequence[Limit], now: datetime) -> datetime | None:
        """Count an attempt against every limit, or against none if one of them is reached."""
        for _ in range(_ROUNDS):
            keys = [_key(limit.counter) for limit in limits]
            found = {row["pk"]["S"]: row for row in self._table.get_all(keys, "counts of attempts")}
            rows = [found.get(each["pk"]["S"]) for each in keys]
            open_rows = [None if row is None or expired(row, now) else row for row in rows]
            full = [
                time_of(row, "exp")
                for row, limit in zip(open_rows, limits, strict=True)
                if (0 if row is None else int(row["n"]["N"])) >= limit.most and row is not None
            ]
            if full:
                return max(full)
            actions = [
                _begin(limit, now) if row is None else _one_more(limit, row)
                for row, limit in zip(open_rows, limits, strict=True)
            ]
            if self._table.commit(actions) is None:
                return None
        return now + _CROWDED

    def give_back(self, limits: Sequence[Limit], now: datetime) -> None:
        """Take an attempt back. One of a window that has ended is gone anyway."""
        values = {":one": number(1), ":zero": number(0), ":now": time(now)}
        for limit in limits:
            change = update(_key(limit.counter), "SET n = n - :one", "n > :zero AND #exp > :now", values)
            self._table.write_if(change)

    def clear(self, counters: Sequence[str]) -> None:
        """Begin these counts anew."""
        for counter in counters:
            self._table.write(delete(_key(counter)))

    def add(self, limit: Limit, now: datetime) -> AttemptCount:
        """Count one more, also above the limit."""
        for _ in range(_ROUNDS):
            more = update(_key(limit.counter), "SET n = n + :one", "#exp > :now", _values(now))
            try:
                return AttemptCount(int(self._table.change(more)["n"]["N"]))
            except ConditionFailed as failed:
                ended = failed.current
            if self._table.write_if(_begin(limit, now)):
                if not ended:
                    return AttemptCount(1)
                return AttemptCount(1, int(ended["n"]["N"]), time_of(ended, "exp"))
        raise StorageUnavailable("other calls kept changing a count of attempts")


def _key(counter: str) -> Item:
    return key(f"T#{SIGN_IN}#TRY#{counter}", "TRY")


def _values(now: datetime) -> Item:
    return {":one": number(1), ":now": time(now)}


def _begin(limit: Limit, now: datetime) -> Item:
    ends = now + limit.within
    row = _key(limit.counter) | {"n": number(1)} | expiry(ends + _KEPT_LONGER) | {"exp": time(ends)}
    return put(row, f"{FREE} OR #exp <= :now", {":now": time(now)})


def _one_more(limit: Limit, row: Item) -> Item:
    values = {":one": number(1), ":most": number(limit.most), ":exp": row["exp"]}
    return update(_key(limit.counter), "SET n = n + :one", "#exp = :exp AND n < :most", values)
