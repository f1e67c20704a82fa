"""Amazon Connect: contact events, as EventBridge delivers them.

Source: docs.aws.amazon.com, Amazon Connect administrator guide, "Contact events": consumers must bear new fields. Older
events do not say the numbers of the parties: they are `anonymous` and `unknown` then.
"""

from __future__ import annotations

from typing import Any

from tocsin.telephony.domain.mappings.compiler import compiled

_D = "detail"
_ENDED: dict[str, Any] = {f"{_D}.eventType": "DISCONNECTED", f"{_D}.channel": ["VOICE", "Voice"]}
_AGENT = f"{_D}.agentInfo.connectedToAgentTimestamp"
_QUEUE: dict[str, Any] = {
    "id": {"at": f"{_D}.queueInfo.queueArn", "regex": r"(?:[^/]{0,200}/){0,5}([!-.0-~]{1,128})$"},
    "type": {"at": f"{_D}.queueInfo.queueArn", "map": {"*": "queue"}},
}
_TIME: dict[str, Any] = {"at": [f"{_D}.disconnectTimestamp", "time"], "as": "rfc3339"}
_CALLER: dict[str, Any] = {
    "number": {"at": f"{_D}.customerEndpoint.address", "as": "phone", "else": "anonymous"},
}

_CALL: dict[str, Any] = {
    "when": _ENDED,
    "type": "call.ended",
    "id": ["call", {"at": f"{_D}.contactId"}],
    "time": _TIME,
    "data": {
        "callId": {"at": f"{_D}.contactId"},
        "direction": {
            "at": f"{_D}.initiationMethod",
            "map": {"OUTBOUND": "outgoing", "CALLBACK": "outgoing", "API": "outgoing", "*": "incoming"},
        },
        "status": {
            "at": _AGENT,
            "map": {"*": "answered"},
            "else": {"at": f"{_D}.queueInfo.queueArn", "map": {"*": "abandoned"}, "else": "answered"},
        },
        "transferred": {"at": f"{_D}.initiationMethod", "map": {"TRANSFER": True, "QUEUE_TRANSFER": True}},
        "from": _CALLER,
        "to": {"number": {"at": f"{_D}.systemEndpoint.address", "as": "phone", "else": "unknown"}},
        "phoneNumber": {"at": f"{_D}.systemEndpoint.address", "as": "phone"},
        "group": _QUEUE,
        "startedAt": {"at": f"{_D}.initiationTimestamp", "as": "rfc3339"},
        "answeredAt": {"at": _AGENT, "as": "rfc3339"},
        "endedAt": _TIME,
        "durationSeconds": {**_TIME, "since": f"{_D}.initiationTimestamp", "else": 0},
        "talkSeconds": {**_TIME, "since": _AGENT},
        "hangupCause": {"at": f"{_D}.disconnectReason"},
    },
}

_LOST: dict[str, Any] = {
    "when": {**_ENDED, f"{_D}.queueInfo.queueArn": {"exists": True}, _AGENT: {"exists": False}},
    "type": "queue.call_lost",
    "id": ["lost", {"at": f"{_D}.contactId"}],
    "time": _TIME,
    "data": {
        "callId": {"at": f"{_D}.contactId"},
        "queue": _QUEUE,
        "from": _CALLER,
        "waitSeconds": {**_TIME, "since": f"{_D}.queueInfo.enqueueTimestamp"},
    },
}

MAPPING = compiled({"emit": [_CALL, _LOST]}, shipped=True)
