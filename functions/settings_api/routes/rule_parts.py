"""Triggers and notifications of an alert rule. The ETag is the rule's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chalice.app import Blueprint, Response

from settings_api.caller import Caller
from settings_api.routes.answering import repeatable
from tocsin.alert_rules.application.read_rules import ReadRules
from tocsin.alert_rules.application.rule_parts import RuleParts, SavedAction, SavedTrigger
from tocsin.alert_rules.application.sample_requests import SampleRequests
from tocsin.alert_rules.domain.actions import RuleAction
from tocsin.alert_rules.domain.fields import action_resource, estimate_fields, trigger_resource
from tocsin.alert_rules.domain.rights import RuleOperation, check_may, may_edit
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.directory.domain.versions import check_match, etag
from tocsin.entrypoint.http.app import Call, Shape, answer, answers
from tocsin.entrypoint.http.wire import read
from tocsin.entrypoint.rule_body.verbs import ToggleBody
from tocsin.idempotency.application.idempotent_call import IdempotentCall
from tocsin.identity.domain.principal import Principal

Shown = Mapping[str, Any]


def rule_parts_routes(
    caller: Caller, rules: ReadRules, parts: RuleParts, samples: SampleRequests, answers_kept: IdempotentCall
) -> Blueprint:
    """Return the routes of triggers and notifications."""
    routes = Blueprint(__name__)

    def begun(call: Call, *query: str) -> tuple[Principal, dict[str, str]]:
        """Judge the right to the operation, then the names of the query's parameters."""
        who = caller(call)
        check_may(who, RuleOperation.VIEW if call.method == "GET" else RuleOperation.EDIT)
        return who, call.query(*query)

    def added(call: Call, who: Principal, path: str, body: Shown, add: Callable[[str | None], Shown]) -> Response:
        """Answer with what `add` makes: `shown`, and the version of the rule."""
        made = repeatable(
            call, answers_kept, who, path, body, lambda seed: add(None if seed is None else seed.hex()[:12])
        )
        headers = {"Location": f"{path}/{made['shown']['id']}", "ETag": f'"{made["version"]}"'}
        return answer(made["shown"], 201, headers)

    @routes.route("/alert_rules/{id}/triggers", methods=["GET", "POST"])
    @answers(routes, Shape.PROBLEM)
    def triggers(call: Call, id: str) -> Response:
        body = call.json() if call.method == "POST" else {}
        who, _ = begun(call)
        if call.method == "GET":
            rule = rules.one(who, id)
            return _list(rule, [trigger_resource(trigger) for trigger in rule.triggers])

        def add(new: str | None) -> Shown:
            saved = parts.add_trigger(who, id, body, id=new, if_match=call.header("if-match"))
            return {"shown": trigger_resource(saved.trigger), "version": saved.rule.version}

        return added(call, who, f"alert_rules/{id}/triggers", body, add)

    @routes.route("/alert_rules/{id}/triggers/{trigger_id}", methods=["GET", "PATCH", "DELETE"])
    @answers(routes, Shape.PROBLEM)
    def trigger(call: Call, id: str, trigger_id: str) -> Response:
        patch, if_match = call.json() if call.method == "PATCH" else {}, call.header("if-match")
        who, _ = begun(call)
        match call.method:
            case "GET":
                return _trigger(parts.trigger(who, id, trigger_id))
            case "PATCH":
                return _trigger(parts.patch_trigger(who, id, trigger_id, patch, if_match))
        return _gone(parts.delete_trigger(who, id, trigger_id, if_match))

    @routes.route("/alert_rules/{id}/notifications", methods=["GET", "POST", "PATCH", "DELETE"])
    @answers(routes, Shape.PROBLEM)
    def notifications(call: Call, id: str) -> Response:
        body = call.json() if call.method in ("POST", "PATCH") else {}
        who, query = begun(call, *(("ids",) if call.method == "DELETE" else ()))
        if_match = call.header("if-match")
        match call.method:
            case "GET":
                return _all(who, samples, rules.one(who, id))
            case "PATCH":
                check_match(if_match, rules.one(who, id, RuleOperation.EDIT))
                wanted = read(ToggleBody, body)
                rule = parts.toggle(who, id, wanted.ids, enabled=wanted.enabled, if_match=if_match)
                return _all(who, samples, rule)
            case "DELETE":
                ids = [each for each in query.get("ids", "").split(",") if each]
                return _gone(parts.delete_actions(who, id, ids, if_match))

        def add(new: str | None) -> Shown:
            saved = parts.add_action(who, id, body, id=new, if_match=if_match)
            return {"shown": _one(who, samples, saved), "version": saved.rule.version}

        return added(call, who, f"alert_rules/{id}/notifications", body, add)

    @routes.route("/alert_rules/{id}/notifications/{notification_id}", methods=["GET", "PATCH", "DELETE"])
    @answers(routes, Shape.PROBLEM)
    def notification(call: Call, id: str, notification_id: str) -> Response:
        patch, if_match = call.json() if call.method == "PATCH" else {}, call.header("if-match")
        who, _ = begun(call)
        match call.method:
            case "GET":
                return _notification(who, samples, parts.action(who, id, notification_id))
            case "PATCH":
                return _notification(who, samples, parts.patch_action(who, id, notification_id, patch, if_match))
        return _gone(parts.delete_actions(who, id, [notification_id], if_match))

    @routes.route("/alert_rules/{id}/notifications/{notification_id}/example_request", methods=["GET"])
    @answers(routes, Shape.PROBLEM)
    def example(call: Call, id: str, notification_id: str) -> Response:
        who, _ = begun(call)
        found = samples(who, id, notification_id)
        return answer({"method": found.method, "url": found.url, "headers": dict(found.headers), "body": found.body})

    return routes


def _shown(who: Principal, samples: SampleRequests, rule: AlertRule, actions: Sequence[RuleAction]) -> list[Shown]:
    """Return notifications as answers show them: those that send texts with an estimate."""
    estimates, editor = samples.estimates(rule, actions), may_edit(who, rule)
    shown = [action_resource(action, may_edit=editor) for action in actions]
    return [
        each | {"estimate": estimate_fields(estimates[each["id"]])} if each["id"] in estimates else each
        for each in shown
    ]


def _one(who: Principal, samples: SampleRequests, saved: SavedAction) -> Shown:
    (shown,) = _shown(who, samples, saved.rule, [saved.action])
    return {**shown, "cleared": list(saved.cleared)} if saved.cleared else shown


def _notification(who: Principal, samples: SampleRequests, saved: SavedAction) -> Response:
    return answer(dict(_one(who, samples, saved)), headers={"ETag": etag(saved.rule)})


def _all(who: Principal, samples: SampleRequests, rule: AlertRule) -> Response:
    return _list(rule, _shown(who, samples, rule, rule.actions))


def _trigger(saved: SavedTrigger) -> Response:
    return answer(trigger_resource(saved.trigger), headers={"ETag": etag(saved.rule)})


def _list(rule: AlertRule, items: Sequence[Shown]) -> Response:
    return answer({"items": list(items), "next_cursor": None}, headers={"ETag": etag(rule)})


def _gone(rule: AlertRule) -> Response:
    return Response("", {"ETag": etag(rule)}, 204)
