"""An appointment of a person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from tocsin.kernel.domain.ids import TenantId, UserId

_MILLISECOND = timedelta(milliseconds=1)

APPOINTMENT_KEPT = timedelta(days=30)
"""How long an appointment can be read after it began, was cancelled or was changed last."""

FIRST_START, LAST_START = datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""No appointment begins before the first, or at the last or later."""

UNASSIGNED = UserId("")
"""Stands for an assignee whom the directory does not know, or of whom no event has told yet."""


class AppointmentState(StrEnum):
    """Whether it takes place; the values are words of the API."""

    PLANNED = "planned"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """An appointment.

    Attributes:
        id: lower-case letters and digits; one that an event made has the same id for every event about it.
        title: one line, up to 200 characters. Personal data.
        starts_at: aware UTC time in whole milliseconds.
        assignee: whose appointment it is; UNASSIGNED: it is in no list.
        assigned_at, assigned_by: when, and by whom; by None = an event or an API key.
        created_at: of one that an event made: the time of the event.
        changed_at: when it was written last.
        by: who made it; None = an event or an API key.
        source, external_id: of the event that made it; both None if a person did.
        newest: of the change that was applied last, of one that an event made; older changes change nothing.
        version: each change adds one.
    """

    tenant: TenantId
    id: str
    title: str
    starts_at: datetime
    assignee: UserId
    assigned_at: datetime
    created_at: datetime
    changed_at: datetime
    assigned_by: UserId | None = None
    by: UserId | None = None
    note: str = ""
    source: str | None = None
    external_id: str | None = None
    newest: str = ""
    state: AppointmentState = AppointmentState.PLANNED
    cancelled_at: datetime | None = None
    version: int = 1

    @property
    def is_planned(self) -> bool:
        """Whether it takes place, for a person whom the directory knows."""
        return self.state is AppointmentState.PLANNED and self.assignee != UNASSIGNED

    def given_to(self, assignee: UserId, at: datetime, by: UserId | None) -> Appointment:
        """Return the appointment as another person's; each assignment has a time of its own."""
        first = self.assignee == UNASSIGNED and self.assigned_at == self.created_at
        at = at if first else max(at, self.assigned_at + _MILLISECOND)
        return replace(self, assignee=assignee, assigned_at=at, assigned_by=by)

    @property
    def kept_until(self) -> datetime:
        """When it is removed."""
        ends = self.cancelled_at or max(self.starts_at, self.changed_at)
        return ends + APPOINTMENT_KEPT


def start_of(at: datetime) -> datetime | None:
    """Return a time as a start: UTC, cut to whole milliseconds. None: it is before 1970, or after 2099."""
    start = whole_milliseconds(at.astimezone(UTC))
    return start if FIRST_START <= start < LAST_START else None


def whole_milliseconds(at: datetime) -> datetime:
    """Return a time as rows keep it: without the microseconds."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
