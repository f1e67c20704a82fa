"""Pack the events of an hour: from a row each into a few big values, which are kept for months.

    first event of the hour ──► timer PACK ──► read the rows of the hour ──► part, part, … ──► 6 h later: count again
                                                     ▲ a turn of 20 s ends with a part              │
                                                     └───────────── more rows than packed ◄─────────┘

The same rows give the same pack, so every step may be repeated. The parts themselves say how far the work is.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.telephony.domain.event_pack import (
    PACK_AFTER,
    PART_BYTES,
    RECOUNT_AFTER,
    PackPart,
    contents_of,
    hour_name,
    hour_named,
    hour_of,
    packed,
    size_of,
)
from tocsin.telephony.domain.stored_event import EVENT_KEPT, StoredEvent
from tocsin.telephony.ports.event_packs import EventPacks
from tocsin.telephony.ports.event_rows import EventRows
from tocsin.timers.domain.timer import Timer, TimerKey, TimerKind
from tocsin.timers.ports import TimerQueue, Timers

TURN = timedelta(seconds=20)
"""No part begins later than this after the begin of a turn."""

FRESH = timedelta(seconds=25)
"""A part is written so long after its first row was read at most. An erasure looks once more after 30 s, so it finds
in the pack what was read from rows before it."""

PAGE = 500
"""Rows that are read at once."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ArmPack:
    """Arms the timer that packs an hour, with the first event of the hour that a process sees."""

    timers: Timers
    queue: TimerQueue
    clock: Clock
    _armed: dict[TenantId, datetime] = field(default_factory=dict)

    def __call__(self, tenant: TenantId, events: Sequence[StoredEvent]) -> None:
        """See that events which are about to be stored will be packed. Costs a write an hour, tenant and process.

        Raises:
            StorageUnavailable: the events must not be stored yet.
        """
        for hour in sorted({hour_of(each.event.received_at) for each in events}):
            if self._armed.get(tenant) == hour:
                continue
            timer = Timer(TimerKey(tenant, TimerKind.PACK, hour_name(hour)), 1, hour + PACK_AFTER)
            if self.timers.arm(timer):
                self._order(timer)
            self._armed[tenant] = hour

    def _order(self, timer: Timer) -> None:
        try:
            self.queue.enqueue([timer], self.clock())
        except StorageUnavailable:
            _log.warning("a timer was not ordered; the sweeper will order it", extra={"tenant": timer.key.tenant})


@dataclass(frozen=True, slots=True)
class PackEvents:
    """The action of a timer PACK.

    Attributes:
        kept_days: how many days packs of a tenant are kept.
    """

    rows: EventRows
    packs: EventPacks
    kept_days: Callable[[TenantId], int]
    clock: Clock

    def __call__(self, timer: Timer, now: datetime) -> datetime | None:
        """Pack the hour of a timer, or go on with it; return when to go on or to count again, None if nothing is left.

        Raises:
            StorageUnavailable: to be repeated.
        """
        tenant, hour = timer.key.tenant, hour_named(timer.key.subject)
        parts = self.packs.parts(tenant, hour, hour, now)
        if parts and parts[-1].complete:
            known = sum(part.rows for part in parts)
            if now >= hour + EVENT_KEPT or self.rows.count_of_hour(tenant, hour) <= known:
                return None
            self.packs.drop(tenant, hour)
            parts = ()
        last = parts[-1] if parts else None
        while True:
            last = self._part(tenant, hour, last)
            if last.complete:
                return self.clock() + RECOUNT_AFTER
            if self.clock() >= now + TURN:
                return self.clock()

    def _part(self, tenant: TenantId, hour: datetime, after: PackPart | None) -> PackPart:
        """Write the part after another; the first of an hour without events is empty, and says that it is packed."""
        began = self.clock()
        events: list[StoredEvent] = []
        lines: list[Any] = []
        rows, size, place, page = 0, 0, None if after is None else after.last, PAGE
        while size < PART_BYTES and page == PAGE:
            found = self.rows.of_hour(tenant, hour, PAGE, began, place)
            page = len(found)
            rows += page
            for stored in found:
                place = stored.place
                if stored.event.sandbox:
                    continue
                line = packed(stored)
                events.append(stored)
                lines.append(line)
                size += size_of(line)
        part = PackPart(
            hour=hour,
            number=0 if after is None else after.number + 1,
            events=len(lines),
            rows=rows,
            last=place or "",
            complete=page < PAGE,
            contents=contents_of(each.event for each in events),
        )
        kept_for = timedelta(days=self.kept_days(tenant))
        if self.clock() - began > FRESH:
            raise StorageUnavailable("reading the events of a pack took too long")
        self.packs.keep(tenant, part, lines[::-1], kept_for)
        return part
