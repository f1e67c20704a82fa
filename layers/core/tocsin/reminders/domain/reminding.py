"""When the person of an appointment is reminded of it, and when told that it is theirs.

made, assigned ──► told at once, unless one assigned it to oneself
1d, 1h, 15m, 1m before the start ──► reminded, if that time is not past when the appointment is made or moved

Every moment has a timer, whose subject is `<appointment>.<moment>`. A timer that is due says nothing by itself: its
time must still be that of the appointment as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin.kernel.domain.ids import TenantId
from tocsin.preferences.domain.settings import AppointmentMoment, Communication
from tocsin.reminders.domain.appointment import Appointment
from tocsin.timers.domain.timer import Timer, TimerKey, TimerKind

Switch = Communication | AppointmentMoment
"""A switch of a person's notification settings."""

OFFSETS: Mapping[AppointmentMoment, timedelta] = {
    AppointmentMoment.DAY: timedelta(days=1),
    AppointmentMoment.HOUR: timedelta(hours=1),
    AppointmentMoment.QUARTER: timedelta(minutes=15),
    AppointmentMoment.MINUTE: timedelta(minutes=1),
}
"""How long before the start; a day is 24 hours, also where the clocks change."""

WOKEN_BY: Mapping[AppointmentMoment, AppointmentMoment] = {AppointmentMoment.QUARTER: AppointmentMoment.MINUTE}
"""The reminder whose order an earlier one enqueues once more: the sweeper would find it only when the start is past."""

ASSIGNED = "assigned"
"""The moment at which an appointment became this person's."""

TOLD_WITHIN = timedelta(hours=1)
"""An older assignment is not told, for example after a telephone system was cut off."""


def reminder_times(appointment: Appointment, now: datetime) -> dict[AppointmentMoment, datetime]:
    """Return when reminders are due, earliest first; those whose time is past are omitted (UP-14)."""
    if not appointment.is_planned:
        return {}
    times = {moment: appointment.starts_at - before for moment, before in OFFSETS.items()}
    return {moment: at for moment, at in times.items() if at >= now}


def is_told_of_assignment(appointment: Appointment, now: datetime) -> bool:
    """Whether the assignee is told that the appointment is theirs."""
    return bool(appointment.is_planned and _switches(appointment) and now < _too_late_at(appointment))


@dataclass(frozen=True, slots=True)
class TimerChanges:
    """What a change of an appointment does to its timers.

    Attributes:
        armed: replace every earlier setting.
        dropped: are removed.
    """

    armed: Sequence[Timer] = ()
    dropped: Sequence[TimerKey] = ()


def timer_changes(before: Appointment | None, after: Appointment, now: datetime) -> TimerChanges:
    """Return what is written with a change (UP-15, UP-7). A timer that would stay as it is, is not written."""
    had = dict(reminder_times(before, now)) if before else {}
    has = reminder_times(after, now)
    armed = [_timer(after, moment, at) for moment, at in has.items() if had.get(moment) != at]
    dropped = [key_of(after.tenant, after.id, moment) for moment in had if moment not in has]
    newly = before is None or before.assigned_at != after.assigned_at or not before.is_planned
    if newly and is_told_of_assignment(after, now):
        armed.append(_timer(after, ASSIGNED, now))
    return TimerChanges(armed, dropped)


class DueKind(StrEnum):
    """What a due timer asks for."""

    ASSIGNMENT = "assignment"
    REMINDER = "reminder"


@dataclass(frozen=True, slots=True)
class DueNotice:
    """What the person is to be told now.

    Attributes:
        key: unique for (appointment, start, moment), so that a move reminds again and a repeat does not.
        at: the time that it is about.
        before: how long before the start; None = of an assignment.
        switches: one of these must be on.
        too_late_at: nothing is sent at or after this time.
    """

    key: str
    at: datetime
    before: timedelta | None
    switches: frozenset[Switch]
    too_late_at: datetime


def due_notice(appointment: Appointment | None, timer: Timer) -> DueNotice | None:
    """Return what a timer that is due tells; None = nothing: the appointment was moved, cancelled or removed."""
    if appointment is None or not appointment.is_planned:
        return None
    moment = timer.key.subject.rpartition(".")[2]
    if moment == ASSIGNED:
        switches = _switches(appointment)
        if not switches:
            return None
        key = f"{appointment.id}.{ASSIGNED}.{_milliseconds(appointment.assigned_at)}"
        return DueNotice(key, appointment.assigned_at, None, switches, _too_late_at(appointment))
    offset = AppointmentMoment(moment)
    if timer.due_at + OFFSETS[offset] != appointment.starts_at:
        return None
    key = f"{appointment.id}.{_milliseconds(appointment.starts_at)}.{moment}"
    return DueNotice(key, timer.due_at, OFFSETS[offset], frozenset({offset}), appointment.starts_at)


def woken_by(timer: Timer) -> TimerKey | None:
    """Return the reminder whose order is enqueued once more when this one is due; None = none."""
    id, _, moment = timer.key.subject.rpartition(".")
    woken = None if moment == ASSIGNED else WOKEN_BY.get(AppointmentMoment(moment))
    return None if woken is None else key_of(timer.key.tenant, id, woken)


def subject_of(subject: str) -> str:
    """Return the id of the appointment that a timer is about."""
    return subject.rpartition(".")[0]


def key_of(tenant: TenantId, id: str, moment: str) -> TimerKey:
    """Return the key of the timer of a moment."""
    return TimerKey(tenant, TimerKind.REMINDER, f"{id}.{moment}")


def all_keys(tenant: TenantId, id: str) -> list[TimerKey]:
    """Return the keys of all timers that an appointment may have."""
    return [key_of(tenant, id, moment) for moment in (*OFFSETS, ASSIGNED)]


def _switches(appointment: Appointment) -> frozenset[Switch]:
    """Return which switches tell the assignee that the appointment is theirs; none = the assignee knows it."""
    is_new = appointment.assigned_at == appointment.created_at
    if appointment.assigned_by == appointment.assignee:
        return frozenset({AppointmentMoment.CREATED}) if is_new else frozenset()
    assigned = Communication.APPOINTMENT
    return frozenset({AppointmentMoment.CREATED, assigned}) if is_new else frozenset({assigned})


def _too_late_at(appointment: Appointment) -> datetime:
    return min(appointment.starts_at, appointment.assigned_at + TOLD_WITHIN)


def _timer(appointment: Appointment, moment: str, at: datetime) -> Timer:
    """Return a timer whose generation is the appointment's version: it replaces every earlier setting."""
    return Timer(key_of(appointment.tenant, appointment.id, moment), appointment.version, at)


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
