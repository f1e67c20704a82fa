"""Routes of appointments."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalice.app import Blueprint, Response

from console.appointments.form import AppointmentForm, fields, standing, typed
from console.faults import FaultsShown, at_fields
from console.site import Site
from console.visit import Visit
from tocsin.directory.domain.versions import check_match
from tocsin.identity.domain.permissions import Permission
from tocsin.kernel.domain.errors import Fault, InvalidRequest, PreconditionFailed, StaleWrite, WrongState
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.preferences.domain.settings import AppointmentMoment, NotificationSettings
from tocsin.reminders.application.manage_appointments import AppointmentFields, ManageAppointments
from tocsin.reminders.domain.appointment import Appointment, AppointmentState
from tocsin.reminders.domain.reminding import OFFSETS
from tocsin.reminders.ports import AppointmentFilter

PAGE = 20
_LABELS = {
    AppointmentMoment.DAY: "1 day before",
    AppointmentMoment.HOUR: "1 hour before",
    AppointmentMoment.QUARTER: "15 minutes before",
    AppointmentMoment.MINUTE: "1 minute before",
}


@dataclass(frozen=True, slots=True)
class AppointmentPages:
    """What these pages need.

    Attributes:
        settings: returns the notification settings of a person, which say what reminds.
    """

    manage: ManageAppointments
    settings: Callable[[TenantId, UserId], NotificationSettings]


def appointment_routes(site: Site, use: AppointmentPages) -> Blueprint:
    """Return the routes."""
    routes = Blueprint(__name__)

    @site.page(routes, "appointments", Permission.SELF)
    def appointments(visit: Visit) -> Response:
        who = use.manage.person(visit.principal, visit.query.get("assignee") or "me")
        over = visit.query.get("show") == "over"
        filter = AppointmentFilter(
            who,
            since=None if over else visit.now,
            until=visit.now if over else None,
            latest_first=over,
        )
        page = use.manage.page(visit.principal, filter, PAGE, visit.query.get("cursor"))
        moments = use.settings(visit.principal.tenant, who).moments
        return site.show(
            visit,
            "appointments/list",
            rows=[_row(each, visit.now, moments) for each in page.appointments],
            next=page.next,
            over=over,
            who=who,
            mine=who == visit.principal.actor.id,
            people=_people(use, visit),
        )

    @site.page(routes, "appointments/new", Permission.SELF, posts=True)
    def new_appointment(visit: Visit) -> Response:
        if visit.call.method == "GET":
            whose = visit.query.get("assignee") or visit.principal.actor.id
            return _new(site, use, visit, AppointmentForm(assignee=whose))
        try:
            made = use.manage.create(visit.principal, fields(visit), visit.seed.hex()[:32])
        except InvalidRequest as error:
            return _new(site, use, visit, typed(visit.form), at_fields(error.faults))
        return visit.go("appointments", said="made", assignee=_other(visit, made))

    @site.page(routes, "appointments/{appointment_id}", Permission.SELF, posts=True)
    def appointment(visit: Visit, appointment_id: str) -> Response:
        found = use.manage.get(visit.principal, appointment_id)
        if visit.call.method == "GET":
            return _one(site, use, visit, found)
        return _save(site, use, visit, found)

    @site.page(routes, "appointments/{appointment_id}/cancel", Permission.SELF, posts=True)
    def cancel(visit: Visit, appointment_id: str) -> Response:
        found = use.manage.get(visit.principal, appointment_id)
        if visit.call.method == "GET":
            return site.show(visit, "appointments/cancel", it=found, moved=False)
        match = f'"{visit.form.get("version")}"'
        try:
            use.manage.cancel(visit.principal, found.id, lambda before: _check(match, before))
        except (PreconditionFailed, StaleWrite):
            again = use.manage.get(visit.principal, appointment_id)
            return site.show(visit, "appointments/cancel", 409, it=again, moved=True)
        return visit.go("appointments", said="cancelled", assignee=_other(visit, found))

    return routes


def _new(
    site: Site, use: AppointmentPages, visit: Visit, form: AppointmentForm, faults: Sequence[Fault] = ()
) -> Response:
    return site.show(
        visit,
        "appointments/new",
        422 if faults else 200,
        form=form,
        people=_people(use, visit),
        once=visit.form.get("once") or secrets.token_hex(16),
        faults=FaultsShown(faults),
    )


def _one(
    site: Site,
    use: AppointmentPages,
    visit: Visit,
    it: Appointment,
    form: AppointmentForm | None = None,
    faults: Sequence[Fault] = (),
    *,
    lost: bool = False,
) -> Response:
    stands = standing(it, visit.zone)
    moments = use.settings(visit.principal.tenant, it.assignee).moments
    return site.show(
        visit,
        "appointments/one",
        409 if lost else 422 if faults else 200,
        it=it,
        row=_row(it, visit.now, moments),
        form=form or stands,
        people=_people(use, visit, it.assignee),
        version=it.version if lost or form is None else visit.form.get("version"),
        lost=_differences(stands, form) if lost and form is not None else None,
        faults=FaultsShown(faults),
    )


def _save(site: Site, use: AppointmentPages, visit: Visit, it: Appointment) -> Response:
    match = f'"{visit.form.get("version")}"'

    def changed(before: Appointment) -> AppointmentFields:
        check_match(match, before)
        return fields(visit, before)

    try:
        use.manage.change(visit.principal, it.id, changed)
    except InvalidRequest as error:
        return _one(site, use, visit, it, typed(visit.form), at_fields(error.faults))
    except WrongState as error:
        again = use.manage.get(visit.principal, it.id)
        return _one(site, use, visit, again, faults=[Fault("", error.code, "It is cancelled. Make a new one.")])
    except (PreconditionFailed, StaleWrite):
        return _one(site, use, visit, use.manage.get(visit.principal, it.id), typed(visit.form), lost=True)
    return visit.go("appointments", said="saved", assignee=_other(visit, it))


def _check(match: str, appointment: Appointment) -> None:
    if appointment.state is AppointmentState.PLANNED:
        check_match(match, appointment)


def _people(use: AppointmentPages, visit: Visit, also: str = "") -> list[tuple[str, str]]:
    """Return the people whose appointments the visitor may make, the visitor first; none if there is no choice.

    Args:
        also: id of a person who stands in the form.
    """
    me = visit.principal.actor.id
    found = [(str(each.id), each.name) for each in use.manage.people(visit.principal)]
    if len(found) < 2 and also in ("", me):
        return []
    found.sort(key=lambda each: (each[0] != me, each[1].casefold()))
    if also and also not in (id for id, _ in found):
        found.append((also, "The person it is now"))
    return [(id, f"{name} (you)" if id == me else name) for id, name in found]


def _other(visit: Visit, appointment: Appointment) -> str:
    """Return whose list the visitor goes back to, "" for their own."""
    return "" if appointment.assignee == visit.principal.actor.id else appointment.assignee


def _row(appointment: Appointment, now: datetime, moments: frozenset[AppointmentMoment]) -> dict[str, Any]:
    cancelled, over = appointment.state is AppointmentState.CANCELLED, appointment.starts_at < now
    reminders = [("When it is made", appointment.created_at, True, AppointmentMoment.CREATED in moments)]
    for moment, before in OFFSETS.items():
        at = appointment.starts_at - before
        reminders.append((_LABELS[moment], at, at < now, moment in moments))
    return {
        "id": appointment.id,
        "title": appointment.title,
        "note": appointment.note,
        "at": appointment.starts_at,
        "cancelled": cancelled,
        "state": ("idle", "Cancelled") if cancelled else ("idle", "Over") if over else ("ok", "Planned"),
        "reminders": [] if cancelled else reminders,
    }  # fmt: skip


_WORDS = {"title": "What", "starts_at": "When", "assignee": "Whose", "note": "Note"}


def _differences(stands: AppointmentForm, mine: AppointmentForm) -> list[tuple[str, str, str]]:
    pairs = [(word, getattr(stands, name), getattr(mine, name)) for name, word in _WORDS.items()]
    return [(word, now, typed) for word, now, typed in pairs if now != typed]
