"""Routes that try a rule and take it along: a test of its notifications, and its export as a file."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chalice.app import Blueprint, Response

from console.faults import FaultsShown
from console.rules.words import names_of_things, shown_action
from console.site import Site
from console.visit import Visit
from console.words import sentence
from tocsin.alert_rules.application.manage_rules import ManageRules
from tocsin.alert_rules.application.test_rule import TestRule
from tocsin.alert_rules.domain.rights import RuleOperation
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.entrypoint.rule_export.export import ExportFormat, exported
from tocsin.identity.domain.permissions import Permission
from tocsin.kernel.domain.errors import Fault, NotFound, NothingEnabled, Restoring, TooManyRequests


@dataclass(frozen=True, slots=True)
class FilePages:
    """What these pages need of the core.

    Attributes:
        test: returns what sends the samples of a rule.
    """

    manage: ManageRules
    test: Callable[[], TestRule]


def file_routes(site: Site, use: FilePages) -> Blueprint:
    """Return the routes of tests and exports."""
    routes = Blueprint(__name__)
    read = use.manage.change.read

    @site.page(routes, "rules/{rule_id}/test", Permission.RULES_OWN, posts=True)
    def test_rule(visit: Visit, rule_id: str) -> Response:
        found = read.one(visit.principal, rule_id, RuleOperation.TEST)
        if visit.call.method == "GET":
            return _test(site, use, visit, found)
        try:
            made = use.test()(visit.principal, found.id, visit.seed)
        except (NothingEnabled, Restoring, TooManyRequests) as error:
            return _test(site, use, visit, found, [Fault("", error.code, sentence(str(error)))])
        return visit.go(f"rules/{found.id}/test", run=made.id)

    @site.page(routes, "rules/{rule_id}/export", Permission.RULES_OWN)
    def export_rule(visit: Visit, rule_id: str) -> Response:
        found = read.one(visit.principal, rule_id)
        format = next((each for each in ExportFormat if each == visit.query.get("format")), None)
        if format is None:
            raise NotFound("format")
        names = names_of_things(use.manage.change.account(found.tenant).things)
        file = exported(found, format, names, visit.now)
        return Response(file.text, dict(file.headers), 200)

    return routes


def _test(site: Site, use: FilePages, visit: Visit, rule: AlertRule, faults: Sequence[Fault] = ()) -> Response:
    id = visit.query.get("run", "")
    run = use.manage.change.read.runs.get(rule.tenant, rule.id, id, visit.now) if id else None
    return site.show(
        visit,
        "rules/test",
        422 if faults else 200,
        it=rule,
        run=run if run is not None and run.test else None,
        actions=[shown_action(action) for action in rule.actions],
        once=secrets.token_hex(16),
        faults=FaultsShown(faults),
    )
