"""Backtests: of a rule, of a rule that is not saved, and their results."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from chalice.app import Blueprint, Response

from settings_api.caller import Caller
from settings_api.routes.answering import repeatable
from tocsin.alert_rules.application.manage_rules import ManageRules
from tocsin.alert_rules.application.read_rules import ReadRules
from tocsin.alert_rules.application.run_backtests import StartBacktest
from tocsin.alert_rules.domain.backtest import result
from tocsin.alert_rules.domain.rights import RuleOperation, check_may
from tocsin.alert_rules.ports.backtests import Backtest
from tocsin.entrypoint.http.app import Call, Shape, answer, answers
from tocsin.entrypoint.http.wire import read
from tocsin.entrypoint.rule_body.backtests import BacktestBody, SpanBody
from tocsin.idempotency.application.idempotent_call import IdempotentCall
from tocsin.kernel.domain.errors import InvalidRequest
from tocsin.kernel.domain.wire_time import wire_time


def backtest_routes(
    caller: Caller,
    rules: ReadRules,
    manage: ManageRules,
    backtests: Callable[[], StartBacktest],
    answers_kept: IdempotentCall,
) -> Blueprint:
    """Return the routes of backtests.

    Args:
        backtests: returns what starts and finds them.
    """
    routes = Blueprint(__name__)

    @routes.route("/alert_rules/{id}/backtest", methods=["POST"])
    @answers(routes, Shape.PROBLEM)
    def of_rule(call: Call, id: str) -> Response:
        body, who = call.json(), caller(call)
        check_may(who, RuleOperation.BACKTEST)
        call.query()

        def started(seed: bytes | None) -> Mapping[str, Any]:
            rule = rules.one(who, id, RuleOperation.BACKTEST)
            first, before = read(SpanBody, body).span()
            return shown(backtests()(who, rule, first, before, is_saved=True, seed=seed))

        return _accepted(repeatable(call, answers_kept, who, f"alert_rules/{id}/backtest", body, started))

    @routes.route("/backtests", methods=["POST"])
    @answers(routes, Shape.PROBLEM)
    def of_draft(call: Call) -> Response:
        body, who = call.json(), caller(call)
        check_may(who, RuleOperation.CREATE)
        call.query()

        def started(seed: bytes | None) -> Mapping[str, Any]:
            asked = read(BacktestBody, body)
            first, before = asked.span()
            try:
                rule = manage.draft(who, asked.rule)
            except InvalidRequest as refused:
                faults = [replace(fault, pointer=f"/rule{fault.pointer}") for fault in refused.faults]
                raise InvalidRequest(faults) from refused
            return shown(backtests()(who, rule, first, before, is_saved=False, seed=seed))

        return _accepted(repeatable(call, answers_kept, who, "backtests", body, started))

    @routes.route("/backtests/{id}", methods=["GET"])
    @answers(routes, Shape.PROBLEM)
    def one(call: Call, id: str) -> Response:
        who = caller(call)
        check_may(who, RuleOperation.LIST_OWN)
        call.query()
        return answer(shown(backtests().find(who, id)))

    return routes


def shown(backtest: Backtest) -> dict[str, Any]:
    """Return a backtest as answers show it."""
    return {
        "id": backtest.id,
        "rule_id": backtest.rule.id if backtest.is_saved else None,
        "state": backtest.state.value,
        "progress": round(backtest.progress, 3),
        "from": wire_time(backtest.first),
        "to": wire_time(backtest.before),
        "created_at": wire_time(backtest.created_at),
        "expires_at": wire_time(backtest.expires_at),
        **result(backtest.sums, backtest.before - backtest.first),
    }


def _accepted(started: Mapping[str, Any]) -> Response:
    return answer(started, 202, {"Location": f"backtests/{started['id']}"})
