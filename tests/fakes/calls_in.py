"""Calls in that go on, in memory."""

from __future__ import annotations

from datetime import datetime

from tests.fakes.outage import Outage
from tocsin.calls.ports.calls_in import CallUnderWay
from tocsin.kernel.domain.ids import TenantId


class FakeCallsIn:
    """`kept` may be inspected."""

    def __init__(self) -> None:
        self.kept: dict[tuple[TenantId, str], CallUnderWay] = {}
        self.outage = Outage()

    def keep(self, tenant: TenantId, call: CallUnderWay, until: datetime) -> None:
        self.outage.check()
        self.kept[tenant, call.call_id] = call

    def find(self, tenant: TenantId, call_id: str) -> CallUnderWay | None:
        self.outage.check()
        return self.kept.get((tenant, call_id))
