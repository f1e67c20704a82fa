"""Read the events of many hours in the order of their receipt: from packs, and of hours not packed yet from rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.telephony.domain.event_pack import HOUR, PackContents, PackedEvent, PackPart, hour_of
from tocsin.telephony.domain.stored_event import EVENT_KEPT
from tocsin.telephony.ports.event_packs import EventPacks
from tocsin.telephony.ports.event_rows import EventRows

_PAGE = 500


@dataclass(frozen=True, slots=True)
class ReadHours:
    """Reads events, without those of sandbox keys. A pack that is not complete is not read: its rows are there."""

    rows: EventRows
    packs: EventPacks
    clock: Clock

    def __call__(
        self, tenant: TenantId, first: datetime, before: datetime, wanted: Callable[[PackContents], bool]
    ) -> Iterator[tuple[datetime, Iterator[PackedEvent]]]:
        """Yield the hours that begin from the hour of `first` on and before `before`, each with its events.

        Args:
            wanted: whether a part is read, by what it holds.
        """
        now = self.clock()
        hours: dict[datetime, list[PackPart]] = defaultdict(list)
        for part in self.packs.parts(tenant, hour_of(first), hour_of(before), now):
            hours[part.hour].append(part)
        hour = hour_of(first)
        while hour < before:
            yield hour, self._events(tenant, hour, hours[hour], wanted, now)
            hour += HOUR

    def _events(
        self,
        tenant: TenantId,
        hour: datetime,
        parts: Sequence[PackPart],
        wanted: Callable[[PackContents], bool],
        now: datetime,
    ) -> Iterator[PackedEvent]:
        if parts and parts[-1].complete:
            for part in reversed(parts):
                if wanted(part.contents):
                    yield from self.packs.events(tenant, part)
        elif now < hour + HOUR + EVENT_KEPT:
            yield from self._from_rows(tenant, hour, now)

    def _from_rows(self, tenant: TenantId, hour: datetime, now: datetime) -> Iterator[PackedEvent]:
        found: list[PackedEvent] = []
        place: str | None = None
        page = _PAGE
        while page == _PAGE:
            stored = self.rows.of_hour(tenant, hour, _PAGE, now, place)
            found += [PackedEvent(each.name, each.event) for each in stored if not each.event.sandbox]
            page, place = len(stored), stored[-1].place if stored else None
        return reversed(found)
