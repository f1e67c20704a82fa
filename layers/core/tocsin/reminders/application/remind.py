"""The action of REMINDER timers: tell the assignee, if the appointment still is as it was when the timer was set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tocsin.directory.domain.things import Kind
from tocsin.directory.ports import Directory
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.console_link import console_link
from tocsin.kernel.domain.ids import TenantId
from tocsin.personal_notices.domain.notice import Addressee, NoticeKind, PersonalNotice
from tocsin.personal_notices.ports import TellPeople
from tocsin.reminders.domain.reminding import due_notice, subject_of, woken_by
from tocsin.reminders.domain.words import BECAUSE, words_of
from tocsin.reminders.ports import Appointments
from tocsin.timers.domain.timer import Timer, TimerKey
from tocsin.timers.ports import TimerQueue, Timers


@dataclass(frozen=True, slots=True, kw_only=True)
class Remind:
    """Reminds of appointments, and tells that one is the person's. Safe to repeat: a notice of a key is sent once.

    Attributes:
        zone: returns the time zone of an account.
        console: address of the console; "" = it is not known.
    """

    appointments: Appointments
    directory: Directory
    timers: Timers
    queue: TimerQueue
    tell: TellPeople
    zone: Callable[[TenantId], str]
    console: str = ""

    def __call__(self, timer: Timer, now: datetime) -> None:
        """Tell the person, as their settings of now say, or nothing. Raises StorageUnavailable."""
        tenant = timer.key.tenant
        appointment = self.appointments.get(tenant, subject_of(timer.key.subject), now)
        due = due_notice(appointment, timer)
        if appointment is None or due is None:
            return
        self._wake(woken_by(timer), now)
        person = self.directory.get(tenant, Kind.USER, appointment.assignee)
        if not isinstance(person, User):
            return
        words = words_of(appointment, due, person.zone or self.zone(tenant))
        self.tell(
            PersonalNotice(
                tenant=tenant,
                kind=NoticeKind.APPOINTMENT,
                key=due.key,
                at=due.at,
                subject=words.subject,
                line=words.line,
                fields=words.fields,
                url=console_link(self.console, f"appointments/{appointment.id}") or None,
                too_late_at=due.too_late_at,
                switches=due.switches,
            ),
            [Addressee(person.id, BECAUSE)],
        )

    def _wake(self, key: TimerKey | None, now: datetime) -> None:
        """Enqueue the order of a timer once more, in case the first one was lost."""
        woken = None if key is None else self.timers.get(key)
        if woken is not None:
            self.queue.enqueue([woken], now)
