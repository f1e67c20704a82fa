"""The route that takes a rule along as a file."""

from __future__ import annotations

from chalice.app import Blueprint, Response

from console.rules.words import names_of_things
from console.site import Site
from console.visit import Visit
from tocsin.alert_rules.application.manage_rules import ManageRules
from tocsin.entrypoint.rule_export.export import ExportFormat, exported
from tocsin.identity.domain.permissions import Permission
from tocsin.kernel.domain.errors import NotFound


def file_routes(site: Site, manage: ManageRules) -> Blueprint:
    """Return the route of exports."""
    routes = Blueprint(__name__)

    @site.page(routes, "rules/{rule_id}/export", Permission.RULES_OWN)
    def export_rule(visit: Visit, rule_id: str) -> Response:
        found = manage.change.read.one(visit.principal, rule_id)
        format = next((each for each in ExportFormat if each == visit.query.get("format")), None)
        if format is None:
            raise NotFound("format")
        names = names_of_things(manage.change.account(found.tenant).things)
        file = exported(found, format, names, visit.now)
        return Response(file.text, dict(file.headers), 200)

    return routes
