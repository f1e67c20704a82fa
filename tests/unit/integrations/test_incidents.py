"""IA-1 to IA-10, IA-16 to IA-19 and IA-24: reports, mails and reminders on a calendar."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.scenarios.integration_world import IntegrationWorld
from tests.unit.integrations.people import (
    ACME,
    ACTIVE,
    ADA,
    DAY,
    DISABLED,
    FAILED,
    HOUR,
    HUB,
    MAX,
    MIA,
    NOON,
    NORTH,
    PENDING,
    RITA,
    SOUTH,
    WES,
    subscribed,
    with_role,
)
from tocsin.integrations.domain.integration import IntegrationStatus
from tocsin.integrations.ports import IntegrationChange
from tocsin.kernel.domain.ids import UserId

TOLD, WEEK_1, WEEK_2, WEEK_3 = ("told", DAY * 0), ("day_7", 7 * DAY), ("day_14", 14 * DAY), ("day_21", 21 * DAY)
LEAST = timedelta(milliseconds=1)


@pytest.fixture
def world() -> IntegrationWorld:
    world = IntegrationWorld()
    world.subscribe(subscribed(ADA), subscribed(MAX), subscribed(WES))
    return world


def to(world: IntegrationWorld, n: int = -1) -> tuple[UserId, ...]:
    return tuple(list(world.mails.values())[n].to)


def test_ia_01_a_failure_is_mailed_at_once_to_everybody_whose_subscription_covers_the_company(
    world: IntegrationWorld,
) -> None:
    world.report(FAILED, reason="the token has expired")
    assert world.told == [TOLD]
    mail = next(iter(world.mails.values()))
    assert mail.to == ("ada", "max")
    assert mail.subject == "Integration HubSpot does not work"
    for said in ("2026-11-21 12:00 UTC", "the token has expired", "North", "2026-11-28 12:00 UTC", "/integrations/hub"):
        assert said in mail.text
    assert all(len(line) <= 78 for line in mail.text.splitlines() if "://" not in line)


def test_ia_02_pending_is_mailed_after_more_than_24_hours(world: IntegrationWorld) -> None:
    world.report(PENDING)
    world.pass_time(DAY)
    assert world.told == []
    world.pass_time(LEAST)
    assert world.told == [("told", DAY + LEAST)]
    assert "is pending" in next(iter(world.mails.values())).subject


def test_ia_03_pending_that_ends_within_24_hours_is_never_mailed(world: IntegrationWorld) -> None:
    world.report(PENDING)
    world.pass_time(timedelta(hours=23, minutes=59))
    world.report(ACTIVE)
    world.pass_time(40 * DAY)
    assert world.told == []
    assert world.timers.rows == {}


def test_ia_04_reminders_come_on_day_7_14_and_21_and_no_more(world: IntegrationWorld) -> None:
    world.report(FAILED)
    world.pass_time(60 * DAY)
    assert world.told == [TOLD, WEEK_1, WEEK_2, WEEK_3]
    assert "last reminder" in list(world.mails.values())[-1].text
    assert world.timers.rows == {}


@pytest.mark.parametrize("status", [ACTIVE, DISABLED])
def test_ia_05_a_reset_ends_the_reminders(world: IntegrationWorld, status: IntegrationStatus) -> None:
    world.report(FAILED)
    world.pass_time(8 * DAY)
    world.report(status)
    world.pass_time(30 * DAY)
    assert world.told == [TOLD, WEEK_1]
    [incident] = world.integrations.incidents(ACME)
    assert incident.ended_at == NOON + 8 * DAY


def test_ia_06_a_new_failure_after_a_recovery_is_a_new_incident(world: IntegrationWorld) -> None:
    world.report(FAILED)
    world.pass_time(8 * DAY)
    world.report(ACTIVE)
    world.pass_time(DAY)
    world.report(FAILED)
    world.pass_time(30 * DAY)
    again = [(stage, 9 * DAY + after) for stage, after in (TOLD, WEEK_1, WEEK_2, WEEK_3)]
    assert world.told == [TOLD, WEEK_1, *again]


def test_ia_07_failed_and_pending_are_one_incident_with_one_clock(world: IntegrationWorld) -> None:
    world.report(FAILED)
    world.pass_time(3 * DAY)
    world.report(PENDING)
    world.pass_time(3 * DAY)
    world.report(FAILED)
    world.pass_time(30 * DAY)
    assert world.told == [TOLD, WEEK_1, WEEK_2, WEEK_3]


def test_ia_07_pending_that_fails_is_mailed_then_and_counts_from_the_first_entry(world: IntegrationWorld) -> None:
    world.report(PENDING)
    world.pass_time(2 * HOUR)
    world.report(FAILED)
    world.pass_time(8 * DAY)
    assert world.told == [("told", 2 * HOUR), WEEK_1]


def test_ia_08_a_repeated_failure_is_not_mailed_again(world: IntegrationWorld) -> None:
    for _ in range(3):
        world.report(FAILED)
        world.pass_time(HOUR)
    assert world.told == [TOLD]


def test_ia_09_who_is_reminded_is_decided_then(world: IntegrationWorld) -> None:
    world.report(FAILED)
    world.pass_time(3 * DAY)
    world.drop(subscribed(ADA))
    world.subscribe(subscribed(MIA))
    world.pass_time(4 * DAY)
    assert [to(world, 0), to(world, 1)] == [("ada", "max"), ("max", "mia")]
    world.change_person(MAX, with_role(MAX, "reporting", NORTH))
    world.pass_time(7 * DAY)
    assert to(world, 2) == ("mia",)


def test_ia_10_a_mail_names_people_and_no_address_so_the_address_is_that_of_the_moment(world: IntegrationWorld) -> None:
    world.report(FAILED)
    assert all("@" not in user for user in to(world))


def test_a_stage_without_anybody_to_tell_is_over_and_later_ones_reach_who_is_there_then() -> None:
    world = IntegrationWorld()
    world.report(FAILED)
    world.subscribe(subscribed(ADA))
    world.pass_time(6 * DAY)
    assert world.told == []
    world.pass_time(2 * DAY)
    assert world.told == [WEEK_1]


def test_ia_16_an_activation_subscribes_who_activates_to_all_companies() -> None:
    world = IntegrationWorld()
    world.report(ACTIVE, by=MIA)
    [made] = world.alerts.all(ACME)
    assert (made.user, made.companies, made.created_by, made.activating) == ("mia", None, "mia", "HubSpot")
    world.report(DISABLED)
    world.report(ACTIVE, by=MIA)
    assert world.alerts.all(ACME) == [made]


def test_ia_16_any_subscription_counts_as_one() -> None:
    world = IntegrationWorld()
    world.subscribe(subscribed(MIA, frozenset({SOUTH})))
    world.report(ACTIVE, by=MIA)
    assert len(world.alerts.all(ACME)) == 1


def test_ia_17_who_deleted_it_gets_it_again_with_the_next_activation() -> None:
    world = IntegrationWorld()
    world.report(ACTIVE, by=ADA)
    world.drop(world.alerts.all(ACME)[0])
    world.integrations.commit(IntegrationChange(before=None, after=replace(HUB, id="second", name="Second")))
    from tocsin.integrations.application.report_status import Reporter
    from tocsin.integrations.domain.report import StatusReport

    world.report_status(ACME, "second", StatusReport(ACTIVE, "", NOON), Reporter(user=ADA))
    assert [each.activating for each in world.alerts.all(ACME)] == ["Second"]


def test_ia_18_an_activation_by_who_may_not_receive_by_a_key_or_an_event_subscribes_none() -> None:
    world = IntegrationWorld()
    world.report(ACTIVE, by=RITA)
    world.report(DISABLED)
    world.report(ACTIVE)
    assert world.alerts.all(ACME) == []


def test_ia_19_a_reset_is_an_activation_only_after_disabled() -> None:
    world = IntegrationWorld()
    world.report(ACTIVE)
    world.report(FAILED)
    world.report(ACTIVE, by=ADA)
    assert world.alerts.all(ACME) == []
    world.report(DISABLED)
    world.report(PENDING)
    world.report(ACTIVE, by=ADA)
    assert [each.user for each in world.alerts.all(ACME)] == ["ada"]


def test_ia_20_a_person_is_mailed_once_a_stage_whatever_their_subscriptions(world: IntegrationWorld) -> None:
    world.subscribe(subscribed(MAX, frozenset({NORTH}), "second"))
    world.wanting = {ADA.id}
    world.report(FAILED)
    assert to(world) == ("ada", "max")
    assert {each.id for each in world.alerts.all(ACME) if each.last_sent_at == NOON} == {"s-ada", "s-max", "second"}


def test_decided_6_2_only_the_time_orders_reports_and_an_older_one_changes_nothing(world: IntegrationWorld) -> None:
    world.pass_time(HOUR)
    stands = world.report(ACTIVE)
    assert world.report(FAILED, at=NOON) == stands
    assert world.told == []


def test_decided_6_2_a_failure_counts_from_its_report_and_72_hours_back_at_most(world: IntegrationWorld) -> None:
    assert world.report(FAILED, at=NOON - 2 * DAY).since == NOON - 2 * DAY
    world.pass_time(5 * DAY)
    assert world.told == [TOLD, ("day_7", 5 * DAY)]
    other = IntegrationWorld()
    assert other.report(FAILED, at=NOON - 9 * DAY).since == NOON - 3 * DAY
    assert other.report(ACTIVE, at=NOON + DAY).since == NOON  # a clock that is ahead


def test_decided_6_2_pending_that_began_long_ago_is_mailed_at_once(world: IntegrationWorld) -> None:
    world.report(PENDING, at=NOON - 30 * HOUR)
    assert world.told == [TOLD]


def test_decided_6_2_after_an_outage_only_the_latest_stage_is_told(world: IntegrationWorld) -> None:
    world.report(PENDING)
    world.clock.advance(15 * DAY)
    world.run_due()
    world.pass_time(30 * DAY)
    assert world.told == [("day_14", 15 * DAY), WEEK_3]


def test_ia_24_a_deleted_integration_is_not_reminded_of(world: IntegrationWorld) -> None:
    from tests.unit.integrations.test_manage_integrations import caller

    world.report(FAILED)
    world.manage.delete(caller(ADA), HUB.id, lambda integration: None)
    world.pass_time(30 * DAY)
    assert world.told == [TOLD]
    assert [incident.ended_at for incident in world.integrations.incidents(ACME)] == [NOON]


# --- on the event bus ---------------------------------------------------------------------------------------------


def test_events_2_8_an_incident_is_on_the_bus_from_its_opening_to_its_end(world: IntegrationWorld) -> None:
    world.wants_bus = True
    world.report(PENDING)
    world.pass_time(2 * DAY)
    world.report(FAILED, reason="The token has expired")
    world.report(FAILED, reason="The token has expired")
    world.pass_time(6 * DAY)
    world.report(ACTIVE)
    assert world.on_bus == [
        ("opened", None), ("stage", "told"), ("failed", None), ("stage", "day_7"), ("closed", None),
    ]  # fmt: skip
    assert world.bus_orders == [each.key.event_id for each in world.integrations.owed]
    [incident] = world.integrations.incidents(ACME)
    day_7 = world.integrations.owed[3]
    assert day_7.bus is not None
    assert (day_7.bus.at, day_7.bus.resource) == (NOON + 7 * DAY, f"tocsin:{ACME}:incident/{incident.id}")
    assert json.loads(day_7.body) == {
        "eventId": day_7.key.event_id,
        "tenant": ACME,
        "whence": "2026-11-28T12:00:00.000Z",
        "incident": {
            "id": incident.id, "since": "2026-11-21T12:00:00.000Z", "failed": True, "stage": "day_7", "endedAt": None,
        },
        "integration": {
            "id": "hub", "name": HUB.name, "kind": HUB.kind, "company": HUB.company, "status": "failed",
            "reason": "The token has expired", "deleted": False,
        },
    }  # fmt: skip
    closed = json.loads(world.integrations.owed[4].body)
    assert (closed["incident"]["endedAt"], closed["integration"]["status"]) == ("2026-11-29T12:00:00.000Z", "active")


def test_events_2_8_an_account_that_does_not_ask_has_no_incident_on_the_bus(world: IntegrationWorld) -> None:
    world.report(FAILED)
    world.pass_time(30 * DAY)
    world.report(ACTIVE)
    assert (world.on_bus, world.bus_orders) == ([], [])


def test_events_2_8_the_end_of_a_deleted_integration_is_on_the_bus_too(world: IntegrationWorld) -> None:
    from tests.unit.integrations.test_manage_integrations import caller

    world.wants_bus = True
    world.report(FAILED)
    world.manage.delete(caller(ADA), HUB.id, lambda integration: None)
    assert world.on_bus == [("opened", None), ("stage", "told"), ("closed", None)]
    assert json.loads(world.integrations.owed[-1].body)["integration"]["deleted"] is True
    assert len(world.bus_orders) == 3
