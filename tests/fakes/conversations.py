"""Two-way numbers and conversations in memory."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from tests.fakes.outage import Outage
from tocsin.kernel.domain.ids import TenantId
from tocsin.responses.domain.attribution import Attribution
from tocsin.responses.domain.two_way import Said, TwoWayNumber


class FakeTwoWayNumbers:
    """Args: numbers: that are there already."""

    def __init__(self, *numbers: TwoWayNumber) -> None:
        self.numbers = {number.number: number for number in numbers}
        self.outage = Outage()

    def add(self, number: TwoWayNumber) -> TwoWayNumber:
        self.outage.check()
        return self.numbers.setdefault(number.number, number)

    def find(self, number: str) -> TwoWayNumber | None:
        self.outage.check()
        return self.numbers.get(number)

    def of_tenant(self, tenant: TenantId) -> Sequence[TwoWayNumber]:
        self.outage.check()
        return [number for _, number in sorted(self.numbers.items()) if number.tenant == tenant]

    def remove(self, tenant: TenantId, number: str) -> bool:
        self.outage.check()
        if (there := self.numbers.get(number)) is None or there.tenant != tenant:
            return False
        del self.numbers[number]
        return True


class FakeConversations:
    """Like the real one it keeps times to the millisecond."""

    def __init__(self) -> None:
        self.said: dict[tuple[TenantId, str, str], set[Said]] = defaultdict(set)
        self.verdicts: dict[tuple[TenantId, str], Attribution] = {}
        self.outage = Outage()
        self._lock = threading.Lock()

    def remember(self, tenant: TenantId, said: Sequence[tuple[str, str, Said]]) -> None:
        self.outage.check()
        with self._lock:
            for ours, theirs, one in said:
                at = one.at.replace(microsecond=one.at.microsecond // 1000 * 1000)
                self.said[tenant, ours, theirs].add(replace(one, at=at))

    def newest(self, tenant: TenantId, ours: str, theirs: str, limit: int) -> Sequence[Said]:
        self.outage.check()
        said = self.said.get((tenant, ours, theirs), set())
        return sorted(said, key=lambda one: (one.at, one.key.alert), reverse=True)[:limit]

    def decide(self, tenant: TenantId, inbound_id: str, attribution: Attribution, until: datetime) -> Attribution:
        self.outage.check()
        with self._lock:
            return self.verdicts.setdefault((tenant, inbound_id), attribution)
