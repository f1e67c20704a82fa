"""Alerts of integrations: who is told when one does not work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalice.app import Blueprint, Response

from settings_api.routes.answering import SettingsCalls, gone, repeatable
from tocsin.directory.domain.versions import check_match, etag, merged
from tocsin.entrypoint.http.app import Call, Shape, answer, answers
from tocsin.entrypoint.http.paging import page_limit, page_of
from tocsin.entrypoint.http.wire import read
from tocsin.entrypoint.integration_body.bodies import (
    AlertOfIntegrationsBody,
    alert_shown,
    candidates_shown,
    companies_of,
    settable,
)
from tocsin.integrations.application.manage_alerts import ManageIntegrationAlerts, SeenSubscription
from tocsin.integrations.domain.subscription import Companies, IntegrationAlert

_PATH = "integration_alerts"
PER_PAGE = 100


def integration_alert_routes(calls: SettingsCalls, manage: ManageIntegrationAlerts) -> Blueprint:
    """Return the routes of subscriptions."""
    routes = Blueprint(__name__)

    @routes.route(f"/{_PATH}", methods=["GET", "POST"])
    @answers(routes, Shape.PROBLEM)
    def all_alerts(call: Call) -> Response:
        body, who = call.json() if call.method == "POST" else {}, calls.caller(call)
        if call.method == "GET":
            found = manage.list(who)
            query = call.query("limit", "cursor")
            page, cursor = page_of(found, lambda seen: seen.alert.id, page_limit(query, PER_PAGE), query)
            return answer({"items": [alert_shown(each) for each in page], "next_cursor": cursor})
        manage.check_may_change(who)
        call.query()

        def created(seed: bytes | None) -> Mapping[str, Any]:
            wanted = read(AlertOfIntegrationsBody, body)
            id = None if seed is None else seed.hex()[:32]
            return alert_shown(manage.create(who, wanted.user, companies_of(wanted), id))

        made = repeatable(call, calls.answers_kept, who, _PATH, body, created)
        return answer(made, 201, {"Location": f"{_PATH}/{made['id']}", "ETag": f'"{made["version"]}"'})

    @routes.route(f"/{_PATH}/candidates", methods=["GET"])
    @answers(routes, Shape.PROBLEM)
    def candidates(call: Call) -> Response:
        found = manage.candidates(calls.caller(call))
        call.query()
        return answer(candidates_shown(found))

    @routes.route(f"/{_PATH}/{{id}}", methods=["GET", "PATCH", "DELETE"])
    @answers(routes, Shape.PROBLEM)
    def one_alert(call: Call, id: str) -> Response:
        patch = call.json() if call.method == "PATCH" else {}
        who, if_match = calls.caller(call), call.header("if-match")
        if call.method == "GET":
            seen = manage.get(who, id)
            call.query()
            return _shown(seen)
        manage.check_may_change(who)
        call.query()
        if call.method == "DELETE":
            manage.delete(who, id, lambda alert: check_match(if_match, alert))
            return gone()

        def changed(alert: IntegrationAlert) -> tuple[str, Companies]:
            check_match(if_match, alert)
            fields = read(AlertOfIntegrationsBody, merged(settable(alert), patch))
            return fields.user, companies_of(fields)

        return _shown(manage.change(who, id, changed))

    return routes


def _shown(seen: SeenSubscription) -> Response:
    return answer(alert_shown(seen), headers={"ETag": etag(seen.alert)})
