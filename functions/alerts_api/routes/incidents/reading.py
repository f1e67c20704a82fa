"""An alert with all steps of its escalation: as one page, and as a table."""

from __future__ import annotations

import hashlib

from chalice.app import Blueprint, Response

from alerts_api.routes.callers import Callers
from alerts_api.routes.reading import alert_ref_of
from alerts_api.schemas.incidents import incident_resource
from tocsin.entrypoint.http.app import Call, Shape, answer, answers
from tocsin.entrypoint.http.paging import choice, page_limit
from tocsin.history.application.export_results import ExportResults
from tocsin.history.application.incident import ReadIncident
from tocsin.history.domain.incident_person import PeopleShown

PEOPLE_PER_PAGE = 100
CSV_TYPE = "text/csv; charset=utf-8"


def incident_routes(callers: Callers, incident: ReadIncident, export: ExportResults) -> Blueprint:
    """Return the routes that read incidents."""
    routes = Blueprint(__name__)

    @routes.route("/alerts/{alert_ref}/incident", methods=["GET"])
    @answers(routes, Shape.PROBLEM)
    def get_incident(call: Call, alert_ref: str) -> Response:
        key = callers.reader(call)
        query = call.query("show", "limit", "cursor")
        show = choice(PeopleShown, query, "show") or PeopleShown.ALL
        limit, cursor = page_limit(query, PEOPLE_PER_PAGE), query.get("cursor")
        look = incident.look(key, alert_ref_of(alert_ref))
        version = _version(look.version, show, str(limit), cursor or "")
        if version in _versions(call.header("if-none-match")):
            return Response("", {"ETag": version}, 304)
        return answer(incident_resource(incident.show(look, show, limit, cursor)), 200, {"ETag": version})

    @routes.route("/alerts/{alert_ref}/export.csv", methods=["GET"])
    @answers(routes, Shape.PROBLEM)
    def get_export(call: Call, alert_ref: str) -> Response:
        key = callers.reader(call)
        query = call.query("cursor")
        ref = alert_ref_of(alert_ref)
        part = export(key, ref, query.get("cursor"))
        cut = "" if part.next is None else "-cut"
        headers: dict[str, str | list[str]] = {
            "Content-Type": CSV_TYPE,
            "Content-Disposition": f'attachment; filename="alert-{ref}{cut}.csv"',
        }
        if part.next is not None:
            headers["X-Next-Cursor"] = part.next
        return Response(part.text, headers, 200)

    return routes


def _version(*parts: str) -> str:
    return f'"{hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]}"'


def _versions(if_none_match: str | None) -> list[str]:
    """Return the versions of an If-None-Match header; a weak one counts as the strong one (RFC 9110, 13.1.2)."""
    return [version.strip().removeprefix("W/") for version in (if_none_match or "").split(",")]
