"""Alert rules: create, list, read, change, delete, copy, give away, share."""

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
from tocsin.directory.domain.versions import check_match, etag
from tocsin.entrypoint.directory_body.shapes import NothingBody
from tocsin.entrypoint.http.app import Call, Shape, answer, answers
from tocsin.entrypoint.http.paging import Truth, choice, page_limit
from tocsin.entrypoint.http.wire import read
from tocsin.entrypoint.rule_body.verbs import CopyBody, GiveBody
from tocsin.idempotency.application.idempotent_call import IdempotentCall
from tocsin.identity.domain.principal import Principal
from tocsin.kernel.domain.ids import UserId

RULES_PER_PAGE = 50
_QUERY = ("list", "type", "enabled", "owner", "search", "limit", "cursor")


def rules_routes(
    caller: Caller, rules: ReadRules, manage: ManageRules, answers_kept: IdempotentCall, console_url: str
) -> Blueprint:
    """Return the routes of whole rules.

    Args:
        console_url: where people reach the console, as `Call.address_by` reads it.
    """
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
        return answer(made, 201, {"Location": f"alert_rules/{made['id']}", "ETag": _etag(made)})

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

    @routes.route("/alert_rules/{id}/copy", methods=["POST"])
    @answers(routes, Shape.PROBLEM)
    def copy(call: Call, id: str) -> Response:
        body, who = call.json(), caller(call)
        check_may(who, RuleOperation.CREATE)
        call.query()

        def copied(seed: bytes | None) -> Mapping[str, Any]:
            rules.one(who, id, RuleOperation.COPY)
            made = manage.copy(who, id, read(CopyBody, body).owner, seed)
            missing = [name for names in made.secret_missing.values() for name in names]
            return {**shown_fields(who, made.rule), "secret_missing": list(dict.fromkeys(missing))}

        made = repeatable(call, answers_kept, who, f"alert_rules/{id}/copy", body, copied)
        return answer(made, 200, {"Location": f"alert_rules/{made['id']}", "ETag": _etag(made)})

    @routes.route("/alert_rules/{id}/owner", methods=["POST"])
    @answers(routes, Shape.PROBLEM)
    def owner(call: Call, id: str) -> Response:
        body, who, if_match = call.json(), caller(call), call.header("if-match")
        check_may(who, RuleOperation.GIVE)
        confirm = call.query("confirm").get("confirm")
        check_match(if_match, rules.one(who, id, RuleOperation.GIVE))
        given = read(GiveBody, body)
        return shown(who, manage.give(who, id, given.owner, given.confirm or confirm, if_match))

    @routes.route("/alert_rules/{id}/share", methods=["POST"])
    @answers(routes, Shape.PROBLEM)
    def share(call: Call, id: str) -> Response:
        body, who = call.json(), caller(call)
        check_may(who, RuleOperation.VIEW)
        call.query()
        rule = rules.one(who, id)
        read(NothingBody, body)
        return answer({"url": f"{call.address_by(console_url)}/console/rules/{rule.id}"})

    return routes


_OF_METHOD = {"GET": RuleOperation.VIEW, "PATCH": RuleOperation.EDIT, "DELETE": RuleOperation.DELETE}


def shown(who: Principal, rule: AlertRule) -> Response:
    """Return the answer that is a rule."""
    return answer(shown_fields(who, rule), headers={"ETag": etag(rule)})


def shown_fields(who: Principal, rule: AlertRule) -> dict[str, Any]:
    """Return a rule with its parts as a caller sees it."""
    return resource(rule, may_edit=may_edit(who, rule))


def _etag(shown: Mapping[str, Any]) -> str:
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
