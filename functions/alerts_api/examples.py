"""An example of every request and answer, as the document and the page show them; tests check each."""

from __future__ import annotations

from typing import Any

from tocsin.delivery.domain.message import MessageState

_REF = "019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a90"
_STORE = "019aa3c4-9f10-7b1e-8c55-0d3c6b5a4f21"
_KEY = "tcs_live_acme_k1_…"

_ALERT: dict[str, Any] = {
    "alert_ref": _REF,
    "alert_id": _REF,
    "client_ref": "trunk-7",
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

SEND_ALERT_REQUEST: dict[str, Any] = {
    "version": "latest",
    "apiKey": _KEY,
    "clientRef": "trunk-7",
    "contactGroup": {
        "inlineContactGroup": {
            "name": "crew",
            "contacts": [
                {"id": "c1", "sms": "+447700900001", "email": "one@example.org", "lookups": {"firstname": "Ana"}},
                {"id": "c2", "sms": "+447700900002", "email": ""},
            ],
            "sets": [{"name": "on-call", "ids": ["c1"]}],
        }
    },
    "alert": [
        {
            "alertType": "sms",
            "tag": "crew-sms",
            "sender": "Tocsin",
            "contactSets": ["all"],
            "content": "{firstname}, trunk 7 is down ({datetime-Europe/London-HH:mm}). Seen it? {shortlink}",
            "lookups": {"shortlink": {"reference": "trunk-7-seen", "url": "https://noc.example.org/trunks/7"}},
        },
        {
            "alertType": "email",
            "tag": "crew-mail",
            "contactSets": ["on-call"],
            "subject": "Trunk 7 is down",
            "content": "Trunk 7 is down since 11:58 UTC.",
        },
    ],
    "options": {"notification": "poll"},
}

SEND_ALERT_RESPONSE: dict[str, Any] = {
    "success": True,
    "returnCode": 200,
    "clientRef": "trunk-7",
    "alertRef": _REF,
    "alertId": _REF,
    "emailSubjectRef": "[TX-1YC76VQ1P3]",
    "alerts": [
        {
            "alertType": "sms",
            "tag": "crew-sms",
            "success": True,
            "requestedCount": 2,
            "sentCount": 2,
            "remainingCapacity": 998,
            "segments": 1,
        },
        {
            "alertType": "email",
            "tag": "crew-mail",
            "success": True,
            "requestedCount": 1,
            "sentCount": 1,
            "remainingCapacity": None,
        },
    ],
}

SEND_STORED_ALERT_REQUEST: dict[str, Any] = {
    "version": "latest",
    "apiKey": _KEY,
    "storeName": "trunk-down",
    "clientRef": "trunk-7",
}

SEND_STORED_ALERT_RESPONSE: dict[str, Any] = {
    "success": True,
    "returnCode": 200,
    "clientRef": "trunk-7",
    "alertRef": _REF,
    "alertId": _REF,
    "alerts": [
        {
            "alertType": "sms",
            "tag": "crew-sms",
            "success": True,
            "requestedCount": 2,
            "sentCount": 2,
            "remainingCapacity": None,
            "segments": 1,
        }
    ],
}

_SCHEDULE = "019aa3c4-7b20-7d3a-8e11-5c0f9a8b7d62"

_SCHEDULED: dict[str, Any] = {
    "success": True,
    "returnCode": 200,
    "clientRef": "backup-check",
    "scheduleId": _SCHEDULE,
    "scheduledAlertId": _SCHEDULE,
    "storeId": _STORE,
    "expirationInDays": 30,
    "nextRunAt": "2026-11-24T09:00:00.000Z",
}

_TEXT: dict[str, Any] = {
    "alertType": "sms",
    "tag": "crew-sms",
    "sender": "Tocsin",
    "recipients": ["+447700900001"],
    "content": "Trunk 7 is down.",
}

SEND_ALERTS_REQUEST: dict[str, Any] = {
    "version": "latest",
    "apiKey": _KEY,
    "alerts": [
        {"clientRef": "trunk-7", "alert": [_TEXT]},
        {
            "clientRef": "trunk-7-later",
            "alert": [{**_TEXT, "content": "Trunk 7: is anybody there?"}],
            "options": {"schedule": {"start": "now", "delay": "15m"}},
        },
    ],
}

SEND_ALERTS_RESPONSE: dict[str, Any] = {
    "success": True,
    "returnCode": 200,
    "results": [
        {
            "success": True,
            "returnCode": 200,
            "clientRef": "trunk-7",
            "alertRef": _REF,
            "alertId": _REF,
            "alerts": [
                {
                    "alertType": "sms",
                    "tag": "crew-sms",
                    "success": True,
                    "requestedCount": 1,
                    "sentCount": 1,
                    "remainingCapacity": None,
                    "segments": 1,
                }
            ],
        },
        {**_SCHEDULED, "clientRef": "trunk-7-later", "nextRunAt": "2026-11-23T12:15:00.000Z"},
    ],
}

SCHEDULE_STORED_ALERT_REQUEST: dict[str, Any] = {
    "version": "latest",
    "apiKey": _KEY,
    "storeName": "backup-check",
    "schedule": {"start": "2026-11-24T09:00:00", "delay": "0m", "repeat": "1d", "end": "2027-11-24T09:00:00"},
}

SCHEDULE_STORED_ALERT_RESPONSE: dict[str, Any] = _SCHEDULED

CHANGE_SCHEDULED_ALERT_REQUEST: dict[str, Any] = {
    "version": "latest",
    "apiKey": _KEY,
    "scheduledAlertId": _SCHEDULE,
}


def _changed(state: str, next_run_at: str | None) -> dict[str, Any]:
    return {
        "success": True,
        "returnCode": 200,
        "scheduledAlertId": _SCHEDULE,
        "scheduleId": _SCHEDULE,
        "state": state,
        "nextRunAt": next_run_at,
    }


PAUSE_SCHEDULED_ALERT_RESPONSE = _changed("paused", None)
RESUME_SCHEDULED_ALERT_RESPONSE = _changed("armed", "2026-11-24T09:00:00.000Z")
CANCEL_SCHEDULED_ALERT_RESPONSE = _changed("cancelled", None)

STORE_CONTENT_REQUEST: dict[str, Any] = {
    "version": "latest",
    "apiKey": _KEY,
    "content": [
        {
            "contentType": "recipientList",
            "tag": "on-call",
            "content": "+447700900001, +447700900002",
            "storeDetails": {"storeName": "on-call"},
        }
    ],
}

STORE_CONTENT_RESPONSE: dict[str, Any] = {
    "success": True,
    "returnCode": 200,
    "content": [
        {
            "success": True,
            "tag": "on-call",
            "contentType": "recipientList",
            "storeId": _STORE,
            "storeName": "on-call",
            "expirationInDays": 30,
        }
    ],
}

DELETE_CONTENT_REQUEST: dict[str, Any] = {
    "version": "latest",
    "apiKey": _KEY,
    "content": [{"storeId": _STORE, "tag": "on-call"}],
}

DELETE_CONTENT_RESPONSE: dict[str, Any] = {
    "success": True,
    "returnCode": 200,
    "content": [
        {
            "success": True,
            "tag": "on-call",
            "contentType": "recipientList",
            "storeId": _STORE,
            "storeName": "on-call",
        }
    ],
}

CANCEL_ALERTS_REQUEST: dict[str, Any] = {
    "version": "latest",
    "apiKey": _KEY,
    "cancel": [{"alertId": _REF}, {"linkRef": "trunk-7"}],
}

CANCEL_ALERTS_RESPONSE: dict[str, Any] = {
    "success": True,
    "returnCode": 200,
    "cancel": [
        {
            "success": True,
            "alertId": _REF,
            "alertRef": _REF,
            "cancelledAt": "2026-11-21T12:00:05.000Z",
            "openCount": 3975,
        },
        {"success": True, "linkRef": "trunk-7", "cancelledAt": "2026-11-21T12:00:05.004Z", "openCount": 0},
    ],
}

_SETTINGS = {
    "apiKeyFriendlyName": "Night shift",
    "sandboxed": False,
    "defaultNotification": "callback",
    "defaultNotificationFormat": "json",
    "defaultCallbackUrl": "https://hooks.example.org/alerts",
    "transliterate": True,
    "ownerEmail": "night-shift@example.org",
}

GET_INFO_REQUEST: dict[str, Any] = {
    "version": "latest",
    "apiKey": _KEY,
    "getCapacityInfo": True,
    "getBrakeInfo": True,
    "getMessages": True,
    "messageOptions": {"unreportedOnly": True, "markReported": True, "maximumMessages": 50},
}

GET_INFO_RESPONSE: dict[str, Any] = {
    "success": True,
    "returnCode": 200,
    "info": {
        **_SETTINGS,
        "capacities": {"call": None, "email": None, "sms": 996},
        "brakes": {
            "countries": ["GB"],
            "specialNumbers": False,
            "perReceiver": {"count": 5, "seconds": 900},
            "perAccount": None,
            "dailySpendLimitUsd": 500.0,
            "spentTodayUsd": 0.18,
            "paused": [],
        },
        "messages": [
            {
                "messageId": "msg_5f1d0c2ab0a8b6c1d2e3f405",
                "whence": "2026-11-21T12:00:05.000Z",
                "severity": "warning",
                "category": "general",
                "code": "number_rate",
                "message": "text messages wait: one receiver got as many as the account allows in a short time",
                "alertId": _REF,
            }
        ],
    },
}

SET_INFO_REQUEST: dict[str, Any] = {
    "version": "latest",
    "apiKey": _KEY,
    "defaultNotification": "callback",
    "defaultCallbackUrl": "https://hooks.example.org/alerts",
    "transliterate": True,
    "ownerEmail": "night-shift@example.org",
    "callback": {"callbackUrl": "https://hooks.example.org/alerts", "rotateSecret": True},
}

SET_INFO_RESPONSE: dict[str, Any] = {
    "success": True,
    "returnCode": 200,
    "info": _SETTINGS,
    "callback": {
        "endpoint": {
            "endpointId": "6f1c0f5dbb0a1f8f2a8a6a3b1c9b1b9d4f3a9c1f0e7d6c5b4a39281706f5e4d3",
            "callbackUrl": "https://hooks.example.org/alerts",
            "state": "enabled",
            "created": "2026-11-21T12:00:05.000Z",
        },
        "secret": "whsec_" + "QUJDRA" * 7 + "==",
    },
}

COLLECT_EVENTS_REQUEST: dict[str, Any] = {
    "version": "latest",
    "apiKey": _KEY,
    "alertId": _REF,
    "options": {"maximumItemsToReturn": 10, "returnNumRemaining": True},
}

COLLECT_EVENTS_RESPONSE: dict[str, Any] = {
    "success": True,
    "returnCode": 200,
    "events": [
        {
            "eventId": "evt_0f3a5d7c9b1e2f4a6c8e0d2b4f6a8c1e",
            "clientRef": "trunk-7",
            "alertId": _REF,
            "alertRef": _REF,
            "type": "sms",
            "tag": "crew-sms",
            "event": "sent",
            "alertees": ["+447700900001"],
            "whence": "2026-11-23T12:00:01.250Z",
            "contactId": "c1",
        }
    ],
    "numEventsRemaining": 0,
}

LIST_ALERTS_RESPONSE: dict[str, Any] = {"alerts": [_ALERT], "next_cursor": None}

GET_ALERT_RESPONSE: dict[str, Any] = {
    **_ALERT,
    "state": "completed",
    "counts": {**{s.value: 0 for s in MessageState}, "sent": 3},
    "responses": 1,
    "escalation": {
        "first_alert_ref": _REF,
        "state": "armed",
        "step": 0,
        "steps": 1,
        "next_due_at": "2026-11-23T12:05:00.000Z",
        "answered": 0,
        "needed": 1,
        "step_alert_refs": [_REF],
        "ended_at": None,
    },
}

LIST_RECIPIENTS_RESPONSE: dict[str, Any] = {
    "recipients": [
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

LIST_RESPONSES_RESPONSE: dict[str, Any] = {
    "responses": [
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

EXPLAIN_RESPONSE: dict[str, Any] = {
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
            "text": "a worker took it to hand it over",
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

GET_HEALTH_RESPONSE: dict[str, Any] = {"status": "ok"}
