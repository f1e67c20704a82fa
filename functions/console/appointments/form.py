"""The form of an appointment: a start as people write it, in the visitor's zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from console.visit import Form, Visit
from tocsin.calendar.domain.local_time import instant
from tocsin.entrypoint.appointment_body.appointments import fields_of
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.reminders.application.manage_appointments import AppointmentFields
from tocsin.reminders.domain.appointment import Appointment


@dataclass(frozen=True, slots=True)
class AppointmentForm:
    """What stands in the form."""

    title: str = ""
    starts_at: str = ""
    assignee: str = ""
    note: str = ""


def standing(appointment: Appointment, zone: str) -> AppointmentForm:
    """Return the form of an appointment as it is."""
    return AppointmentForm(
        appointment.title, local(appointment.starts_at, zone), appointment.assignee, appointment.note
    )


def typed(form: Form) -> AppointmentForm:
    """Return the form as it was typed."""
    return AppointmentForm(form.get("title"), form.get("starts_at"), form.get("assignee"), form.get("note"))


def local(at: datetime, zone: str) -> str:
    """Return a time as a field of a form has it."""
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")


def fields(visit: Visit, before: Appointment | None = None) -> AppointmentFields:
    """Return what the form says.

    An hour that the clocks repeat is the first one, unless the field stands as it was. One that they skip is the
    moment after it.

    Args:
        before: the appointment as it stands; None = it is a new one.

    Raises:
        InvalidRequest: with every fault.
    """
    form = typed(visit.form)
    body: dict[str, Any] = {"title": form.title, "note": form.note, "assignee": form.assignee or "me"}
    faults = []
    if before is not None and form.starts_at == local(before.starts_at, visit.zone):
        body["starts_at"] = wire_time(before.starts_at)
    else:
        try:
            wall = datetime.fromisoformat(form.starts_at).replace(tzinfo=None)
            body["starts_at"] = wire_time(instant(wall, ZoneInfo(visit.zone)))
        except (ValueError, OverflowError):
            faults.append(Fault("/starts_at", "WRONG_FORM", "Write a day and a time, like 2026-11-23 15:00."))
            body["starts_at"] = wire_time(visit.now)
    return _read(body, faults)


def _read(body: Mapping[str, Any], faults: list[Fault]) -> AppointmentFields:
    try:
        found = fields_of(body)
    except InvalidRequest as error:
        raise InvalidRequest([*faults, *error.faults]) from None
    if faults:
        raise InvalidRequest(faults)
    return found
