"""Composition of appointments and reminders.

Each use case is made, and its modules are imported, with its first use; see `Storage`.
"""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from tocsin.bootstrap.queues import Queues
    from tocsin.bootstrap.storage import Storage
    from tocsin.reminders.application.act_on_appointments import ActOnAppointment
    from tocsin.reminders.application.manage_appointments import ManageAppointments
    from tocsin.reminders.application.remind import Remind
    from tocsin.reminders.application.write_appointment import WriteAppointment
    from tocsin.timers.application.run import Action
    from tocsin.timers.domain.timer import Timer
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


def remind_action(storage: Storage, queues: Queues, *, service: str, console: str) -> Action:
    """Return the action of REMINDER timers. Its modules are imported when the first one is due."""

    @cache
    def made() -> Remind:
        from tocsin.bootstrap.personal_notices import tell_people
        from tocsin.identity.application.account_clocks import AccountClocks
        from tocsin.reminders.application.remind import Remind

        clocks = AccountClocks(storage.tenants, storage.clock)
        return Remind(
            appointments=storage.appointments,
            directory=storage.directory,
            tell=tell_people(storage, queues, service=service, console=console),
            zone=lambda tenant: clocks.get(tenant).zone,
            console=console,
        )

    def remind(timer: Timer, now: datetime) -> None:
        made()(timer, now)

    return remind
