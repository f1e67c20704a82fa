"""IA-22 when a worker dies between the change of a role and its subscriptions: none of them ever counts again."""

from __future__ import annotations

from tests.scenarios.integration_world import IntegrationWorld
from tests.unit.integrations.people import ACME, ADA, FAILED, MIA, NORTH, SOUTH, subscribed, with_role
from tests.unit.integrations.test_manage_integrations import caller


def test_ia_22_what_a_dead_worker_left_is_not_shown_and_is_dropped_before_it_could_count() -> None:
    world = IntegrationWorld()
    world.subscribe(subscribed(MIA))
    reporting = with_role(MIA, "reporting")
    world.alerts.outage.failing = 1
    world.change_person(MIA, reporting)
    assert len(world.alerts.kept) == 1
    assert world.manage_alerts.list(caller(ADA)) == []
    world.report(FAILED)
    assert world.mails == {}

    world.change_person(reporting, with_role(reporting, "manager", NORTH))
    assert world.alerts.kept == {}


def test_ia_22_the_entry_says_who_changed_the_person() -> None:
    world = IntegrationWorld()
    world.subscribe(subscribed(MIA, frozenset({SOUTH})), subscribed(MIA, None, "s2"))
    world.change_person(MIA, None)
    assert world.alerts.all(ACME) == []
    actions = [entry.action for entry in world.trail.entries.values()]
    assert actions == ["user.updated", "integration_alert.deleted", "integration_alert.deleted"]
