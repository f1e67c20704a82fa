"""Write an appointment with its timers, and wake the timers."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from tocsin.audit.domain.entry import AuditEntry
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.reminders.domain.appointment import Appointment
from tocsin.reminders.domain.reminding import timer_changes
from tocsin.reminders.ports import AppointmentChange, Appointments
from tocsin.timers.ports import TimerQueue

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WriteAppointment:
    """The one way in which appointments are written."""

    appointments: Appointments
    queue: TimerQueue

    def __call__(
        self, before: Appointment | None, after: Appointment, now: datetime, entry: AuditEntry | None = None
    ) -> None:
        """Write it. Raises StaleWrite: another writer was first.

        Orders of timers may be lost after the commit; then the sweeper finds the timers when they are due.
        """
        timers = timer_changes(before, after, now)
        self.appointments.commit(AppointmentChange(before, after, timers, entry))
        if not timers.armed:
            return
        try:
            self.queue.enqueue(timers.armed, now)
        except StorageUnavailable:
            _log.warning("reminders_not_enqueued", extra={"tenant": after.tenant, "appointment": after.id})
