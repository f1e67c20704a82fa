"""Events `integration.status`: an unknown integration is refused at the door, and a known one is reported once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.fakes.telephony import FakeEventRows, FakeOwedEvents
from tests.scenarios.integration_world import IntegrationWorld
from tests.unit.integrations.people import ACME, ADA, DAY, HUB, NOON, subscribed
from tocsin.integrations.application.decide_reports import DecideReports, RefuseUnknownIntegration
from tocsin.integrations.application.report_by_event import ReportByEvent
from tocsin.integrations.domain.integration import IntegrationStatus
from tocsin.integrations.domain.refusals import UNKNOWN_INTEGRATION
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.application.act_on_events import ActOnEvents
from tocsin.telephony.application.ingest import IngestEvents
from tocsin.telephony.domain.acts import ActKind
from tocsin.telephony.domain.cloud_events import EventReader
from tocsin.telephony.domain.events_answer import EventsAnswer
from tocsin.telephony.domain.stored_event import EventDecision, EventOrder


class Door:
    """Events that come in by the way of all events, and are acted on."""

    def __init__(self) -> None:
        self.world = IntegrationWorld()
        self.world.subscribe(subscribed(ADA))
        self.rows, self.orders = FakeEventRows(), FakeOwedEvents()
        self.ingest = IngestEvents(
            self.rows, self.orders, DecideReports(lambda tenant, event: EventDecision()), self.world.clock,
            refuse=RefuseUnknownIntegration(self.world.integrations),
        )  # fmt: skip
        perform = ReportByEvent(lambda: self.world.report_status)
        self.act = ActOnEvents(self.rows, {ActKind.INTEGRATION: perform}, self.world.clock)

    def send(
        self, status: str, n: int = 1, *, sandbox: bool = False, tenant: TenantId = ACME, **data: Any
    ) -> EventsAnswer:
        at = data.pop("at", self.world.clock.now)
        event = {
            "specversion": "1.0", "id": f"e{n}", "source": "crm", "type": "integration.status",
            "time": f"{at:%Y-%m-%dT%H:%M:%SZ}", "data": {"integrationId": "hub", "status": status, **data},
        }  # fmt: skip
        answer = self.ingest(tenant, EventReader(self.world.clock.now, None, sandbox).from_http({}, event))
        owed = [name for (owner, name), each in self.rows.kept.items() if each.owed and owner == tenant]
        if owed:
            self.act(EventOrder(tenant, tuple(owed)))
        return answer


@pytest.fixture
def door() -> Door:
    return Door()


def test_decided_6_1_an_event_of_an_unknown_integration_is_refused_and_not_kept(door: Door) -> None:
    for answer in (door.send("failed", integrationId="unknown"), door.send("failed", tenant=TenantId("other"))):
        assert answer.all_refused
        assert answer.body()["items"][0]["errors"] == [
            {
                "code": UNKNOWN_INTEGRATION,
                "message": "is no integration of this account",
                "detail": "/data/integrationId",
            }
        ]
    assert door.rows.kept == {}


def test_ia_01_a_failure_told_by_an_event_is_mailed_once_and_ia_18_no_one_is_subscribed(door: Door) -> None:
    door.send("active")
    assert len(door.world.alerts.kept) == 1
    assert not door.send("failed", 2, reason="down").all_refused
    door.send("failed", 2, reason="down")
    assert [mail.to for mail in door.world.mails.values()] == [("ada",)]
    assert door.world.integrations.kept[ACME, HUB.id].reason == "down"


def test_decided_6_2_the_time_of_the_event_orders_reports_and_an_hour_is_not_too_old(door: Door) -> None:
    door.send("failed", at=NOON - timedelta(hours=30))
    kept = door.world.integrations.kept[ACME, HUB.id]
    assert (kept.status, kept.since) == (IntegrationStatus.FAILED, NOON - timedelta(hours=30))
    door.send("active", 2, at=NOON - 2 * DAY)
    assert door.world.integrations.kept[ACME, HUB.id] == kept


def test_a_sandbox_key_s_event_and_one_of_a_deleted_integration_change_nothing(door: Door) -> None:
    door.send("failed", sandbox=True)
    assert door.world.integrations.kept[ACME, HUB.id] == HUB
    door.world.clock.advance(timedelta(seconds=1))
    door.rows.kept.clear()
    del door.world.integrations.kept[ACME, HUB.id]
    assert door.send("failed").all_refused
