"""What is done with an alert rule: copy, give away, share, test, export."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chalice.app import Blueprint, Response

from settings_api.caller import Caller
from settings_api.routes.answering import confirmation, repeatable
from settings_api.routes.rules import etag_of, shown, shown_fields
from tocsin.alert_rules.application.account import ReadAccount
from tocsin.alert_rules.application.manage_rules import ManageRules
from tocsin.alert_rules.application.read_rules import ReadRules
from tocsin.alert_rules.application.test_rule import TestRule
from tocsin.alert_rules.domain.rights import RuleOperation, check_may
from tocsin.directory.domain.versions import check_match
from tocsin.entrypoint.directory_body.shapes import NothingBody
from tocsin.entrypoint.http.app import Call, Shape, answer, answers
from tocsin.entrypoint.http.paging import choice
from tocsin.entrypoint.http.wire import read
from tocsin.entrypoint.rule_body.verbs import CopyBody, GiveBody
from tocsin.entrypoint.rule_export.described import names_of
from tocsin.entrypoint.rule_export.export import ExportFormat, exported
from tocsin.idempotency.application.idempotent_call import IdempotentCall
from tocsin.kernel.domain.console_link import console_link


def rule_verbs_routes(
    caller: Caller,
    rules: ReadRules,
    manage: ManageRules,
    test_rule: Callable[[], TestRule],
    account: ReadAccount,
    answers_kept: IdempotentCall,
    console_url: str,
) -> Blueprint:
    """Return the routes.

    Args:
        test_rule: returns what tests rules; it is made with the first test.
        console_url: where people reach the console, as `Call.address_by` reads it.
    """
    routes = Blueprint(__name__)

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
        return answer(made, 200, {"Location": f"alert_rules/{made['id']}", "ETag": etag_of(made)})

    @routes.route("/alert_rules/{id}/owner", methods=["POST"])
    @answers(routes, Shape.PROBLEM)
    def owner(call: Call, id: str) -> Response:
        body, who, if_match = call.json(), caller(call), call.header("if-match")
        check_may(who, RuleOperation.GIVE)
        confirm = confirmation(call)
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
        return answer({"url": console_link(call.address_by(console_url), f"rules/{rule.id}")})

    @routes.route("/alert_rules/{id}/test", methods=["POST"])
    @answers(routes, Shape.PROBLEM)
    def test(call: Call, id: str) -> Response:
        body, who = call.json(), caller(call)
        check_may(who, RuleOperation.TEST)
        call.query()

        def sent(seed: bytes | None) -> Mapping[str, Any]:
            rules.one(who, id, RuleOperation.TEST)
            read(NothingBody, body)
            made = test_rule()(who, id, seed)
            messages = [{"notification_id": each, "recipient": recipient} for each, recipient in made.messages]
            return {"test": made.id, "messages": messages}

        return answer(repeatable(call, answers_kept, who, f"alert_rules/{id}/test", body, sent), 202)

    @routes.route("/alert_rules/{id}/export", methods=["GET"])
    @answers(routes, Shape.PROBLEM)
    def export(call: Call, id: str) -> Response:
        who = caller(call)
        check_may(who, RuleOperation.VIEW)
        query = call.query("format")
        rule = rules.one(who, id)
        format = choice(ExportFormat, query, "format") or ExportFormat.HTML
        file = exported(rule, format, names_of(account(who.tenant).things), rules.clock())
        return Response(file.text, dict(file.headers), 200)

    return routes
