"""Port of appointments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from tocsin.audit.domain.entry import AuditEntry
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.reminders.domain.appointment import Appointment, AppointmentState
from tocsin.reminders.domain.reminding import TimerChanges


@dataclass(frozen=True, slots=True)
class AppointmentFilter:
    """Whose appointments a list has, and which.

    Attributes:
        since, until: of the start; `since` is included, `until` is not. None = no limit.
        state: None = both.
        latest_first: the order of the list is reversed.
    """

    assignee: UserId
    since: datetime | None = None
    until: datetime | None = None
    state: AppointmentState | None = None
    latest_first: bool = False


@dataclass(frozen=True, slots=True)
class AppointmentPage:
    """Appointments by their start. A filtered page may be short. `next` is opaque, None on the last page."""

    appointments: Sequence[Appointment]
    next: str | None


@dataclass(frozen=True, slots=True)
class AppointmentChange:
    """One appointment to write with its timers: over the version of `before`; None = it is new.

    Attributes:
        entry: of the audit trail, written with it; None = an event changes it.
    """

    before: Appointment | None
    after: Appointment
    timers: TimerChanges = field(default_factory=TimerChanges)
    entry: AuditEntry | None = None


class Appointments(Protocol):
    """The appointments of people."""

    def get(self, tenant: TenantId, id: str, now: datetime) -> Appointment | None:
        """Return an appointment, strongly consistent; None = there is none, or it is not kept any more."""
        ...

    def commit(self, change: AppointmentChange) -> None:
        """Write an appointment with its timers and its entry in the audit trail, or nothing.

        Raises:
            StaleWrite: another writer was first: it is not in the version of `before`, or a new one is there.
        """
        ...

    def page(
        self, tenant: TenantId, filter: AppointmentFilter, limit: int, cursor: str | None, now: datetime
    ) -> AppointmentPage:
        """Return a page of the appointments of a person. What was written just now may be missing.

        Raises:
            InvalidRequest: the cursor is of another list.
        """
        ...

    def forget(self, tenant: TenantId, user: UserId) -> None:
        """Remove all appointments of a person, with their timers, in whatever version they are. Safe to repeat."""
        ...
