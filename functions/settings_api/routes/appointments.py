"""Appointments: the caller's own, and those of others as far as the caller may."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalice.app import Blueprint, Response

from settings_api.routes.answering import SettingsCalls, gone, repeatable
from tocsin.directory.domain.versions import check_match, etag
from tocsin.entrypoint.appointment_body.appointments import appointment_shown, fields_after, fields_of
from tocsin.entrypoint.http.app import Call, Shape, answer, answers
from tocsin.entrypoint.http.paging import choice, page_limit
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.reminders.application.manage_appointments import AppointmentFields, ManageAppointments
from tocsin.reminders.domain.appointment import Appointment, AppointmentState
from tocsin.reminders.domain.rights import check_may_change, check_may_read
from tocsin.reminders.ports import AppointmentFilter
from tocsin.telephony.domain.event_data.shapes import instant

_PATH = "appointments"
_PER_PAGE = 100


def appointment_routes(calls: SettingsCalls, manage: ManageAppointments) -> Blueprint:
    """Return the routes of appointments."""
    routes = Blueprint(__name__)

    @routes.route(f"/{_PATH}", methods=["GET", "POST"])
    @answers(routes, Shape.PROBLEM)
    def all_appointments(call: Call) -> Response:
        body, who = call.json() if call.method == "POST" else {}, calls.caller(call)
        if call.method == "GET":
            check_may_read(who)
            query = call.query("assignee", "from", "to", "state", "limit", "cursor")
            filter = AppointmentFilter(
                manage.person(who, query.get("assignee")),
                _time(query, "from"),
                _time(query, "to"),
                choice(AppointmentState, query, "state"),
            )
            page = manage.page(who, filter, page_limit(query, _PER_PAGE), query.get("cursor"))
            now = manage.clock()
            items = [appointment_shown(each, now) for each in page.appointments]
            return answer({"items": items, "next_cursor": page.next})
        check_may_change(who)
        call.query()

        def created(seed: bytes | None) -> Mapping[str, Any]:
            made = manage.create(who, fields_of(body), None if seed is None else seed.hex()[:32])
            return appointment_shown(made, manage.clock())

        made = repeatable(call, calls.answers_kept, who, _PATH, body, created)
        return answer(made, 201, {"Location": f"{_PATH}/{made['id']}", "ETag": f'"{made["version"]}"'})

    @routes.route(f"/{_PATH}/{{id}}", methods=["GET", "PATCH", "DELETE"])
    @answers(routes, Shape.PROBLEM)
    def one_appointment(call: Call, id: str) -> Response:
        patch = call.json() if call.method == "PATCH" else {}
        who, if_match = calls.caller(call), call.header("if-match")
        if call.method == "GET":
            found = manage.get(who, id)
            call.query()
            return _shown(found, manage.clock())
        check_may_change(who)
        call.query()
        if call.method == "DELETE":
            manage.cancel(who, id, lambda found: check_match(if_match, found))
            return gone()

        def changed(before: Appointment) -> AppointmentFields:
            check_match(if_match, before)
            return fields_after(before, patch)

        return _shown(manage.change(who, id, changed), manage.clock())

    return routes


def _shown(appointment: Appointment, now: datetime) -> Response:
    return answer(appointment_shown(appointment, now), headers={"ETag": etag(appointment)})


def _time(query: Mapping[str, str], name: str) -> datetime | None:
    text = query.get(name)
    if text is None:
        return None
    at = instant(text)
    if at is None:
        raise InvalidRequest([Fault(f"/{name}", "WRONG_FORM", "must be a time with its offset (RFC 3339)")])
    return at
