"""Routes that say what a rule sent: its history, and what became of a test."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar

from chalice.app import Blueprint, Response

from console.faults import FaultsShown
from console.rules.words import ACTIONS, TYPES, shown_action
from console.site import Site
from console.visit import Visit
from console.words import sentence
from tocsin.alert_rules.application.history_rows import HistoryChannel, HistoryRow, HistoryStatus
from tocsin.alert_rules.application.read_history import HistoryFilter, HistoryPage, ReadHistory
from tocsin.alert_rules.application.test_rule import TestRule
from tocsin.alert_rules.domain.rights import RuleOperation
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.alert_rules.domain.triggers import RuleType
from tocsin.identity.domain.permissions import Permission
from tocsin.kernel.domain.errors import Fault, NothingEnabled, Restoring, TooManyRequests
from tocsin.telephony.domain.stored_event import EVENT_KEPT

RUNS_A_PAGE = 25
RELOAD_EVERY, RELOADS_FOR = 2, timedelta(minutes=10)
"""Seconds between reloads of what a test shows while something waits, and how long it is reloaded."""

CHANNELS = {
    HistoryChannel.EMAIL: ACTIONS["email"],
    HistoryChannel.SMS: ACTIONS["sms"],
    HistoryChannel.WEBHOOK: ACTIONS["webhook"],
}
STATUSES = {
    HistoryStatus.PENDING: ("wait", "waiting"),
    HistoryStatus.SUCCESS: ("ok", "sent"),
    HistoryStatus.FAILED: ("bad", "failed"),
}
"""Glyph and word of each status."""

_FILTERS = ("from", "to", "channel", "status", "recipient", "entity", "line", "test")

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class HistoryPages:
    """What these pages need of the core.

    Attributes:
        test: returns what sends the samples of a rule.
    """

    history: ReadHistory
    test: Callable[[], TestRule]


def history_routes(site: Site, use: HistoryPages) -> Blueprint:
    """Return the routes of histories and tests."""
    routes = Blueprint(__name__)
    read = use.history.read

    @site.page(routes, "rules/{rule_id}/history", Permission.RULES_OWN)
    def history(visit: Visit, rule_id: str) -> Response:
        rule = read.kept(visit.principal, rule_id)
        filter, faults = _filter(visit, rule)
        page = HistoryPage([], None)
        if not faults:
            cursor = visit.query.get("cursor") or None
            page = use.history.page(visit.principal, rule.id, filter, RUNS_A_PAGE, cursor)
        return site.show(
            visit,
            "rules/history",
            422 if faults else 200,
            it=rule,
            type=TYPES[rule.type],
            rows=[_row(row, visit) for row in page.rows],
            next=page.next,
            asked={name: visit.query.get(name, "") for name in _FILTERS},
            channels=[("", "every channel"), *((each.value, word) for each, word in CHANNELS.items())],
            statuses=[("", "every status"), *((each.value, word) for each, (_, word) in STATUSES.items())],
            of_calls=rule.type is RuleType.CALL,
            of_lines=rule.type is RuleType.SIP,
            faults=FaultsShown(faults),
        )

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

    return routes


def _filter(visit: Visit, rule: AlertRule) -> tuple[HistoryFilter, Sequence[Fault]]:
    """Return the conditions of the address; words that are none, and filters of other types of rules, are ignored."""
    query = visit.query
    since, until, faults = visit.span()
    return HistoryFilter(
        since=since,
        until=until,
        channel=_word(query.get("channel"), HistoryChannel),
        status=_word(query.get("status"), HistoryStatus),
        recipient=query.get("recipient", "").strip() or None,
        entity=(query.get("entity", "").strip() or None) if rule.type is RuleType.CALL else None,
        line=(query.get("line", "").strip() or None) if rule.type is RuleType.SIP else None,
        test=query.get("test") or None,
    ), faults


def _word(given: str | None, words: type[Word]) -> Word | None:
    return next((each for each in words if each == given), None)


def _row(row: HistoryRow, visit: Visit) -> dict[str, Any]:
    glyph, word = STATUSES[row.status]
    return {
        "id": row.id,
        "at": row.created_at,
        "channel": CHANNELS[row.channel] if row.channel else "A line is watched",
        "recipient": row.recipient or "",
        "glyph": glyph,
        "word": word,
        "reason": None if row.reason is None else sentence(row.reason.message),
        "detail": "" if row.reason is None else row.reason.detail or "",
        "waits_until": row.waits_until,
        "attempts": row.attempts,
        "updated_at": row.updated_at,
        "action": row.action,
        "request": None if row.action is None else _written(row.action.request),
        "response": None if row.action is None or row.action.response is None else _written(row.action.response),
        "entities": ", ".join(row.run.entities),
        "version": row.run.rule_version,
        "test": row.run.test,
        "test_id": row.run.id if row.run.test else "",
        "event": row.run.event if not row.run.test and visit.now < row.run.at + EVENT_KEPT else "",
    }


def _written(value: Any) -> str:
    """Return what was sent or answered as a person reads it; a body that is JSON is indented."""
    shown = dict(value)
    if isinstance(shown.get("body"), str):
        with suppress(ValueError, RecursionError):  # a GET has no body
            shown["body"] = json.loads(shown["body"])
    return json.dumps(shown, indent=2, ensure_ascii=False, default=str)


def _test(site: Site, use: HistoryPages, visit: Visit, rule: AlertRule, faults: Sequence[Fault] = ()) -> Response:
    """Show what a test sends, or what became of what it sent; it is reloaded until nothing waits."""
    id = visit.query.get("run", "")
    rows: Sequence[HistoryRow] = []
    run = use.history.runs.get(rule.tenant, rule.id, id, visit.now) if id else None
    if run is not None and run.test:
        filter = HistoryFilter(test=run.id)
        rows = use.history.page(visit.principal, rule.id, filter, RUNS_A_PAGE).rows
    else:
        run = None
    sent = [dict(shown_action(action), rows=[_row(row, visit) for row in rows if row.notification == action.id])
            for action in rule.actions]  # fmt: skip
    waits = run is not None and any(
        each["on"] and (not each["rows"] or any(row["glyph"] == "wait" for row in each["rows"])) for each in sent
    )
    values: dict[str, Any] = {
        "it": rule,
        "run": run,
        "actions": sent,
        "waits": waits,
        "once": secrets.token_hex(16),
        "faults": FaultsShown(faults),
    }
    if faults:
        return site.show(visit, "rules/test", 422, next_look=0, etag="", **values)
    reloads = run is not None and waits and visit.now < run.at + RELOADS_FOR
    return site.show_live(visit, "rules/test", RELOAD_EVERY if reloads else 0, values)
