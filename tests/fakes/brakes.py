"""Brakes in memory."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from tests.fakes.outage import Outage
from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.ids import TenantId
from tocsin.limits.domain.brakes import Brakes, Pause, Rate


class FakeBrakeBook:
    """`books` may be inspected and filled."""

    def __init__(self) -> None:
        self.books: dict[TenantId, Brakes] = {}
        self.outage = Outage()

    def get(self, tenant: TenantId) -> Brakes:
        self.outage.check()
        return self.books.get(tenant, Brakes())

    def set(self, tenant: TenantId, brakes: Brakes) -> None:
        self.books[tenant] = replace(brakes, paused=self.get(tenant).paused)

    def pause(self, tenant: TenantId, channel: Channel, pause: Pause) -> bool:
        there = self.get(tenant)
        if channel in there.paused:
            return False
        kept = replace(pause, since=pause.since.replace(microsecond=pause.since.microsecond // 1000 * 1000))
        self.books[tenant] = replace(there, paused={**there.paused, channel: kept})
        return True

    def resume(self, tenant: TenantId, channel: Channel) -> None:
        there = self.get(tenant)
        paused = {name: pause for name, pause in there.paused.items() if name is not channel}
        self.books[tenant] = replace(there, paused=paused)


class FakeMeters:
    """`meters` may be inspected."""

    def __init__(self) -> None:
        self.meters: Counter[tuple[TenantId, str]] = Counter()
        self.outage = Outage()
        self._tokens: Counter[tuple[TenantId, bytes, datetime]] = Counter()
        self._lock = threading.Lock()

    def draw(self, tenant: TenantId, meter: str, costs: Sequence[int], cap: int, until: datetime) -> int:
        self.outage.check()
        with self._lock:
            for taken, cost in enumerate(costs):
                if self.meters[tenant, meter] + cost > cap:
                    return taken
                self.meters[tenant, meter] += cost
            return len(costs)

    def add(self, tenant: TenantId, meter: str, amount: int, until: datetime) -> int:
        self.outage.check()
        with self._lock:
            self.meters[tenant, meter] += amount
            return self.meters[tenant, meter]

    def read(self, tenant: TenantId, meter: str) -> int:
        self.outage.check()
        return self.meters[tenant, meter]

    def tokens(self, tenant: TenantId, fingerprints: Sequence[bytes], rate: Rate, now: datetime) -> Sequence[bool]:
        self.outage.check()
        begin, _ = rate.window(now)
        taken = []
        with self._lock:
            for fingerprint in fingerprints:
                free = self._tokens[tenant, fingerprint, begin] < rate.count
                self._tokens[tenant, fingerprint, begin] += free
                taken.append(free)
        return taken
