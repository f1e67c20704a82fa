"""Events about appointments: late, twice and in any order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.time import NOON
from tests.unit.reminders.appointment_world import ACME, ANA, BEN, HOUR, MINUTE
from tocsin.kernel.domain.ids import UserId
from tocsin.reminders.domain.appointment import UNASSIGNED, Appointment, AppointmentState
from tocsin.reminders.domain.reports import AppointmentReport, applied, place_of_change

NOW = NOON + HOUR


def a_report(verb: str = "created", after: timedelta = timedelta(0), **fields: Any) -> AppointmentReport:
    known: dict[str, Any] = {"title": "Fire drill", "starts_at": NOON + 9 * HOUR, "assignee": ANA}
    return AppointmentReport(
        tenant=ACME, type=f"appointment.{verb}", name=f"{verb}{after}", at=NOON + after, source="crm",
        external_id="7", **known | fields,
    )  # fmt: skip


def after_all(*reports: AppointmentReport) -> Appointment:
    """Return the appointment after reports in this order."""
    appointment: Appointment | None = None
    for report in reports:
        appointment = applied(appointment, report, NOW) or appointment
    assert appointment is not None
    return appointment


def seen(appointment: Appointment) -> tuple[object, ...]:
    """Return what does not hang on how often it was written."""
    return appointment.title, appointment.starts_at, appointment.assignee, appointment.state, appointment.newest


def test_an_event_makes_the_appointment_and_a_repeat_changes_nothing() -> None:
    made = after_all(a_report())
    assert (made.title, made.assignee, made.created_at, made.by) == ("Fire drill", ANA, NOON, None)
    assert made.assigned_at == made.created_at
    assert applied(made, a_report(), NOW) is None
    assert (made.source, made.external_id, len(made.id)) == ("crm", "7", 32)


def test_the_newest_counts_whatever_came_first() -> None:
    reports = [
        a_report(),
        a_report("updated", MINUTE, starts_at=NOON + 5 * HOUR),
        a_report("assigned", 2 * MINUTE, assignee=BEN, starts_at=NOON + 5 * HOUR),
    ]
    assert len({seen(after_all(*order)) for order in permutations(reports)}) == 1
    assert after_all(*reversed(reports)).assignee == BEN


def test_a_cancellation_that_comes_first_is_not_revived() -> None:
    gone = a_report("cancelled", MINUTE, title=None, starts_at=None, assignee=UNASSIGNED)
    for order in permutations([gone, a_report()]):
        appointment = after_all(*order)
        assert (appointment.state, appointment.title) == (AppointmentState.CANCELLED, "Fire drill")
        assert appointment.assignee == ANA
    again = after_all(gone, a_report(), a_report("updated", 2 * MINUTE))
    assert (again.state, again.cancelled_at) == (AppointmentState.PLANNED, None)


def test_up_7_an_assignment_to_the_same_person_is_no_new_one() -> None:
    made = after_all(a_report(), a_report("assigned", MINUTE))
    assert made.assigned_at == NOON
    given_away = after_all(a_report(), a_report("assigned", MINUTE, assignee=BEN))
    assert (given_away.assigned_at, given_away.assigned_by) == (NOON + MINUTE, None)


def test_an_unknown_person_leaves_the_appointment_with_the_one_before() -> None:
    assert after_all(a_report(), a_report("assigned", MINUTE, assignee=UNASSIGNED)).assignee == ANA


def test_what_a_person_changed_later_stands_against_an_older_event() -> None:
    changed = replace(after_all(a_report()), title="Moved by Ana", newest=place_of_change(NOON + HOUR), version=2)
    assert applied(changed, a_report("updated", MINUTE), NOW) is None
    assert applied(changed, a_report("updated", 2 * HOUR), NOW) is not None


verbs = st.sampled_from(["created", "updated", "assigned", "cancelled"])
some_reports = st.lists(
    st.builds(
        lambda verb, at, hours, who: a_report(verb, at * MINUTE, starts_at=NOON + hours * HOUR, assignee=UserId(who)),
        verbs, st.integers(0, 3), st.integers(2, 4), st.sampled_from(["ana", "ben"]),
    ),
    min_size=1, max_size=5, unique_by=lambda report: report.place,
)  # fmt: skip


@given(some_reports, st.randoms(use_true_random=False), st.integers(1, 2))
def test_any_order_with_repeats_ends_in_the_same_appointment(
    reports: list[AppointmentReport], chance: Any, times: int
) -> None:
    mixed = reports * times
    chance.shuffle(mixed)
    assert seen(after_all(*mixed)) == seen(after_all(*sorted(reports, key=lambda report: report.place)))
