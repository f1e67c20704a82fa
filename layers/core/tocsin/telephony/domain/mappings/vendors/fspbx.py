"""FS PBX: call webhooks, one for each extension or agent to which an incoming call is offered.

Source: FS PBX documentation, "Call Webhooks": phones that others were quicker than get `call.ended` with the outcome
`canceled`. `interaction_id` names the call, `target` the phone; the order of events is not promised.
"""

from __future__ import annotations

from typing import Any

from tocsin.telephony.domain.mappings.compiler import compiled

_COMMON: dict[str, Any] = {
    "id": [{"at": "id"}],
    "time": {"at": "occurred_at", "as": "rfc3339"},
}
_CALL: dict[str, Any] = {
    "callId": {"at": "data.interaction_id"},
    "direction": {"at": "data.direction", "map": {"outbound": "outgoing", "*": "incoming"}, "else": "incoming"},
    "from": {
        "number": {"at": "data.caller.number", "as": "phone", "else": "anonymous"},
        "name": {"at": "data.caller.name"},
    },
    "to": {"number": {"at": ["data.destination_number", "data.target.extension"], "as": "phone"}},
    "line": {"at": "data.target.extension", "as": "ref"},
    "group": {
        "id": {"at": ["data.target.queue_extension", "data.target.call_center_queue_uuid"], "as": "ref"},
        "type": {"at": "data.target.type", "map": {"queue_agent": "queue"}},
        "name": {"at": "data.target.queue_name"},
    },
}

_RINGING: dict[str, Any] = {**_COMMON, "when": {"type": "call.ringing"}, "type": "call.offered", "data": _CALL}

_ENDED: dict[str, Any] = {
    **_COMMON,
    "when": {"type": "call.ended"},
    "type": "call.leg",
    "data": {
        **_CALL,
        "legId": {
            "at": ["data.target.call_center_agent_uuid", "data.target.extension_uuid", "data.target.extension"],
        },
        "status": {
            "at": "data.state.outcome",
            "map": {"completed": "answered", "busy": "busy", "rejected": "busy", "failed": "failed", "*": "missed"},
            "else": "missed",
        },
        "answeredAt": {"at": "data.state.answered_at", "as": "rfc3339"},
        "endedAt": {"at": ["data.state.ended_at", "occurred_at"], "as": "rfc3339"},
        "durationSeconds": {
            "at": ["data.state.ended_at", "occurred_at"],
            "since": "data.state.answered_at",
            "as": "rfc3339",
            "else": 0,
        },
        "hangupCause": {"at": "data.state.hangup_cause"},
    },
}

MAPPING = compiled({"emit": [_RINGING, _ENDED]}, shipped=True)
