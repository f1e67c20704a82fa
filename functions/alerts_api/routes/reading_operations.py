"""The resources below `/alerts`, described."""

from __future__ import annotations

from typing import Any

from alerts_api.operation import EXAMPLE_ALERT, RESOURCE_ERRORS, Operation, QueryParameter
from alerts_api.schemas.explanations import ExplanationResource
from alerts_api.schemas.resources import (
    AlertListResource,
    AlertStatusResource,
    AlertSummaryResource,
    RecipientListResource,
)
from alerts_api.schemas.responses import ResponseListResource
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.domain.message import MessageState
from tocsin.entrypoint.alert_body.limits import PAGE_ITEMS
from tocsin.history.domain.alert_state import AlertState

_ALERT: dict[str, Any] = {
    "alert_ref": EXAMPLE_ALERT,
    "alert_id": EXAMPLE_ALERT,
    "client_ref": "trunk-7",
    "sender": "k1",
    "sandbox": False,
    "lane": "urgent",
    "overrides_quiet_hours": False,
    "notification": "poll",
    "accepted_at": "2026-11-23T12:00:00.000Z",
    "send_before": "2026-11-23T16:00:00.000Z",
    "expires_at": "2026-12-23T12:00:00.000Z",
    "email_subject_ref": "[TX-1YC76VQ1P3]",
    "recipient_count": 3,
    "cause": None,
    "items": [
        {"channel": "sms", "tag": "crew-sms", "requested_count": 2, "accepted_count": 2, "failure_reason": None},
        {"channel": "email", "tag": "crew-mail", "requested_count": 1, "accepted_count": 1, "failure_reason": None},
    ],
}

_LIST_ALERTS_RESPONSE: dict[str, Any] = {"items": [_ALERT], "next_cursor": None}

_GET_ALERT_RESPONSE: dict[str, Any] = {
    **_ALERT,
    "state": "completed",
    "counts": {**{s.value: 0 for s in MessageState}, "sent": 3},
    "responses": 1,
    "escalation": {
        "first_alert_ref": EXAMPLE_ALERT,
        "state": "active",
        "step": 0,
        "steps": 1,
        "next_due_at": "2026-11-23T12:05:00.000Z",
        "answered": 0,
        "needed": 1,
        "step_alert_refs": [EXAMPLE_ALERT],
        "ended_at": None,
    },
}

_SUMMARY_RESPONSE: dict[str, Any] = {
    "client_ref": "trunk-7",
    "alerts": 2,
    "recipient_count": 6,
    "counts": {**{s.value: 0 for s in MessageState}, "sent": 6},
    "responses": 1,
    "next_cursor": None,
}

_LIST_RECIPIENTS_RESPONSE: dict[str, Any] = {
    "items": [
        {
            "recipient": "~0.0.0",
            "address": "+447700900001",
            "contact_id": "c1",
            "channel": "sms",
            "tag": "crew-sms",
            "state": "sent",
            "reason": None,
            "attempts": 1,
            "provider_id": "8f0b6c1e-…",
            "possible_duplicate": False,
            "updated_at": "2026-11-23T12:00:01.250Z",
            "segments": 1,
            "responded_at": "2026-11-23T12:04:30.000Z",
            "held_until": None,
        }
    ],
    "next_cursor": None,
}

_LIST_RESPONSES_RESPONSE: dict[str, Any] = {
    "items": [
        {
            "kind": "sms",
            "address": "+447700900001",
            "contact_id": "c1",
            "channel": "sms",
            "tag": "crew-sms",
            "responded_at": "2026-11-23T12:04:30.000Z",
            "reply": "on my way",
            "reply_encoding": "utf8",
            "late": False,
            "matched": True,
            "details": {},
        }
    ],
    "next_cursor": None,
}

_EXPLAIN_RESPONSE: dict[str, Any] = {
    "alert_ref": "0198a5c2-7e4f-7cc1-9e0a-3f6f6d1c2b5a",
    "recipient": "c1",
    "contact_id": "c1",
    "elements": [{"item": 0, "channel": "sms", "tag": "crew-sms", "state": "suppressed", "reason": "stop"}],
    "chain": [
        {
            "at": "2026-11-23T12:00:00.000Z",
            "code": "accepted",
            "reason": None,
            "text": "a call asked for the alert, and it was accepted",
            "item": None,
            "attempt": None,
            "until": None,
        },
        {
            "at": "2026-11-23T12:00:00.420Z",
            "code": "taken",
            "reason": None,
            "text": "a worker claimed it to submit it",
            "item": 0,
            "attempt": 1,
            "until": None,
        },
        {
            "at": "2026-11-23T12:00:00.450Z",
            "code": "suppressed",
            "reason": "stop",
            "text": "it was not sent: the receiver had written STOP",
            "item": 0,
            "attempt": 1,
            "until": None,
        },
    ],
}

