"""Appointments as clients write and read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, NotRequired

from pydantic import AfterValidator, ConfigDict, Field, with_config
from typing_extensions import TypedDict

from tocsin.directory.domain.versions import merged
from tocsin.entrypoint.alert_body.words import PRINTABLE, Form
from tocsin.entrypoint.directory_body.shapes import Label, Name
from tocsin.entrypoint.http.resource_body import ResourceBody
from tocsin.entrypoint.http.wire import mistake, read
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.reminders.application.manage_appointments import AppointmentFields
from tocsin.reminders.domain.appointment import Appointment, AppointmentState, start_of
from tocsin.reminders.domain.reminding import OFFSETS
from tocsin.telephony.domain.event_data.shapes import instant

_EXACT = with_config(ConfigDict(extra="forbid"))

MomentWord = Literal["1d", "1h", "15m", "1m"]


def _start(text: str) -> str:
    at = instant(text)
    if at is None:
        mistake("WRONG_FORM", "must be a time with its offset (RFC 3339), like 2026-11-21T10:00:00+01:00")
    if start_of(at) is None:
        mistake("OUT_OF_RANGE", "must be a time from 1970 to 2099")
    return text


class AppointmentBody(ResourceBody):
    """An appointment."""

    title: Annotated[Name, Field(description="what it is; one line")]
    starts_at: Annotated[
        str, AfterValidator(_start), Field(description="RFC 3339, with its offset; the past is allowed: no reminders")
    ]
    assignee: Annotated[
        str, Field(min_length=1, max_length=64), Form(PRINTABLE, "be an id"),
        Field(description="id of the person whose appointment it is; `me`, the default: the caller"),
    ] = "me"  # fmt: skip
    note: Annotated[Label, Field(description="one line; reminders say it too")] = ""


def fields_of(raw: Mapping[str, Any]) -> AppointmentFields:
    """Return what a body says. Raises InvalidRequest with every fault."""
    body = read(AppointmentBody, raw)
    at = instant(body.starts_at)
    start = None if at is None else start_of(at)
    assert start is not None
    return AppointmentFields(body.title, start, None if body.assignee == "me" else body.assignee, body.note)


def fields_after(appointment: Appointment, patch: Mapping[str, Any]) -> AppointmentFields:
    """Return what an appointment is after a merge patch. Raises InvalidRequest with every fault."""
    settable = {
        "title": appointment.title,
        "starts_at": wire_time(appointment.starts_at),
        "assignee": appointment.assignee,
        "note": appointment.note,
    }
    return fields_of(merged(settable, patch))


def appointment_shown(appointment: Appointment, now: datetime) -> dict[str, Any]:
    """Return an appointment as answers show it."""
    cancelled = appointment.state is AppointmentState.CANCELLED
    return {
        "id": appointment.id,
        "title": appointment.title,
        "starts_at": wire_time(appointment.starts_at),
        "assignee": appointment.assignee,
        "note": appointment.note,
        "state": appointment.state.value,
        "reminders": [] if cancelled else [
            {"moment": moment.value, "at": wire_time(at), "past": at < now}
            for moment, at in ((moment, appointment.starts_at - before) for moment, before in OFFSETS.items())
        ],
        "created_by": appointment.by,
        "created_at": wire_time(appointment.created_at),
        "cancelled_at": None if appointment.cancelled_at is None else wire_time(appointment.cancelled_at),
        "source": appointment.source,
        "external_id": appointment.external_id,
        "version": appointment.version,
    }  # fmt: skip


@with_config(ConfigDict(extra="allow"))
class AppointmentPatch(TypedDict):
    """A JSON merge patch (RFC 7396) of an appointment: null takes a field back to its default."""

    title: NotRequired[str]
    starts_at: NotRequired[str]
    assignee: NotRequired[str | None]
    note: NotRequired[str | None]


@_EXACT
class ReminderResource(TypedDict):
    """A reminder: sent at its time, if the person then has this moment on."""

    moment: MomentWord
    at: Annotated[str, Field(description="when it is due")]
    past: Annotated[bool, Field(description="it was sent at its time, or it was past already: nothing is sent late")]


@_EXACT
class AppointmentResource(TypedDict):
    """An appointment."""

    id: Annotated[str, Field(description="its id, for ever")]
    title: str
    starts_at: str
    assignee: Annotated[str, Field(description="id of the person whose appointment it is")]
    note: str
    state: Literal["planned", "cancelled"]
    reminders: Annotated[list[ReminderResource], Field(description="none of one that is cancelled")]
    created_by: Annotated[str | None, Field(description="id of the person who made it; null: an event or an API key")]
    created_at: str
    cancelled_at: str | None
    source: Annotated[str | None, Field(description="of the event that made it; null: a person or an API key did")]
    external_id: Annotated[str | None, Field(description="its id in that source")]
    version: Annotated[int, Field(description="grows with each change; `ETag` holds it")]


@_EXACT
class AppointmentList(TypedDict):
    """Appointments of one person by their start. A page may be short, or empty, with a `next_cursor`."""

    items: list[AppointmentResource]
    next_cursor: str | None
