"""Telnyx: webhooks of Voice API calls and of messages.

Sources: developers.telnyx.com, callbacks `call.hangup`, `message.received`, `message.sent`. The legs of a call share
its `call_session_id`. A hangup does not say its direction: a leg counts as incoming unless `direction` is there.
"""

from __future__ import annotations

from typing import Any

from tocsin.telephony.domain.mappings.compiler import compiled

_P = "data.payload"

_COMMON: dict[str, Any] = {
    "id": [{"at": "data.event_type"}, {"at": "data.id"}],
    "time": {"at": "data.occurred_at", "as": "rfc3339"},
}

_LEG: dict[str, Any] = {
    **_COMMON,
    "type": "call.leg",
    "data": {
        "callId": {"at": [f"{_P}.call_session_id", f"{_P}.call_leg_id"]},
        "legId": {"at": f"{_P}.call_leg_id"},
        "status": {
            "at": f"{_P}.hangup_cause",
            "map": {
                "normal_clearing": "answered",
                "time_limit": "answered",
                "user_busy": "busy",
                "call_rejected": "busy",
                "no_answer": "missed",
                "timeout": "missed",
                "originator_cancel": "missed",
                "*": "failed",
            },
            "else": "failed",
        },
        "from": {
            "number": {"at": f"{_P}.from", "as": "phone", "else": "anonymous"},
            "name": {"at": f"{_P}.caller_id_name"},
        },
        "to": {"number": {"at": f"{_P}.to", "as": "phone"}},
        "startedAt": {"at": f"{_P}.start_time", "as": "rfc3339"},
        "endedAt": {"at": [f"{_P}.end_time", "data.occurred_at"], "as": "rfc3339"},
        "durationSeconds": {
            "at": [f"{_P}.end_time", "data.occurred_at"],
            "since": f"{_P}.start_time",
            "as": "rfc3339",
            "else": 0,
        },
        "hangupCause": {"at": f"{_P}.hangup_cause"},
        "tags": [{"at": f"{_P}.tags.{n}", "as": "text"} for n in range(5)],
    },
}


_OUTGOING: dict[str, Any] = {
    **_LEG,
    "when": {"data.event_type": "call.hangup", f"{_P}.direction": "outgoing"},
    "data": {**_LEG["data"], "direction": "outgoing"},
}
_INCOMING: dict[str, Any] = {
    **_LEG,
    "when": {"data.event_type": "call.hangup", f"{_P}.direction": {"not": "outgoing"}},
    "data": {**_LEG["data"], "direction": "incoming", "phoneNumber": {"at": f"{_P}.to", "as": "phone"}},
}


def _message(told: str, kind: str) -> dict[str, Any]:
    return {
        **_COMMON,
        "when": {"data.event_type": told},
        "type": kind,
        "data": {
            "messageId": {"at": f"{_P}.id"},
            "from": {"number": {"at": f"{_P}.from.phone_number", "as": "phone"}},
            "to": {"number": {"at": f"{_P}.to.0.phone_number", "as": "phone"}},
            "text": {"at": f"{_P}.text"},
            "segments": {"at": f"{_P}.parts", "as": "int"},
        },
    }


MAPPING = compiled(
    {
        "emit": [
            _INCOMING,
            _OUTGOING,
            _message("message.received", "sms.received"),
            _message("message.sent", "sms.sent"),
        ]
    },
    shipped=True,
)
