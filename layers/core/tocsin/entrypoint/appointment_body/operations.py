"""The operations of appointments."""

from __future__ import annotations

from typing import Any

from tocsin.entrypoint.alert_body.limits import PAGE_ITEMS
from tocsin.entrypoint.appointment_body import appointments as shapes
from tocsin.entrypoint.http.operation import ACT_ERRORS, EDIT_ERRORS, RESOURCE_ERRORS, Operation, QueryParameter

_TAGS = ("Appointments",)
_TIME = {"type": "string", "format": "date-time"}
_WHO = (
    "Everybody has their own. Owners and admins have those of all people, managers those of the people of their "
    "companies, and who made one keeps it in reach."
)
_USER = "019aa3c45d007c8f9b3a2f6d1e4c7a90"
_REQUEST = {"title": "Fire drill", "starts_at": "2026-11-23T15:00:00+00:00", "note": "Meet at the back gate"}
_RESPONSE: dict[str, Any] = {
    "id": "019aa3c45d007c8f9b3a2f6d1e4c7a97", "title": "Fire drill", "starts_at": "2026-11-23T15:00:00.000Z",
    "assignee": _USER, "note": "Meet at the back gate", "state": "planned",
    "reminders": [
        {"moment": "1d", "at": "2026-11-22T15:00:00.000Z", "past": True},
        {"moment": "1h", "at": "2026-11-23T14:00:00.000Z", "past": False},
        {"moment": "15m", "at": "2026-11-23T14:45:00.000Z", "past": False},
        {"moment": "1m", "at": "2026-11-23T14:59:00.000Z", "past": False},
    ],
    "created_by": _USER, "created_at": "2026-11-23T12:00:00.000Z", "cancelled_at": None, "source": None,
    "external_id": None, "version": 1,
}  # fmt: skip

OPERATIONS = (
    Operation(
        method="GET", path="/appointments", name="listAppointments", tags=_TAGS, summary="List appointments",
        description=f"{_WHO} Those of one person, by their start; over and cancelled ones for 30 days.",
        answer=shapes.AppointmentList, errors=RESOURCE_ERRORS,
        query=(
            QueryParameter(
                "assignee", "id of the person; `me`, the default: the caller", {"type": "string", "minLength": 1}
            ),
            QueryParameter("from", "those that begin then or later", _TIME),
            QueryParameter("to", "those that begin before", _TIME),
            QueryParameter("state", "one state only", {"type": "string", "enum": ["planned", "cancelled"]}),
            QueryParameter(
                "limit", f"entries per page, 1 to {PAGE_ITEMS}",
                {"type": "integer", "minimum": 1, "maximum": PAGE_ITEMS},
            ),
            QueryParameter("cursor", "`next_cursor` of the page before", {"type": "string", "minLength": 1}),
        ),
        response={"items": [_RESPONSE], "next_cursor": None},
    ),
    Operation(
        method="POST", path="/appointments", name="createAppointment", tags=_TAGS, summary="Make an appointment",
        description=f"{_WHO} The assignee is told as their settings say, and reminded one day, one hour, 15 minutes "
        "and one minute before the start; what is past then is not sent late.",
        bodies=(shapes.AppointmentBody,), answer=shapes.AppointmentResource,
        errors=tuple(status for status in ACT_ERRORS if status not in (412, 422)), idempotent=True, created=True,
        request=_REQUEST, response=_RESPONSE,
    ),
    Operation(
        method="GET", path="/appointments/{id}", name="getAppointment", tags=_TAGS, summary="Read an appointment",
        description=_WHO, answer=shapes.AppointmentResource, errors=RESOURCE_ERRORS, response=_RESPONSE,
    ),
    Operation(
        method="PATCH", path="/appointments/{id}", name="changeAppointment", tags=_TAGS,
        summary="Change, move or give away an appointment",
        description=f"{_WHO} Reminders move with the start; those that are due again are sent again. A new assignee is "
        "told. A cancelled appointment never changes: 409 `WRONG_STATE`.",
        bodies=(shapes.AppointmentPatch,), answer=shapes.AppointmentResource, errors=EDIT_ERRORS,
        request={"starts_at": "2026-11-23T16:00:00+00:00"},
        response={**_RESPONSE, "starts_at": "2026-11-23T16:00:00.000Z", "version": 2},
    ),
    Operation(
        method="DELETE", path="/appointments/{id}", name="cancelAppointment", tags=_TAGS,
        summary="Cancel an appointment",
        description=f"{_WHO} It reminds no more. It can be read for 30 days, with the state `cancelled`.",
        errors=EDIT_ERRORS,
    ),
)  # fmt: skip
