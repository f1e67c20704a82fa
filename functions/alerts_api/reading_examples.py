"""Examples of answers, for the document."""

from __future__ import annotations

from typing import Any

from alerts_api.operation import EXAMPLE_ALERT
from tocsin.delivery.domain.message import MessageState
from tocsin.results.domain.reasons import reason_text

_ALERT: dict[str, Any] = {
    "alert_ref": EXAMPLE_ALERT,
    "alert_id": EXAMPLE_ALERT,
    "title": "Trunk 7 is down",
    "sent_by": {"kind": "key", "id": "k1", "name": "Control room"},
    "company": None,
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
        {
            "channel": "sms",
            "tag": "crew-sms",
            "requested_count": 2,
            "accepted_count": 2,
            "failure_reason": None,
            "failure_code": None,
        },
        {
            "channel": "email",
            "tag": "crew-mail",
            "requested_count": 1,
            "accepted_count": 1,
            "failure_reason": None,
            "failure_code": None,
        },
    ],
}

GET_ALERT_RESPONSE: dict[str, Any] = {
    **_ALERT,
    "state": "completed",
    "counts": {**{s.value: 0 for s in MessageState}, "sent": 3},
    "excluded_count": 0,
    "responses": 1,
    "uncounted_responses": 0,
    "escalation": {
        "first_alert_ref": EXAMPLE_ALERT,
        "state": "active",
        "step": 0,
        "steps": 1,
        "next_due_at": "2026-11-23T12:05:00.000Z",
        "answered": 0,
        "needed": 1,
        "evidence": "confirmed",
        "step_alert_refs": [EXAMPLE_ALERT],
        "ended_at": None,
    },
}

_OF_A_ROW = ("state", "counts", "escalation")

LIST_ALERTS_RESPONSE: dict[str, Any] = {
    "items": [{**_ALERT, **{name: GET_ALERT_RESPONSE[name] for name in _OF_A_ROW}, "answered": 1}],
    "next_cursor": None,
}

SUMMARY_RESPONSE: dict[str, Any] = {
    "client_ref": "trunk-7",
    "alerts": 2,
    "recipient_count": 6,
    "counts": {**{s.value: 0 for s in MessageState}, "sent": 6},
    "responses": 1,
    "next_cursor": None,
}

LIST_RECIPIENTS_RESPONSE: dict[str, Any] = {
    "items": [
        {
            "recipient": "~0.0.0",
            "address": "+447700900001",
            "contact_id": "c1",
            "channel": "sms",
            "tag": "crew-sms",
            "state": "sent",
            "reason": None,
            "reason_text": None,
            "pointer": None,
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

LIST_RESPONSES_RESPONSE: dict[str, Any] = {
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
            "evidence": "wrote",
            "counted": True,
            "reason": None,
            "reason_text": None,
            "not_ok": False,
            "details": {},
        }
    ],
    "next_cursor": None,
}

_STOP = {"reason": "stop", "reason_text": reason_text("stop")}

EXPLAIN_RESPONSE: dict[str, Any] = {
    "alert_ref": "0198a5c2-7e4f-7cc1-9e0a-3f6f6d1c2b5a",
    "recipient": "c1",
    "contact_id": "c1",
    "elements": [{"item": 0, "channel": "sms", "tag": "crew-sms", "state": "suppressed", **_STOP}],
    "chain": [
        {
            "at": "2026-11-23T12:00:00.000Z",
            "code": "accepted",
            "reason": None,
            "reason_text": None,
            "text": "a call asked for the alert, and it was accepted",
            "item": None,
            "attempt": None,
            "until": None,
            "counted": None,
            "evidence": None,
        },
        {
            "at": "2026-11-23T12:00:00.420Z",
            "code": "taken",
            "reason": None,
            "reason_text": None,
            "text": "a worker claimed it to submit it",
            "item": 0,
            "attempt": 1,
            "until": None,
            "counted": None,
            "evidence": None,
        },
        {
            "at": "2026-11-23T12:00:00.450Z",
            "code": "suppressed",
            "reason": "stop",
            "reason_text": "the receiver had written STOP",
            "text": "it was not sent: the receiver had written STOP",
            "item": 0,
            "attempt": 1,
            "until": None,
            "counted": None,
            "evidence": None,
        },
    ],
}
