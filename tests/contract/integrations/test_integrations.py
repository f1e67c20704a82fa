"""What every Integrations promises: status, incident, timer and subscription are written together, or nothing is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from tests.contract.alert_path import ACME, NOON, OTHER, AlertPath
from tests.fakes.integrations import FakeIntegrationAlerts, FakeIntegrations
from tests.fakes.sealer import FakeSealer
from tests.fakes.timers import FakeTimers
from tocsin.adapters.dynamodb.integrations.integration_alerts import DynamoDbIntegrationAlerts
from tocsin.adapters.dynamodb.integrations.integrations import DynamoDbIntegrations
from tocsin.adapters.dynamodb.webhooks.webhook_deliveries import DynamoDbWebhookDeliveries
from tocsin.audit.domain.actor import SYSTEM, Via
from tocsin.audit.domain.entry import AuditEntry, Thing
from tocsin.integrations.domain.incident import IntegrationIncident, Stage, StageTold
from tocsin.integrations.domain.integration import Integration, IntegrationStatus
from tocsin.integrations.domain.subscription import IntegrationAlert
from tocsin.integrations.ports import IntegrationAlerts, IntegrationChange, Integrations
from tocsin.kernel.domain.errors import AlreadyExists, StaleWrite
from tocsin.kernel.domain.ids import CompanyId, UserId, time_ordered_uuid
from tocsin.timers.domain.timer import Timer
from tocsin.timers.ports import Timers
from tocsin.webhooks.domain.bus_delivery import bus_delivery
from tocsin.webhooks.domain.delivery import Delivery
from tocsin.webhooks.domain.rule_delivery import DeliveryOwed

_numbers = count()
PLAIN = Integration(tenant=ACME, id="i1", name="HubSpot", kind="crm", created_at=NOON, since=NOON)
FAILED = replace(
    PLAIN, company=CompanyId("north"), status=IntegrationStatus.FAILED, since=NOON - timedelta(hours=1),
    reported_at=NOON, reason="The token has expired", activated=True, incident="x1", version=2,
)  # fmt: skip
TOLD = (StageTold(Stage.TOLD, NOON, 2), StageTold(Stage.DAY_7, NOON + timedelta(days=7)))
INCIDENT = IntegrationIncident(
    tenant=ACME, id="x1", integration="i1", since=NOON - timedelta(hours=1), failed=True, told=TOLD
)
TIMER = Timer(INCIDENT.timer_key, 1, NOON + timedelta(days=14))
SUBSCRIPTION = IntegrationAlert(tenant=ACME, id="s1", user=UserId("ana"), created_at=NOON, activating="HubSpot")


def entry() -> AuditEntry:
    id = time_ordered_uuid(NOON, next(_numbers).to_bytes(10))
    return AuditEntry(ACME, id, NOON, SYSTEM, Via.SYSTEM, "integration.updated", Thing("integration", "i1"))


class Stores:
    """The three stores of one change."""

    def __init__(self, world: AlertPath) -> None:
        self.timers: Timers = world.timers
        if world.engine == "fake":
            assert isinstance(world.timers, FakeTimers)
            alerts = FakeIntegrationAlerts()
            self.alerts: IntegrationAlerts = alerts
            self.integrations: Integrations = FakeIntegrations(alerts, world.timers)
        else:
            self.alerts = DynamoDbIntegrationAlerts(world.table, FakeSealer())
            self.integrations = DynamoDbIntegrations(world.table, FakeSealer())
        self._world = world

    def deliveries(self) -> list[Delivery]:
        """Return the deliveries that are due."""
        if isinstance(self.integrations, FakeIntegrations):
            return self.integrations.owed
        stored = DynamoDbWebhookDeliveries(self._world.table, FakeSealer())
        found = map(stored.get, stored.due(NOON + timedelta(hours=1), 10))
        return [each for each in found if each is not None]


@pytest.fixture
def stores(world: AlertPath) -> Stores:
    return Stores(world)


def test_an_integration_and_its_incident_are_found_as_they_were_written(stores: Stores) -> None:
    kept = stores.integrations
    kept.commit(IntegrationChange(before=None, after=PLAIN, entries=[entry()]))
    assert kept.get(ACME, "i1") == PLAIN
    kept.commit(
        IntegrationChange(before=PLAIN, after=FAILED, incident=INCIDENT, timer=TIMER, subscription=SUBSCRIPTION)
    )
    assert kept.get(ACME, "i1") == FAILED
    assert kept.incident(ACME, "i1", "x1") == INCIDENT
    assert stores.timers.get(TIMER.key) == TIMER
    assert stores.alerts.get(ACME, "s1") == SUBSCRIPTION
    over = replace(INCIDENT, ended_at=NOON + timedelta(days=8))
    well = replace(FAILED, status=IntegrationStatus.ACTIVE, incident=None, version=3)
    kept.commit(IntegrationChange(before=FAILED, after=well, incident=over, ends=TIMER.key))
    assert kept.incidents(ACME) == [over]
    assert stores.timers.get(TIMER.key) is None
    kept.commit(IntegrationChange(before=well, after=None))
    assert kept.all(ACME) == []


def test_events_2_8_what_a_change_owes_the_bus_is_written_with_it_or_not_at_all(stores: Stores) -> None:
    kept = stores.integrations
    owed = [DeliveryOwed(bus_delivery(ACME, "incident.opened", "incident/x1", "", {}, at=NOON, now=NOON))]
    kept.commit(IntegrationChange(before=None, after=PLAIN))
    with pytest.raises(StaleWrite):
        kept.commit(IntegrationChange(before=replace(PLAIN, version=7), after=FAILED, incident=INCIDENT, owed=owed))
    assert stores.deliveries() == []
    kept.commit(IntegrationChange(before=PLAIN, after=FAILED, incident=INCIDENT, owed=owed))
    assert stores.deliveries() == [owed[0].delivery]


def test_nothing_is_written_over_another_version(stores: Stores) -> None:
    kept = stores.integrations
    kept.commit(IntegrationChange(before=None, after=PLAIN))
    kept.commit(IntegrationChange(before=PLAIN, after=replace(PLAIN, name="Hub", version=2)))
    for change in (
        IntegrationChange(before=PLAIN, after=FAILED, incident=INCIDENT, timer=TIMER, subscription=SUBSCRIPTION),
        IntegrationChange(before=PLAIN, after=None),
        IntegrationChange(before=None, after=PLAIN),
    ):
        with pytest.raises(StaleWrite):
            kept.commit(change)
    assert (kept.incidents(ACME), stores.timers.get(TIMER.key), stores.alerts.all(ACME)) == ([], None, [])


def test_a_timer_that_has_moved_and_a_subscription_that_stands_stop_the_whole_change(stores: Stores) -> None:
    kept = stores.integrations
    kept.commit(IntegrationChange(before=None, after=PLAIN, timer=TIMER, subscription=SUBSCRIPTION))
    with pytest.raises(StaleWrite):
        kept.commit(IntegrationChange(before=PLAIN, after=FAILED, incident=INCIDENT, timer=TIMER))
    again = replace(SUBSCRIPTION, id="s2")
    with pytest.raises(AlreadyExists):
        kept.commit(IntegrationChange(before=PLAIN, after=FAILED, incident=INCIDENT, subscription=again))
    assert kept.get(ACME, "i1") == PLAIN
    assert kept.incidents(ACME) == []


def test_s1_an_integration_is_its_tenants_alone(stores: Stores) -> None:
    stores.integrations.commit(IntegrationChange(before=None, after=FAILED, incident=INCIDENT))
    assert stores.integrations.get(OTHER, "i1") is None
    assert stores.integrations.all(OTHER) == []
    assert stores.integrations.incident(OTHER, "i1", "x1") is None
    assert stores.integrations.incidents(OTHER) == []
