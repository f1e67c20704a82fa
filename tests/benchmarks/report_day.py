"""Budget 23: the reports of a day of a million events, counted from its packs.

The packs lie in memory as they lie in the bucket: deflated, without encryption. Python's own allocations are traced in a
second, shorter run, because tracing makes the first one slow.
"""

from __future__ import annotations

import json
import random
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.benchmarks.findings import Finding
from tocsin.kernel.domain.ids import TenantId
from tocsin.reports.application.count_day import CountDay, new_count
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.event_pack import HOUR, PackedEvent, unpacked

_ACME = TenantId("acme")
_DAY = date(2026, 11, 29)
_BEGIN = datetime(2026, 11, 29, tzinfo=UTC)
_MILLION = 1_000_000


def measure(events: int) -> list[Finding]:
    """Count a day with so many events, and scale to a million."""
    packs = DayPacks(events)
    began = time.process_time()
    sums = _counted(packs)
    took = time.process_time() - began
    assert sum(sums.calls.values()) == packs.calls
    tracemalloc.start()
    _counted(packs)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return [
        Finding(
            23, "reports of a day of a million events, from packs, CPU", [took * _MILLION / events], "s", must=60, aim=20,
            note=f"scaled from {events:,} random events of 2,000 lines; opening packs of the bucket is not in it",
        ),
        Finding(23, "the same: most memory", [peak / 1e6], "MB", must=200, aim=60, steady=True),
    ]  # fmt: skip


def _counted(packs: DayPacks) -> Any:
    count = CountDay(store=None, hours=packs)  # type: ignore[arg-type]
    asked = new_count(_ACME, _DAY, ZoneInfo("UTC"), _BEGIN + timedelta(days=3))
    return count.walked(asked, lambda: False).sums


class DayPacks:
    """Hours of a day, in parts of at most 20,000 events. It is what `CountDay` reads."""

    def __init__(self, events: int) -> None:
        chance = random.Random(21)
        self.calls = 0
        self.parts: dict[datetime, list[bytes]] = {}
        hour_events = events // 24
        for n in range(24):
            hour = _BEGIN + n * HOUR
            lines = [self._event(chance, hour, n * hour_events + k) for k in range(hour_events)]
            self.parts[hour] = [
                zlib.compress(json.dumps(lines[first : first + 20_000]).encode())
                for first in range(0, len(lines), 20_000)
            ]

    def __call__(self, tenant: TenantId, first: datetime, before: datetime, wanted: Any) -> Iterator[Any]:
        hour = first
        while hour < before:
            yield hour, self._events(hour)
            hour += HOUR

    def _events(self, hour: datetime) -> Iterator[PackedEvent]:
        for part in self.parts.get(hour, ()):
            yield from map(unpacked, json.loads(zlib.decompress(part)))

    def _event(self, chance: random.Random, hour: datetime, n: int) -> list[Any]:
        at = hour + timedelta(seconds=chance.randrange(3600))
        if n % 10 < 3:
            data: dict[str, Any] = {"line": f"{chance.randrange(2_000):04}", "event": "refreshed"}
            event = TelephonyEvent("pbx", f"e{n}", "sip.registration", at, at, data)
        else:
            self.calls += 1
            talk = chance.randrange(300)
            data = {
                "callId": f"c{n}", "direction": chance.choice(("incoming", "outgoing", "internal")),
                "status": chance.choice(("answered", "answered", "missed", "voicemail")),
                "from": {"number": f"+4477009{n % 100_000:05}"}, "to": {"number": "+441632960001"},
                "line": f"{chance.randrange(2_000):04}", "durationSeconds": talk + 12, "talkSeconds": talk,
            }  # fmt: skip
            event = TelephonyEvent("pbx", f"e{n}", "call.ended", at, at, data)
        return [event.name, event.source, event.id, event.type, at.isoformat(), at.isoformat(), data]
