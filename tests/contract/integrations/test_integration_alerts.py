"""What every IntegrationAlerts promises: no two are the same, and no writer overwrites another."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.contract.alert_path import ACME, NOON, OTHER, AlertPath
from tests.contract.integrations.test_integrations import entry
from tests.fakes.integrations import FakeIntegrationAlerts
from tests.fakes.sealer import FakeSealer
from tocsin.adapters.dynamodb.integrations.integration_alerts import DynamoDbIntegrationAlerts
from tocsin.integrations.domain.subscription import IntegrationAlert
from tocsin.integrations.ports import AlertChange, IntegrationAlerts
from tocsin.kernel.domain.errors import AlreadyExists, StaleWrite
from tocsin.kernel.domain.ids import CompanyId, UserId

NORTH, SOUTH = CompanyId("north"), CompanyId("south")
ALL = IntegrationAlert(tenant=ACME, id="s1", user=UserId("ana"), created_at=NOON, activating="HubSpot")
SOME = replace(ALL, id="s2", companies=frozenset({NORTH, SOUTH}), created_by=UserId("olivia"), activating="")
BENS = replace(SOME, id="s3", user=UserId("ben"))


@pytest.fixture
def alerts(world: AlertPath) -> IntegrationAlerts:
    if world.engine == "fake":
        return FakeIntegrationAlerts()
    return DynamoDbIntegrationAlerts(world.table, FakeSealer())


def write(alerts: IntegrationAlerts, before: IntegrationAlert | None, after: IntegrationAlert | None) -> None:
    alerts.commit(AlertChange(before, after, entry()))


def test_a_subscription_is_found_as_it_was_written_by_its_person_too(alerts: IntegrationAlerts) -> None:
    for each in (SOME, BENS, ALL):
        write(alerts, None, each)
    assert alerts.get(ACME, "s2") == SOME
    assert alerts.all(ACME) == [ALL, SOME, BENS]
    assert alerts.of_user(ACME, UserId("ana")) == [ALL, SOME]
    assert alerts.of_user(ACME, UserId("an")) == []
    assert alerts.get(OTHER, "s2") is None
    assert alerts.all(OTHER) == []


def test_ia_20_a_person_has_no_two_with_the_same_companies(alerts: IntegrationAlerts) -> None:
    write(alerts, None, SOME)
    write(alerts, None, ALL)
    for same in (replace(SOME, id="s9"), replace(ALL, id="s9")):
        with pytest.raises(AlreadyExists):
            write(alerts, None, same)
    with pytest.raises(AlreadyExists):
        write(alerts, SOME, replace(SOME, companies=None, version=2))
    assert alerts.all(ACME) == [ALL, SOME]


def test_companies_that_were_given_up_may_be_taken_again(alerts: IntegrationAlerts) -> None:
    write(alerts, None, SOME)
    narrower = replace(SOME, companies=frozenset({NORTH}), version=2)
    write(alerts, SOME, narrower)
    write(alerts, None, replace(SOME, id="s4"))
    write(alerts, narrower, None)
    write(alerts, None, replace(narrower, id="s5", version=1))
    assert [each.id for each in alerts.of_user(ACME, UserId("ana"))] == ["s4", "s5"]


def test_a_subscription_is_written_over_the_version_before_it_only(alerts: IntegrationAlerts) -> None:
    write(alerts, None, SOME)
    moved = replace(SOME, companies=frozenset({NORTH}), version=2)
    write(alerts, SOME, moved)
    with pytest.raises(StaleWrite):
        write(alerts, SOME, replace(SOME, companies=frozenset({SOUTH}), version=2))
    with pytest.raises(StaleWrite):
        write(alerts, SOME, None)
    with pytest.raises(StaleWrite):
        write(alerts, None, replace(SOME, companies=frozenset({SOUTH})))
    assert alerts.all(ACME) == [moved]


def test_when_a_person_was_mailed_is_noted_and_is_no_change(alerts: IntegrationAlerts) -> None:
    write(alerts, None, SOME)
    alerts.mark_sent(ACME, ["s2", "gone"], NOON)
    alerts.mark_sent(ACME, ["s2"], NOON)
    noted = replace(SOME, last_sent_at=NOON)
    assert alerts.all(ACME) == [noted]
    moved = replace(noted, companies=frozenset({NORTH}), version=2)
    write(alerts, SOME, moved)
    assert alerts.get(ACME, "s2") == moved
