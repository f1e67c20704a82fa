"""Composition of appointments.

Each use case is made, and its modules are imported, with its first use; see `Storage`.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tocsin.bootstrap.storage import Storage
    from tocsin.reminders.application.act_on_appointments import ActOnAppointment
    from tocsin.reminders.application.manage_appointments import ManageAppointments
    from tocsin.reminders.application.write_appointment import WriteAppointment
    from tocsin.timers.ports import TimerQueue


class ReminderUseCases:
    """The use cases of appointments."""

    def __init__(self, storage: Storage, queue: TimerQueue) -> None:
        self._storage, self._queue = storage, queue

    @cached_property
    def manage(self) -> ManageAppointments:
        """Appointments for a caller."""
        from tocsin.reminders.application.manage_appointments import ManageAppointments

        storage = self._storage
        return ManageAppointments(
            appointments=storage.appointments,
            write=self._write,
            directory=storage.directory,
            clock=storage.clock,
            randomness=storage.randomness,
        )

    @cached_property
    def act(self) -> ActOnAppointment:
        """Appointments that events tell."""
        from tocsin.reminders.application.act_on_appointments import ActOnAppointment

        storage = self._storage
        return ActOnAppointment(
            appointments=storage.appointments, write=self._write, directory=storage.directory, clock=storage.clock
        )

    @cached_property
    def _write(self) -> WriteAppointment:
        from tocsin.reminders.application.write_appointment import WriteAppointment

        return WriteAppointment(self._storage.appointments, self._queue)
