"""What reminders say. A reminder may be held by quiet hours, so it says how long before it was due, not how soon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.calendar.domain.time_zone import wall_clock
from tocsin.reminders.domain.appointment import Appointment
from tocsin.reminders.domain.reminding import DueNotice

BECAUSE = "it is your appointment"
"""The end of the sentence "You get this because …"."""

_BEFORE = {
    timedelta(days=1): "1 day",
    timedelta(hours=1): "1 hour",
    timedelta(minutes=15): "15 minutes",
    timedelta(minutes=1): "1 minute",
}


@dataclass(frozen=True, slots=True)
class ReminderWords:
    """The words of a notice; see PersonalNotice."""

    subject: str
    line: str
    fields: tuple[tuple[str, str | datetime], ...]


def words_of(appointment: Appointment, due: DueNotice, zone: str) -> ReminderWords:
    """Return what the person is told.

    Args:
        zone: in which the person reads times.
    """
    start = start_in(appointment.starts_at, zone)
    fields: list[tuple[str, str | datetime]] = [("Appointment", appointment.title), ("Starts", appointment.starts_at)]
    if appointment.note:
        fields.append(("Note", appointment.note))
    if due.before is not None:
        what = f"Reminder, {_BEFORE[due.before]} before"
    elif appointment.assigned_by == appointment.assignee:
        what = "You have made an appointment"
    else:
        what = "You have a new appointment"
    return ReminderWords(f"{what}: {appointment.title}", f"{what}: {start}, {appointment.title}", tuple(fields))


def start_in(at: datetime, zone: str) -> str:
    """Return a start as people write it, for example `Mon 23 Nov 2026, 15:00 GMT`."""
    local = wall_clock(at, zone)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M %Z}"