LIMIT = QueryParameter(
    "limit", f"entries per page, 1 to {PAGE_ITEMS}", {"type": "integer", "minimum": 1, "maximum": PAGE_ITEMS}
)
CURSOR = QueryParameter("cursor", "`next_cursor` of the page before", {"type": "string", "maxLength": 2048})

_CLIENT_REF = QueryParameter("client_ref", "only alerts of calls with this `clientRef`", {"type": "string"})
_TIME = {"type": "string", "format": "date-time"}
_PERIOD = (
    QueryParameter("since", "only alerts with `accepted_at` at this time or later", _TIME),
    QueryParameter("until", "only alerts with `accepted_at` before this time", _TIME),
)
_SENDER = QueryParameter("sender", "only alerts sent with the API key of this id, as in `sender`", {"type": "string"})

OPERATIONS = (
    Operation(
        method="GET",
        path="/alerts",
        name="listAlerts",
        tags=("Results",),
        summary="Sent alerts, newest first",
        description=(
            "All alerts of your account that were sent with keys of the same kind (live or sandbox). Conditions that "
            "are given must all hold. A page looks at 1,000 alerts at most, with `state` at the progress of 100, so it "
            "may be short or empty while `next_cursor` says that more follows. `since` and `until` narrow what it "
            "looks at. Needs `canReadAlerts`."
        ),
        answer=AlertListResource,
        errors=RESOURCE_ERRORS,
        query=(
            LIMIT,
            CURSOR,
            _CLIENT_REF,
            QueryParameter(
                "state", "only alerts in this state", {"type": "string", "enum": [s.value for s in AlertState]}
            ),
            *_PERIOD,
            _SENDER,
        ),
        response=_LIST_ALERTS_RESPONSE,
    ),
    Operation(
        method="GET",
        path="/alerts/summary",
        name="summarizeAlerts",
        tags=("Results",),
        summary="The sums over the alerts of one reference",
        description=(
            "Give several calls the same `clientRef`, which need not be unique, and see them as one. A request adds up "
            "the newest alerts, 100 at most, and looks at 1,000 for each 20 of them; if `next_cursor` is not null, add "
            "what the next request returns. `since` and `until` narrow what it looks at. Needs `canReadAlerts`."
        ),
        answer=AlertSummaryResource,
        errors=RESOURCE_ERRORS,
        query=(
            QueryParameter("client_ref", "the `clientRef` of the calls; required", _CLIENT_REF.schema),
            *_PERIOD,
            _SENDER,
            CURSOR,
        ),
        response=_SUMMARY_RESPONSE,
    ),
    Operation(
        method="GET",
        path="/alerts/{alert_ref}",
        name="getAlert",
        tags=("Results",),
        summary="One alert and its progress",
        description="Counts per state; they may lag a few seconds behind the messages. Needs `canReadAlerts`.",
        answer=AlertStatusResource,
        errors=RESOURCE_ERRORS,
        response=_GET_ALERT_RESPONSE,
    ),
    Operation(
        method="GET",
        path="/alerts/{alert_ref}/recipients",
        name="listRecipients",
        tags=("Results",),
        summary="Receivers and the state of their messages",
        description="Every receiver in the order given, element by element. Needs `canReadAlerts`.",
        answer=RecipientListResource,
        errors=RESOURCE_ERRORS,
        query=(
            LIMIT,
            CURSOR,
            QueryParameter(
                "state", "only messages in this state", {"type": "string", "enum": [s.value for s in MessageState]}
            ),
            QueryParameter("channel", "only this channel", {"type": "string", "enum": [c.value for c in Channel]}),
        ),
        response=_LIST_RECIPIENTS_RESPONSE,
    ),
    Operation(
        method="GET",
        path="/alerts/{alert_ref}/responses",
        name="listResponses",
        tags=("Results",),
        summary="What people answered",
        description=(
            "Every answer to the alert: texts, mails, key presses and clicks, in no order of time. An answer that may "
            "belong to one of several alerts is listed with each, as `matched: false`. Needs `canReadAlerts`."
        ),
        answer=ResponseListResource,
        errors=RESOURCE_ERRORS,
        query=(LIMIT, CURSOR),
        response=_LIST_RESPONSES_RESPONSE,
    ),
    Operation(
        method="GET",
        path="/alerts/{alert_ref}/explain/{recipient}",
        name="explainRecipient",
        tags=("Results",),
        summary="Why a receiver got a message or not",
        description=(
            "Everything that was sent, delayed, excluded, suppressed, skipped or failed for one receiver, with reason "
            "codes, oldest first. `recipient` is a contact id, or the `recipient` of an entry of "
            "`/alerts/{alert_ref}/recipients`. Needs `canReadAlerts`."
        ),
        answer=ExplanationResource,
        errors=RESOURCE_ERRORS,
        response=_EXPLAIN_RESPONSE,
    ),
)
