"""The operations of telephony events and of explanations."""

from __future__ import annotations

from typing import Any

from tocsin.entrypoint.http.operation import RESOURCE_ERRORS, Operation, QueryParameter
from tocsin.entrypoint.mail_body import mails
from tocsin.entrypoint.telephony_body import events as shapes
from tocsin.entrypoint.telephony_body import told_people

_TEXT = {"type": "string"}
_TIME = {"type": "string", "format": "date-time"}
_NEED = (
    "Account owners and admins read all events. Managers read those of their companies, queue managers those of their "
    "queues, users those of their own lines, and custom roles as their data scopes say. An event that names no line, "
    "group or number is read by owners and admins only. API keys read no events."
)
_EVENT: dict[str, Any] = {
    "event_id": "3f9c2a713f9c2a713f9c2a713f9c2a71", "id": "a1", "source": "acme-3f9c2a71", "type": "call.ended",
    "time": "2026-11-21T10:00:18.000Z", "received_at": "2026-11-21T10:00:19.000Z",
    "data": {"callId": "a1", "direction": "incoming", "status": "missed", "from": {"number": "+447700900123"},
             "to": {"number": "+442079460000"}, "line": "2010", "durationSeconds": 18},
    "extensions": {}, "owed": False,
}  # fmt: skip
_FILTER = {
    "name": "statuses", "wanted": ["missed"], "got": ["missed"], "matched": True,
    "sentence": "statuses: the event has missed, which matches missed",
}  # fmt: skip
_RULE = {
    "event": _EVENT["event_id"], "alert_rule": "0192f0c4-7c00-7000-8000-00000000000a", "name": "Missed calls",
    "rule_version": 3, "fired": True, "sentence": "the rule fired, and its messages were sent",
    "triggers": [{"id": "t1", "description": "Support", "matched": True, "filters": [_FILTER]}],
    "gates": [{"name": "disabled", "passed": True, "sentence": "the rule is enabled"}],
    "run": {"id": "0192f0c4-7c00-7000-8000-00000000000b", "state": "sent", "at": "2026-11-21T10:00:19.000Z",
            "entities": ["Support"]},
}  # fmt: skip
_MISS = {
    "alert_rule": "0192f0c4-7c00-7000-8000-00000000000c", "name": "Long calls",
    "trigger": {"id": "t2", "description": ""},
    "filter": {"name": "duration", "wanted": ["at least 60 s"], "got": ["18 s"], "matched": False,
               "sentence": "duration: the event has 18 s, which does not match at least 60 s"},
}  # fmt: skip

OPERATIONS = (
    Operation(
        method="GET", path="/events", name="listEvents", tags=("Telephony events",), summary="List telephony events",
        description=f"{_NEED} Events are kept for seven days. A page may be short, or empty, with a `next_cursor`.",
        query=(
            QueryParameter("from", "received then or later; the default is 24 hours before `to`", _TIME),
            QueryParameter("to", "received before; the default is now", _TIME),
            QueryParameter("type", "for example `call.ended`", _TEXT),
            QueryParameter("line", "id, extension or alias of a line", _TEXT),
            QueryParameter("number", "of a party or of the account", _TEXT),
            QueryParameter("limit", "entries of a page", {"type": "integer", "minimum": 1, "maximum": 100}),
            QueryParameter("cursor", "`next_cursor` of the page before", _TEXT),
        ),
        answer=shapes.EventList, errors=RESOURCE_ERRORS,
        response={"items": [_EVENT], "next_cursor": None, "since": "2026-11-20T10:05:00.000Z",
                  "until": "2026-11-21T10:05:00.000Z", "kept_days": 7},
    ),
    Operation(
        method="GET", path="/events/{id}", name="getEvent", tags=("Telephony events",),
        summary="Read a telephony event", description=_NEED, answer=shapes.EventResource, errors=RESOURCE_ERRORS,
        response=_EVENT,
    ),
    Operation(
        method="GET", path="/events/{id}/explain", name="explainEvent", tags=("Telephony events",),
        summary="Read all that an event did",
        description=f"{_NEED} The answer has the rules that matched and that you may see, and the enabled rules that "
        "do not match by one filter, at most 100 of each; what became of the mail about the event; and which people "
        "were told, of whom you see yourself, and owners and admins all. With `user` the answer says for one person by "
        "which channels they were told, or why not: yourself (`me`), or for owners and admins any person.",
        query=(QueryParameter("user", "id of a person, or `me`", _TEXT),),
        answer=shapes.EventExplained, errors=RESOURCE_ERRORS,
        response={"event": _EVENT, "rules": [_RULE], "near_misses": [_MISS],
                  "acts": [mails.ACT, told_people.NOTICE_ACT], "people": [told_people.PERSON_TOLD]},
    ),
    Operation(
        method="GET", path="/alert_rules/{id}/explain", name="explainRule", tags=("Alert rules",),
        summary="Read why a rule fired for an event, or did not",
        description="Who may see the rule and the event may read it. The rule is explained in the version that stood "
        "when the event came.",
        query=(QueryParameter("event", "our id of the event", _TEXT, required=True),),
        answer=shapes.RuleExplained, errors=RESOURCE_ERRORS, response=_RULE,
    ),
)  # fmt: skip
