"""Counts of attempts in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from tests.fakes.outage import Outage
from tocsin.sign_in.domain.throttle import Limit
from tocsin.sign_in.ports.attempts import AttemptCount


@dataclass
class FakeAttempts:
    """`counts` holds how many attempts there are, and when the window ends."""

    counts: dict[str, tuple[int, datetime]] = field(default_factory=dict)
    outage: Outage = field(default_factory=Outage)
    _lock: Lock = field(default_factory=Lock)

    def take(self, limits: Sequence[Limit], now: datetime) -> datetime | None:
        self.outage.check()
        with self._lock:
            full = [self.counts[each.counter][1] for each in limits if self._count(each.counter, now) >= each.most]
            if full:
                return max(full)
            for limit in limits:
                self._one_more(limit, now)
            return None

    def give_back(self, limits: Sequence[Limit], now: datetime) -> None:
        self.outage.check()
        for limit in limits:
            if self._count(limit.counter, now):
                count, ends = self.counts[limit.counter]
                self.counts[limit.counter] = count - 1, ends

    def clear(self, counters: Sequence[str]) -> None:
        self.outage.check()
        for counter in counters:
            self.counts.pop(counter, None)

    def add(self, limit: Limit, now: datetime) -> AttemptCount:
        self.outage.check()
        before = self.counts.get(limit.counter)
        count = self._one_more(limit, now)
        return AttemptCount(count, *before) if before is not None and before[1] <= now else AttemptCount(count)

    def _count(self, counter: str, now: datetime) -> int:
        count, ends = self.counts.get(counter, (0, now))
        return count if ends > now else 0

    def _one_more(self, limit: Limit, now: datetime) -> int:
        count = self._count(limit.counter, now)
        ends = self.counts[limit.counter][1] if count else now + limit.within
        self.counts[limit.counter] = count + 1, ends
        return count + 1
