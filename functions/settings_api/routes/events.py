"""Telephony events, what they did, and what alert rules made of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from chalice.app import Blueprint, Response

from settings_api.caller import Caller
from tocsin.alert_rules.application.explain_events import ExplainEvents
from tocsin.alert_rules.application.history_rows import HistoryChannel, HistoryStatus
from tocsin.alert_rules.application.read_events import EventFilter, ReadEvents
from tocsin.alert_rules.application.read_history import HistoryFilter, ReadHistory
from tocsin.entrypoint.alert_body.words import parse_instant
from tocsin.entrypoint.http.app import Call, Shape, answer, answers
from tocsin.entrypoint.http.paging import page_limit
from tocsin.entrypoint.rule_body.history import record
from tocsin.entrypoint.telephony_body.events import event_explained, event_shown, rule_explained
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.personal_notices.application.explain_notices import ExplainNotices
from tocsin.telephony.domain.stored_event import EVENT_KEPT
from tocsin.tenant_mail.application.read_mails import ReadMails

Word = TypeVar("Word", bound=StrEnum)

_PER_PAGE = 100


def event_routes(
    caller: Caller, events: ReadEvents, explain: ExplainEvents, mails: ReadMails, notices: ExplainNotices
) -> Blueprint:
    """Return the routes of telephony events."""
    routes = Blueprint(__name__)

    @routes.route("/events", methods=["GET"])
    @answers(routes, Shape.PROBLEM)
    def all_events(call: Call) -> Response:
        who = caller(call)
        events.check_may_read(who)
        query = call.query("from", "to", "type", "line", "number", "limit", "cursor")
        times = times_of(query)
        filter = EventFilter(
            times.get("from"), times.get("to"), query.get("type"), query.get("line"), query.get("number")
        )
        page = events.page(who, filter, page_limit(query, _PER_PAGE), query.get("cursor"))
        return answer(
            {
                "items": [event_shown(each) for each in page.events],
                "next_cursor": page.next,
                "since": wire_time(page.since),
                "until": wire_time(page.until),
                "kept_days": EVENT_KEPT // timedelta(days=1),
            }
        )

    @routes.route("/events/{id}", methods=["GET"])
    @answers(routes, Shape.PROBLEM)
    def one_event(call: Call, id: str) -> Response:
        found = events.one(caller(call), id)
        call.query()
        return answer(event_shown(found))

    @routes.route("/events/{id}/explain", methods=["GET"])
    @answers(routes, Shape.PROBLEM)
    def explained_event(call: Call, id: str) -> Response:
        who = caller(call)
        found = explain.event(who, id)
        stored, user = found.stored, call.query("user").get("user")
        person = None if user is None else notices.person(who, stored, user)
        return answer(event_explained(found, mails.of_event(who, stored), notices.all(who, stored), person))

    return routes


def rule_reading_routes(caller: Caller, explain: ExplainEvents, history: ReadHistory) -> Blueprint:
    """Return the routes that say what an alert rule did, and why."""
    routes = Blueprint(__name__)

    @routes.route("/alert_rules/{id}/explain", methods=["GET"])
    @answers(routes, Shape.PROBLEM)
    def explained_rule(call: Call, id: str) -> Response:
        who = caller(call)
        explain.check_may_see(who, id)
        event = call.query("event").get("event")
        if event is None:
            raise InvalidRequest([Fault("/event", "REQUIRED", "name the event that is explained")])
        return answer(rule_explained(explain.rule(who, id, event), event))

    @routes.route("/alert_rules/{id}/history", methods=["GET"])
    @answers(routes, Shape.PROBLEM)
    def records(call: Call, id: str) -> Response:
        who = caller(call)
        history.check_may_see(who, id)
        query = call.query(*_HISTORY_FILTERS, "limit", "cursor")
        page = history.page(who, id, _history_filter(query), page_limit(query, _PER_PAGE), query.get("cursor"))
        return answer({"items": [record(row) for row in page.rows], "next_cursor": page.next})

    @routes.route("/alert_rules/{id}/history/{history_id}", methods=["GET"])
    @answers(routes, Shape.PROBLEM)
    def one_record(call: Call, id: str, history_id: str) -> Response:
        found = history.one(caller(call), id, history_id)
        call.query()
        return answer(record(found))

    return routes


_HISTORY_FILTERS = ("from", "to", "channel", "status", "recipient", "entity", "line", "extension", "test")


def _history_filter(query: Mapping[str, str]) -> HistoryFilter:
    """Return the conditions of a query. Raises InvalidRequest."""
    times = times_of(query)
    if "line" in query and "extension" in query:
        raise InvalidRequest([Fault("/extension", "CONFLICT", "give only one of `line` or `extension`")])
    return HistoryFilter(
        since=times.get("from"),
        until=times.get("to"),
        channel=_word(query, "channel", HistoryChannel),
        status=_word(query, "status", HistoryStatus),
        recipient=query.get("recipient"),
        entity=query.get("entity"),
        line=query.get("line", query.get("extension")),
        test=query.get("test"),
    )


def _word(query: Mapping[str, str], name: str, words: type[Word]) -> Word | None:
    """Return the word of a query parameter, in any case."""
    if name not in query:
        return None
    try:
        return words(query[name].upper())
    except ValueError:
        known = ", ".join(word.value for word in words)
        raise InvalidRequest([Fault(f"/{name}", "NOT_ALLOWED", f"must be one of {known}")]) from None


def times_of(query: Mapping[str, str]) -> dict[str, datetime]:
    """Return `from` and `to` of a query. Raises InvalidRequest with each that is no time."""
    times, faults = dict[str, datetime](), list[Fault]()
    for name in ("from", "to"):
        if name not in query:
            continue
        try:
            at = parse_instant(query[name])
        except ValueError as error:
            faults.append(Fault(f"/{name}", "WRONG_FORM", str(error)))
            continue
        if at.tzinfo is None:
            faults.append(Fault(f"/{name}", "WRONG_FORM", "must name its offset, like 2030-01-31T08:00:00Z"))
        times[name] = at
    if faults:
        raise InvalidRequest(faults)
    return times
