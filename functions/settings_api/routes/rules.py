"""Alert rules: create, list, read, change, delete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalice.app import Blueprint, Response

from settings_api.caller import Caller
from settings_api.routes.answering import gone, repeatable
from tocsin.alert_rules.application.manage_rules import ManageRules
from tocsin.alert_rules.application.read_rules import ReadRules, RuleList, WantedRules
from tocsin.alert_rules.domain.fields import resource
from tocsin.alert_rules.domain.rights import RuleOperation, check_may, may_edit
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.alert_rules.domain.triggers import RuleType
from tocsin.directory.domain.versions import etag
from tocsin.entrypoint.http.app import Call, Shape, answer, answers
from tocsin.entrypoint.http.paging import Truth, choice, page_limit
from tocsin.idempotency.application.idempotent_call import IdempotentCall
from tocsin.identity.domain.principal import Principal
from tocsin.kernel.domain.ids import UserId

RULES_PER_PAGE = 50
_QUERY = ("list", "type", "enabled", "owner", "search", "limit", "cursor")


def rules_routes(caller: Caller, rules: ReadRules, manage: ManageRules, answers_kept: IdempotentCall) -> Blueprint:
    """Return the routes of rules as resources."""
    routes = Blueprint(__name__)

    @routes.route("/alert_rules", methods=["GET", "POST"])
    @answers(routes, Shape.PROBLEM)
    def all_rules(call: Call) -> Response:
        if call.method == "GET":
            return _listed(call, caller(call), rules)
        body, who = call.json(), caller(call)
        check_may(who, RuleOperation.CREATE)
        call.query()

        def created(seed: bytes | None) -> Mapping[str, Any]:
            return shown_fields(who, manage.create(who, body, seed))

        made = repeatable(call, answers_kept, who, "alert_rules", body, created)
        return answer(made, 201, {"Location": f"alert_rules/{made['id']}", "ETag": etag_of(made)})

    @routes.route("/alert_rules/{id}", methods=["GET", "PATCH", "DELETE"])
    @answers(routes, Shape.PROBLEM)
    def one_rule(call: Call, id: str) -> Response:
        patch = call.json() if call.method == "PATCH" else {}
        who, if_match = caller(call), call.header("if-match")
        check_may(who, _OF_METHOD[call.method])
        call.query()
        if call.method == "DELETE":
            manage.delete(who, id, if_match)
            return gone()
        rule = manage.patch(who, id, patch, if_match) if call.method == "PATCH" else rules.one(who, id)
        return shown(who, rule)

    return routes


_OF_METHOD = {"GET": RuleOperation.VIEW, "PATCH": RuleOperation.EDIT, "DELETE": RuleOperation.DELETE}


def shown(who: Principal, rule: AlertRule) -> Response:
    """Return the answer that is a rule."""
    return answer(shown_fields(who, rule), headers={"ETag": etag(rule)})


def shown_fields(who: Principal, rule: AlertRule) -> dict[str, Any]:
    """Return a rule with its parts as a caller sees it."""
    return resource(rule, may_edit=may_edit(who, rule))


def etag_of(shown: Mapping[str, Any]) -> str:
    """Return the ETag of a rule that is shown."""
    return f'"{shown["version"]}"'


def _listed(call: Call, who: Principal, rules: ReadRules) -> Response:
    check_may(who, RuleOperation.LIST_OWN)
    query = call.query(*_QUERY)
    wanted_list = choice(RuleList, query, "list") or RuleList.OWNED
    enabled, owner = choice(Truth, query, "enabled"), query.get("owner")
    wanted = WantedRules(
        owner=None if owner is None else UserId(owner),
        type=choice(RuleType, query, "type"),
        enabled=None if enabled is None else enabled is Truth.TRUE,
        search=query.get("search"),
    )
    page = rules.page(who, wanted_list, wanted, page_limit(query, RULES_PER_PAGE), query.get("cursor"))
    return answer({"items": list(page.items), "next_cursor": page.next})
