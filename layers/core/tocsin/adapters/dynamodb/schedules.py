"""Schedules in DynamoDB: a row each in a partition of their key, and as actions of a transaction.

A row is replaced as a whole, on condition of the generation that was read. It holds times, ids and stable words, and
the client's own reference, which is sealed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from tocsin.adapters.dynamodb.identity.made import made_attributes, made_of
from tocsin.adapters.dynamodb.table.actions import FREE, put
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import expiry, key, number, time, time_or_none
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.adapters.dynamodb.timers import timer_put, timer_removed
from tocsin.calendar.domain.repeat import Interval, parse_interval
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, StoreId, TenantId
from tocsin.kernel.ports import Sealer
from tocsin.schedules.domain.schedule import (
    RunFailure,
    Schedule,
    ScheduleBegun,
    ScheduleChanged,
    ScheduleId,
    ScheduleRun,
    ScheduleState,
    timer_key,
)
from tocsin.timers.domain.timer import TimerKey

_PAGE = 1_100
"""Rows of one read: a few more than an answer shows. Without a limit a read has up to 1 MB."""

_TIMES = {
    "first": "first",
    "end": "ends",
    "created_at": "created",
    "next_at": "next",
    "last_at": "last",
    "moved_at": "moved",
    "ended_at": "ended",
}
"""Attribute of each time, by the name of the field."""


def schedule_actions(participant: ScheduleBegun | ScheduleChanged | ScheduleRun, sealer: Sealer) -> Sequence[Item]:
    """Return the actions that write a schedule, its own row first; the caller writes the store."""
    match participant:
        case ScheduleBegun(schedule):
            actions = [put(_row(schedule, sealer), FREE)]
            return [*actions, timer_put(timer)] if (timer := schedule.timer) else actions
        case ScheduleChanged(before, after):
            timer = after.timer
            follow = timer_put(timer) if timer else timer_removed(_timer_key(after))
            return [_put_over(before, after, sealer), follow]
        case ScheduleRun(before, after):
            return [_put_over(before, after, sealer)]


class DynamoDbSchedules:
    """Reads schedules by API key."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def get(self, tenant: TenantId, key_id: ApiKeyId, id: ScheduleId) -> Schedule | None:
        """Return a schedule, over or not, strongly consistent."""
        row = self._table.get(key(_pk(tenant, key_id), id))
        return None if row is None else _schedule(row, tenant, key_id, self._sealer)

    def newest(self, tenant: TenantId, key_id: ApiKeyId) -> Iterator[Schedule]:
        """Yield the schedules of the key, over or not, newest first."""
        pk = {":pk": {"S": _pk(tenant, key_id)}}
        for row in self._table.query("pk = :pk", pk, ScanIndexForward=False, Limit=_PAGE):
            yield _schedule(row, tenant, key_id, self._sealer)


def _put_over(before: Schedule, after: Schedule, sealer: Sealer) -> Item:
    return put(_row(after, sealer), "gen = :gen", {":gen": number(before.generation)})


def _pk(tenant: TenantId, key_id: ApiKeyId) -> str:
    """Return the partition of the schedules of an API key; their ids sort by the time they were made."""
    return f"T#{tenant}#K#{key_id}#SCH"


def _timer_key(schedule: Schedule) -> TimerKey:
    return timer_key(schedule.tenant, schedule.key_id, schedule.id)


def _row(schedule: Schedule, sealer: Sealer) -> Item:
    row = key(_pk(schedule.tenant, schedule.key_id), schedule.id)
    row |= {
        "st": {"S": schedule.state.value},
        "gen": number(schedule.generation),
        "store": {"S": schedule.store_id},
        "zone": {"S": schedule.zone},
        "step": {"S": str(schedule.interval) or "-"},
        "n": number(schedule.runs),
        "missed": number(schedule.missed),
        "lately": number(schedule.missed_lately),
        **expiry(schedule.expires_at),
        **made_attributes(schedule.made),
    }
    row |= {name: time(at) for field, name in _TIMES.items() if (at := getattr(schedule, field)) is not None}
    if schedule.wall is not None:
        row["wall"] = {"S": schedule.wall.isoformat()}
    if schedule.last_alert is not None:
        row["alert"] = {"S": schedule.last_alert}
    if schedule.last_failure is not None:
        row["failed"] = {"S": schedule.last_failure.value}
    if schedule.client_ref is not None:
        row |= seal(sealer, schedule.tenant, row, schedule.client_ref)
    return row


def _schedule(row: Item, tenant: TenantId, key_id: ApiKeyId, sealer: Sealer) -> Schedule:
    step = row["step"]["S"]
    times = {field: time_or_none(row, name) for field, name in _TIMES.items()}
    first, created = times.pop("first"), times.pop("created_at")
    assert first is not None
    assert created is not None
    return Schedule(
        tenant=tenant,
        key_id=key_id,
        id=ScheduleId(row["sk"]["S"]),
        store_id=StoreId(row["store"]["S"]),
        client_ref=unseal(sealer, tenant, row) if "sealed" in row else None,
        zone=row["zone"]["S"],
        first=first,
        created_at=created,
        interval=Interval() if step == "-" else parse_interval(step),
        state=ScheduleState(row["st"]["S"]),
        generation=int(row["gen"]["N"]),
        wall=datetime.fromisoformat(row["wall"]["S"]) if "wall" in row else None,
        runs=int(row["n"]["N"]),
        missed=int(row["missed"]["N"]),
        missed_lately=int(row["lately"]["N"]),
        last_alert=AlertRef(row["alert"]["S"]) if "alert" in row else None,
        last_failure=RunFailure(row["failed"]["S"]) if "failed" in row else None,
        made=made_of(row),
        **times,
    )
