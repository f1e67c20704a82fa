"""Integrations: which systems are connected, and whether they work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chalice.app import Blueprint, Response

from settings_api.routes.answering import SettingsCalls, gone, repeatable
from tocsin.directory.domain.versions import check_match, etag, merged
from tocsin.entrypoint.http.app import Call, Shape, answer, answers
from tocsin.entrypoint.http.paging import page_limit, page_of
from tocsin.entrypoint.http.wire import read
from tocsin.entrypoint.integration_body.bodies import (
    IntegrationBody,
    NewIntegrationBody,
    StatusBody,
    integration_shown,
    report_of,
)
from tocsin.integrations.application.manage_integrations import ManageIntegrations
from tocsin.integrations.domain.integration import Integration
from tocsin.kernel.domain.errors import Immutable
from tocsin.kernel.domain.ids import CompanyId

_PATH = "integrations"
PER_PAGE = 100


def integration_routes(calls: SettingsCalls, manage: ManageIntegrations) -> Blueprint:
    """Return the routes of integrations."""
    routes = Blueprint(__name__)

    @routes.route(f"/{_PATH}", methods=["GET", "POST"])
    @answers(routes, Shape.PROBLEM)
    def all_integrations(call: Call) -> Response:
        body, who = call.json() if call.method == "POST" else {}, calls.caller(call)
        if call.method == "GET":
            found = manage.list(who)
            query = call.query("limit", "cursor")
            page, cursor = page_of(found, lambda seen: seen.integration.id, page_limit(query, PER_PAGE), query)
            return answer({"items": [integration_shown(each) for each in page], "next_cursor": cursor})
        manage.check_may_change(who)
        call.query()

        def created(seed: bytes | None) -> Mapping[str, Any]:
            wanted = read(NewIntegrationBody, body)
            company = None if wanted.company is None else CompanyId(wanted.company)
            id = None if seed is None else seed.hex()[:32]
            return integration_shown(manage.seen(manage.create(who, wanted.name, wanted.kind, company, id)))

        made = repeatable(call, calls.answers_kept, who, _PATH, body, created)
        return answer(made, 201, {"Location": f"{_PATH}/{made['id']}", "ETag": f'"{made["version"]}"'})

    @routes.route(f"/{_PATH}/{{id}}", methods=["GET", "PATCH", "DELETE"])
    @answers(routes, Shape.PROBLEM)
    def one_integration(call: Call, id: str) -> Response:
        patch = call.json() if call.method == "PATCH" else {}
        who, if_match = calls.caller(call), call.header("if-match")
        if call.method == "GET":
            seen = manage.get(who, id)
            call.query()
            return answer(integration_shown(seen), headers={"ETag": etag(seen.integration)})
        manage.check_may_change(who)
        call.query()
        if call.method == "DELETE":
            manage.delete(who, id, lambda integration: check_match(if_match, integration))
            return gone()

        def changed(integration: Integration) -> Integration:
            check_match(if_match, integration)
            if patch.get("company", integration.company) != integration.company:
                raise Immutable("the company of an integration never changes")
            settable = {"name": integration.name, "kind": integration.kind}
            rest = {name: value for name, value in patch.items() if name != "company"}
            fields = read(IntegrationBody, merged(settable, rest))
            return replace(integration, name=fields.name, kind=fields.kind)

        after = manage.change(who, id, changed)
        return answer(integration_shown(manage.seen(after)), headers={"ETag": etag(after)})

    @routes.route(f"/{_PATH}/{{id}}/status", methods=["POST"])
    @answers(routes, Shape.PROBLEM)
    def status(call: Call, id: str) -> Response:
        body, who, if_match = call.json(), calls.caller(call), call.header("if-match")
        manage.check_exists(who, id)
        call.query()

        def reported(seed: bytes | None) -> Mapping[str, Any]:
            report = report_of(read(StatusBody, body), manage.clock())
            console = calls.console(call)
            after = manage.report(who, id, report, lambda integration: check_match(if_match, integration), console)
            return integration_shown(manage.seen(after))

        found = repeatable(call, calls.answers_kept, who, f"{_PATH}/status", {**body, "id": id}, reported)
        return answer(found, headers={"ETag": f'"{found["version"]}"'})

    return routes
