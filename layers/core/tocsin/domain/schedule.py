"""When a stored alert is sent by itself: once, or again and again until an end.

    armed ──due──► (run) ──► armed (next occurrence) | finished
      │ ▲
      │ └─ resumed
      ├─ paused
      └─ cancelled

Every change raises the generation, so that a timer that was set for an older one does nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from tocsin.domain.beside import Beside
from tocsin.domain.ids import AlertRef, ApiKeyId, StoreId, TenantId
from tocsin.domain.repeat import Interval

ScheduleId = NewType("ScheduleId", str)
"""One schedule: a UUID version 7."""


@dataclass(frozen=True, slots=True)
class ScheduleAsked:
    """The `schedule` block of a request.

    Attributes:
        start: None = now.
        delay: added to `start`.
        repeat: from one run to the next; None = it runs once.
        end: no run after this; set with `repeat`.
    """

    start: datetime | None
    delay: Interval
    repeat: Interval | None = None
    paused: bool = False
    end: datetime | None = None


class ScheduleState(StrEnum):
    """Where a schedule stands."""

    ARMED = "armed"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Schedule:
    """One schedule of one API key.

    Attributes:
        store_id: the stored alert that each run sends.
        client_ref: of the runs; None = the one in the store.
        zone: IANA name of the account's zone when it was made; calendar steps are counted in it.
        first: its first occurrence.
        interval: from one occurrence to the next; `Interval().none` = it runs once.
        generation: number of changes, runs included.
        next_at: the occurrence that is due next; None when there is none any more.
        last_at, last_alert: the latest run, and the alert it made (None: it could not be sent, see `last_failure`).
    """

    tenant: TenantId
    key_id: ApiKeyId
    id: ScheduleId
    store_id: StoreId
    client_ref: str | None
    zone: str
    first: datetime
    interval: Interval
    end: datetime | None
    state: ScheduleState
    generation: int
    created_at: datetime
    next_at: datetime | None
    runs: int = 0
    last_at: datetime | None = None
    last_alert: AlertRef | None = None
    last_failure: str | None = None


@dataclass(frozen=True, slots=True)
class ScheduleRun(Beside):
    """The alert is a run of a schedule, which moves on with it: it must stand as `before` was read."""

    before: Schedule
    after: Schedule
