"""Budget 17 as a gate: what a call with 500 events of which none matches costs, counted over moto."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest

from tests.benchmarks.test_counts import Counting
from tests.contract.cloud import cloud
from tests.contract.partiql import MotoWithPartiQl
from tests.fakes.sealer import FakeSealer
from tests.fakes.telephony import FakeOwedEvents
from tests.fakes.tenants import FakeTenantRepository
from tests.fakes.time import NOON, VirtualClock
from tests.fakes.timers import FakeTimerQueue
from tocsin.bootstrap.storage import Storage, StoreClients
from tocsin.bootstrap.telephony.ingesting import IngestUseCases
from tocsin.identity.domain.tenant import Tenant
from tocsin.kernel.domain.ids import TenantId

EVENTS = 500
ACME = TenantId("acme")


def a_call(first: int) -> list[dict[str, Any]]:
    data = {"callId": "c", "direction": "incoming", "status": "missed", "durationSeconds": 18, "line": "2010"}
    parties = {"from": {"number": "+447700900123"}, "to": {"number": "2010"}}
    return [
        {
            "specversion": "1.0", "id": str(n), "source": "pbx", "type": "call.ended", "time": NOON.isoformat(),
            "data": data | parties,
        }
        for n in range(first, first + EVENTS)
    ]  # fmt: skip


class CountedTenants(FakeTenantRepository):
    """Counts its reads as those of the table: pynamodb makes them past the client that counts."""

    def __init__(self, calls: Counter[str]) -> None:
        super().__init__()
        self.calls = calls

    def get(self, tenant: TenantId) -> Tenant | None:
        self.calls["get_item"] += 1
        return super().get(tenant)


@pytest.mark.deep  # moto takes a second for each thousand statements
@pytest.mark.parametrize("warm", [False, True])
def test_budget_17_500_events_of_an_account_without_rules(warm: bool) -> None:
    with cloud("moto") as moto:
        client = Counting(MotoWithPartiQl(moto.dynamodb))
        storage: Any = Storage(StoreClients(client), table_name=moto.table_name, key_id="", clock=VirtualClock())
        storage.sealer, storage.tenants = FakeSealer(), CountedTenants(client.calls)
        queues: Any = SimpleNamespace(owed_events=FakeOwedEvents(), timers=FakeTimerQueue())
        use = IngestUseCases(storage, queues)
        if warm:
            use.take_events(ACME, {}, a_call(EVENTS))
            client.calls.clear()
            client.units = 0
        answer = use.take_events(ACME, {}, a_call(0))
    assert answer.body()["accepted"] == EVENTS
    # the insertions and the count of the calls; the first call of a process reads the version of the rules, and the
    # country, and the first of an hour sets the timer that packs it; lines and groups are read once a minute, to see
    # that no person hears of the calls (ADR 0153)
    first = Counter() if warm else Counter(get_item=2, put_item=1, query=2)
    assert client.calls == Counter(batch_execute_statement=20, update_item=1) + first
    assert sum(client.calls.values()) <= (21 if warm else 26)  # and one for the data key makes 27
    assert client.units <= 2 * EVENTS + 1 + 3 * first["put_item"]
