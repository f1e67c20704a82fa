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
from tocsin.limits.domain.sending_limits import Pause, Rate, SendingLimits
from tocsin.limits.domain.sending_totals import Amounts, quarter_of


class FakeLimitSettings:
    """`books` may be inspected and filled."""

    def __init__(self) -> None:
        self.books: dict[TenantId, SendingLimits] = {}
        self.outage = Outage()

    def get(self, tenant: TenantId) -> SendingLimits:
        self.outage.check()
        return self.books.get(tenant, SendingLimits())

    def set(self, tenant: TenantId, sending_limits: SendingLimits) -> None:
        there = self.get(tenant)
        self.books[tenant] = replace(sending_limits, paused=there.paused, counted_since=there.counted_since)

    def count(self, tenant: TenantId, since: datetime | None) -> None:
        self.outage.check()
        there = self.get(tenant)
        at = since and (there.counted_since or since.replace(microsecond=since.microsecond // 1000 * 1000))
        self.books[tenant] = replace(there, counted_since=at)

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


class FakeCounters:
    """`counters` may be inspected."""

    def __init__(self) -> None:
        self.counters: Counter[tuple[TenantId, str]] = Counter()
        self.outage = Outage()
        self._tokens: Counter[tuple[TenantId, bytes, datetime]] = Counter()
        self._lock = threading.Lock()

    def consume(self, tenant: TenantId, counter: str, costs: Sequence[int], cap: int, until: datetime) -> int:
        return self.draw(tenant, counter, costs, cap, until)[0]

    def draw(
        self, tenant: TenantId, counter: str, costs: Sequence[int], cap: int, until: datetime
    ) -> tuple[int, int | None]:
        self.outage.check()
        with self._lock:
            taken = 0
            while taken < len(costs) and self.counters[tenant, counter] + costs[taken] <= cap:
                self.counters[tenant, counter] += costs[taken]
                taken += 1
            return taken, self.counters[tenant, counter] if taken else None

    def add(self, tenant: TenantId, counter: str, amount: int, until: datetime) -> int:
        self.outage.check()
        with self._lock:
            self.counters[tenant, counter] += amount
            return self.counters[tenant, counter]

    def read(self, tenant: TenantId, counter: str) -> int:
        self.outage.check()
        return self.counters[tenant, counter]

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

    def give_back(self, tenant: TenantId, fingerprints: Sequence[bytes], rate: Rate, now: datetime) -> None:
        self.outage.check()
        begin, _ = rate.window(now)
        with self._lock:
            for fingerprint in fingerprints:
                self._tokens[tenant, fingerprint, begin] -= self._tokens[tenant, fingerprint, begin] > 0


class FakeSendingTotals:
    """`quarters` may be inspected."""

    def __init__(self) -> None:
        self.quarters: dict[tuple[TenantId, datetime], Counter[str]] = {}
        self.outage = Outage()

    def add(self, tenant: TenantId, at: datetime, amounts: Amounts) -> None:
        self.outage.check()
        counted = {name: amount for name, amount in amounts.items() if amount}
        if counted:
            self.quarters.setdefault((tenant, quarter_of(at)), Counter()).update(counted)

    def read(self, tenant: TenantId, first: datetime, before: datetime) -> Amounts:
        self.outage.check()
        sums: Counter[str] = Counter()
        for (of, quarter), amounts in self.quarters.items():
            if of == tenant and first <= quarter < before:
                sums.update(amounts)
        return dict(sums)
