"""Give what a person has to attend to another one, for example because the person leaves."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.audit.domain.entry import Thing
from tocsin.identity.application.audit_entry import audit_entry
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.user import User
from tocsin.kernel.ports import Clock, Randomness
from tocsin.reminders.application.manage_appointments import given, next_version
from tocsin.reminders.domain.appointment import AppointmentState, whole_milliseconds
from tocsin.reminders.domain.reminding import timer_changes
from tocsin.reminders.ports import AppointmentChange, AppointmentFilter, Appointments

_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class TransferAppointments:
    """Transfers the appointments of a person that have not begun. It may be repeated.

    Their reminders stay as they are. That they are theirs now is told by timers, which the sweeper finds.
    """

    appointments: Appointments
    clock: Clock
    randomness: Randomness

    def __call__(self, caller: Principal, user: User, to: User) -> None:
        """Do it, for a caller who may change both people. Raises StaleWrite: some are transferred; repeat it."""
        now = whole_milliseconds(self.clock())
        to_come = AppointmentFilter(user.id, since=now, state=AppointmentState.PLANNED)
        cursor: str | None = None
        while True:
            page = self.appointments.page(user.tenant, to_come, _AT_ONCE, cursor, now)
            for before in page.appointments:
                after = next_version(given(before, to.id, caller, now), now)
                entry = audit_entry(
                    caller,
                    "appointment.transferred",
                    Thing("appointment", after.id),
                    {"assignee": user.id},
                    {"assignee": to.id},
                    at=now,
                    randomness=self.randomness,
                )
                self.appointments.commit(AppointmentChange(before, after, timer_changes(before, after, now), entry))
            cursor = page.next
            if cursor is None:
                return
