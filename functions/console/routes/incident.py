"""One alert with all its steps: who has answered, who was not reached, what comes next, and what one can do."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from chalice.app import Blueprint, Response

from console.companies import Companies
from console.entries import Record
from console.incidents import view_of
from console.outcomes import OPEN
from console.site import Site
from console.visit import Visit, whole
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.audit.domain.entry import Thing
from tocsin.client_api.application.acknowledge_alert import Mark
from tocsin.escalation.domain.escalation import RequestedStep
from tocsin.history.application.export_results import ExportResults
from tocsin.history.application.incident import ReadIncident
from tocsin.history.domain.incident_person import PeopleShown
from tocsin.identity.domain.permissions import Permission
from tocsin.kernel.domain.errors import NotFound
from tocsin.kernel.domain.ids import AlertRef

PAGE = 100

_REFERENCE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_WAITING_EVERY, _SENDING_EVERY, _FRESH_EVERY = 4, 2, 15
_FRESH_SECONDS = 600
"""So long after its acceptance an alert that is over may still change: late receipts, late answers."""


@dataclass(frozen=True, slots=True)
class IncidentPages:
    """What these pages need of the core."""

    incident: ReadIncident
    export: ExportResults
    alerts: AlertRepository
    escalate: Callable[[Alert, RequestedStep], None]
    stop: Callable[..., None]
    acknowledge: Callable[[Alert, Mark], None]
    resend: Callable[[Alert], None]
    may_send: Callable[[], None]
    record: Record
    companies: Companies


def incident_routes(site: Site, use: IncidentPages) -> Blueprint:
    """Return the routes of one alert."""
    routes = Blueprint(__name__)

    @site.page(routes, "alerts/{alert_ref}", Permission.ALERTS_READ)
    def alert(visit: Visit, alert_ref: str) -> Response:
        key = visit.key(Permission.ALERTS_READ)
        look = use.incident.look(key, alert_reference(alert_ref))
        if look.first.ref != alert_ref:
            return visit.go(f"alerts/{look.first.ref}")
        shown = _shown(visit.query.get("people", ""))
        every = _every(look.state.value, (visit.now - look.first.accepted_at).total_seconds())
        etag = f'"{look.version}-{shown}-{visit.session.id[:8]}"'
        if visit.query.get("part") == "live" and visit.call.header("if-none-match") == etag:
            return Response("", {"ETag": etag, "X-Next": str(every), "Content-Type": "text/plain"}, 304)
        found = use.incident.show(look, shown, PAGE, visit.query.get("cursor"))
        may_act = visit.may(Permission.ALERTS_SEND) and look.received is None
        values = {"it": view_of(found, visit.now), "people_shown": shown.value, "may_act": may_act, "company": ""}
        if visit.query.get("part") != "live" and (company := look.first.company) is not None:
            values["company"] = use.companies.names(visit.principal.tenant, [company]).get(company, "")
        return site.show_live(visit, "alert", every, values, etag)

    @site.page(routes, "alerts/{alert_ref}/export.csv", Permission.ALERTS_READ)
    def export(visit: Visit, alert_ref: str) -> Response:
        key = visit.key(Permission.ALERTS_READ)
        table = use.export(key, alert_reference(alert_ref), visit.query.get("cursor"))
        name = f'attachment; filename="alert-{alert_ref[:13]}.csv"'
        return Response(table.text, {"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": name}, 200)

    @site.page(routes, "alerts/{alert_ref}/stop", Permission.ALERTS_SEND, posts=True)
    def stop(visit: Visit, alert_ref: str) -> Response:
        found = _acted_on(use, visit, alert_ref)
        if visit.call.method == "GET":
            look = use.incident.look(visit.key(Permission.ALERTS_READ), found.ref)
            return site.show(visit, "alert_stop", alert=found, waiting=look.state.value in OPEN)
        told = visit.form.ticked("all_clear")
        use.record(visit, "alert.stopped", _thing(found), {"all_clear": told})
        use.stop(found, _by(visit), all_clear=told)
        return visit.go(f"alerts/{alert_ref}", said="stopped")

    @site.page(routes, "alerts/{alert_ref}/escalate", Permission.ALERTS_SEND, posts=True)
    def escalate(visit: Visit, alert_ref: str) -> Response:
        found = _acted_on(use, visit, alert_ref)
        if visit.call.method == "GET":
            return visit.go(f"alerts/{alert_ref}")
        use.may_send()
        step = whole(visit.form.get("step")) or 0
        use.record(visit, "alert.escalated", _thing(found), {"step": step})
        use.escalate(found, RequestedStep(step, _by(visit), visit.principal.request_id))
        return visit.go(f"alerts/{alert_ref}", said="escalated")

    @site.page(routes, "alerts/{alert_ref}/mark", Permission.ALERTS_SEND, posts=True)
    def mark(visit: Visit, alert_ref: str) -> Response:
        found = _acted_on(use, visit, alert_ref)
        contact, recipient = visit.query.get("contact", ""), visit.query.get("recipient", "")
        if visit.call.method == "GET":
            return site.show(visit, "alert_mark", alert=found, contact=contact, recipient=recipient)
        contact, recipient, note = visit.form.get("contact"), visit.form.get("recipient"), visit.form.get("note")[:500]
        use.record(visit, "alert.acknowledged", _thing(found))
        use.acknowledge(found, Mark(contact or None, recipient, note, _by(visit), visit.principal.request_id))
        return visit.go(f"alerts/{alert_ref}", said="marked")

    @site.page(routes, "alerts/{alert_ref}/resend", Permission.ALERTS_SEND, posts=True)
    def resend(visit: Visit, alert_ref: str) -> Response:
        found = _acted_on(use, visit, alert_ref)
        if visit.call.method == "GET":
            return visit.go(f"alerts/{alert_ref}")
        use.may_send()
        use.record(visit, "alert.resent", _thing(found))
        use.resend(found)
        return visit.go(f"alerts/{alert_ref}", said="resent")

    return routes


def alert_reference(text: str) -> AlertRef:
    """Return the reference in an address. Raises NotFound for what is none."""
    if not _REFERENCE.fullmatch(text):
        raise NotFound("alert")
    return AlertRef(text)


def _acted_on(use: IncidentPages, visit: Visit, alert_ref: str) -> Alert:
    found = use.alerts.get(visit.principal.tenant, alert_reference(alert_ref))
    if found is None or found.expired(visit.now) or found.sandbox or not visit.key().sees(found.made):
        raise NotFound("alert")
    return found


def _by(visit: Visit) -> str:
    return str(visit.principal.actor)


def _thing(alert: Alert) -> Thing:
    return Thing("alert", alert.ref, alert.headline)


def _shown(word: str) -> PeopleShown:
    return PeopleShown(word) if word in list(PeopleShown) else PeopleShown.ALL


def _every(state: str, age: float) -> int:
    """Return after how many seconds the page asks again; 0 = nothing moves any more."""
    if state == "sending":
        return _SENDING_EVERY
    if state == "waiting_for_answers":
        return _WAITING_EVERY
    return _FRESH_EVERY if age < _FRESH_SECONDS else 0
