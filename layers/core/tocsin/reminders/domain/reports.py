"""What an event says of an appointment, and the appointment after it.

Events come late, twice and in any order: the newest by the time at which it happened counts, whatever came first. A
cancellation that comes before everything else is kept, so that the rest cannot revive the appointment.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.reminders.domain.appointment import FIRST_START, UNASSIGNED, Appointment, AppointmentState

_PREFIX = "appointment."
_RANKS = {f"{_PREFIX}{word}": rank for rank, word in enumerate(("created", "updated", "assigned", "cancelled"))}
"""Of events of the same time, the one with the higher rank counts."""

_BY_A_PERSON = 9


def is_about_appointments(type: str) -> bool:
    """Whether events of a type change appointments."""
    return type in _RANKS


def appointment_id(source: str, external_id: str) -> str:
    """Return the id of the appointment that a source knows by an id: 32 hex digits."""
    named = f"appointment\0{source}\0{external_id}"
    return hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def place_of_change(at: datetime, rank: int = _BY_A_PERSON, name: str = "") -> str:
    """Return what sorts changes by their time: the greatest is the newest."""
    return f"{int(at.timestamp() * 1000):015}#{rank}#{name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentReport:
    """An event about an appointment.

    Attributes:
        type, name: of the event.
        at: when it happened.
        title, starts_at: None = the event does not say, which only a cancellation may.
        assignee: UNASSIGNED = the event does not say, or the directory does not know the person.
    """

    tenant: TenantId
    type: str
    name: str
    at: datetime
    source: str
    external_id: str
    title: str | None = None
    starts_at: datetime | None = None
    assignee: UserId = UNASSIGNED

    @property
    def id(self) -> str:
        """Of the appointment."""
        return appointment_id(self.source, self.external_id)

    @property
    def place(self) -> str:
        """Sorts the changes of an appointment."""
        return place_of_change(self.at, _RANKS[self.type], self.name)


def applied(before: Appointment | None, report: AppointmentReport, now: datetime) -> Appointment | None:
    """Return an appointment in its next version after a report; None = nothing changes.

    Args:
        before: as it stands; None = there is none.
    """
    if before is None:
        return _reported(_unknown(report, now), report, now)
    after = replace(before, version=before.version + 1, changed_at=now)
    if before.newest < report.place:
        return _reported(after, report, now)
    if not before.title and report.title is not None:  # only its cancellation came so far
        return _with_details(after, report)
    return None


def _reported(appointment: Appointment, report: AppointmentReport, now: datetime) -> Appointment:
    after = replace(_with_details(appointment, report), newest=report.place)
    if report.type != f"{_PREFIX}cancelled":
        return replace(after, state=AppointmentState.PLANNED, cancelled_at=None)
    if after.state is AppointmentState.CANCELLED:
        return after
    return replace(after, state=AppointmentState.CANCELLED, cancelled_at=now)


def _with_details(appointment: Appointment, report: AppointmentReport) -> Appointment:
    if report.title is not None:
        appointment = replace(appointment, title=report.title)
    if report.starts_at is not None:
        appointment = replace(appointment, starts_at=report.starts_at)
    if report.assignee in (UNASSIGNED, appointment.assignee):
        return appointment
    return appointment.given_to(report.assignee, report.at, None)


def _unknown(report: AppointmentReport, now: datetime) -> Appointment:
    """Return an appointment of which only its id is known."""
    return Appointment(
        tenant=report.tenant,
        id=report.id,
        title="",
        starts_at=report.starts_at or FIRST_START,
        assignee=UNASSIGNED,
        assigned_at=report.at,
        created_at=report.at,
        changed_at=now,
        source=report.source,
        external_id=report.external_id,
    )
