"""Yeastar P-Series: event pushes. Each is `{type, sn, msg}`, and `msg` is JSON in a text.

Sources: help.yeastar.com, developer guide, events 30012 (call details; local times without zone), 30007 (registration
of extensions; no id and no time) and 30010 (state of trunks; the same).
"""

from __future__ import annotations

from typing import Any

from tocsin.telephony.domain.mappings.compiler import compiled

_CALL: dict[str, Any] = {
    "when": {"type": 30012},
    "type": "call.ended",
    "id": [{"at": "sn"}, {"at": "msg.uid"}],
    "time": {"at": "msg.time_start", "plus": "msg.call_duration", "as": "local"},
    "data": {
        "callId": {"at": ["msg.uid", "msg.call_id"]},
        "direction": {
            "at": "msg.type",
            "map": {"Inbound": "incoming", "Outbound": "outgoing", "Internal": "internal", "*": "incoming"},
        },
        "status": {
            "at": "msg.status",
            "map": {
                "ANSWERED": "answered",
                "NO ANSWER": "missed",
                "BUSY": "busy",
                "VOICEMAIL": "voicemail",
                "ABANDONED": "abandoned",
                "*": "failed",
            },
        },
        "from": {"number": {"at": ["msg.call_from", "msg.caller"], "as": "phone", "else": "anonymous"}},
        "to": {"number": {"at": ["msg.call_to", "msg.did_number"], "as": "phone"}},
        "line": {"at": "msg.call_to", "as": "extension", "else": {"at": "msg.call_from", "as": "extension"}},
        "phoneNumber": {"at": "msg.did_number", "as": "phone"},
        "startedAt": {"at": "msg.time_start", "as": "local"},
        "durationSeconds": {"at": "msg.call_duration", "as": "seconds"},
        "talkSeconds": {"at": "msg.talk_duration", "as": "seconds"},
    },
}

_REGISTRATION: dict[str, Any] = {
    "when": {"type": 30007},
    "type": "sip.registration",
    "data": {
        "line": {"at": "msg.extension", "as": "ref"},
        "event": {"at": "msg.status", "map": {"Registered": "registered", "Unregistered": "unregistered"}},
        "userAgent": {"at": "msg.kind"},
        "ip": {"at": "msg.registered_ip"},
    },
}


def _trunk(kind: str, states: list[int]) -> dict[str, Any]:
    return {
        "when": {"type": 30010, "msg.status": states},
        "type": kind,
        "data": {"trunk": {"at": "msg.trunk_name", "as": "ref"}, "statusCode": {"at": "msg.status", "as": "int"}},
    }


MAPPING = compiled(
    {
        "parse": ["msg"],
        "emit": [
            _CALL,
            _REGISTRATION,
            _trunk("trunk.connected", [1, 2, 3]),
            _trunk("trunk.disconnected", [41, 42, 43, 44]),
        ],
    },
    shipped=True,
)
