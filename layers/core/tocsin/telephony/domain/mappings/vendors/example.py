"""The mapping with which a tenant may begin: it uses nothing that is ours alone. Its PBX posts a form at each hangup.

Source of the fields: Plivo, hangup URL of a call. Times are UTC without a zone, so the source's zone must be UTC.
"""

from __future__ import annotations

from typing import Any

EXAMPLE: dict[str, Any] = {
    "emit": [
        {
            "when": {"CallStatus": ["completed", "busy", "failed", "timeout", "no-answer", "cancel"]},
            "type": "call.ended",
            "id": [{"at": "CallUUID"}],
            "time": {"at": "EndTime", "as": "local", "else": "received"},
            "data": {
                "callId": {"at": "CallUUID"},
                "direction": {"at": "Direction", "map": {"outbound": "outgoing", "*": "incoming"}},
                "status": {
                    "at": "CallStatus",
                    "map": {"completed": "answered", "busy": "busy", "failed": "failed", "*": "missed"},
                },
                "from": {"number": {"at": "From", "as": "phone", "else": "anonymous"}},
                "to": {"number": {"at": "To", "as": "phone"}},
                "line": {"at": "To", "between": ["sip:", "@"], "as": "ref"},
                "startedAt": {"at": "StartTime", "as": "local"},
                "durationSeconds": {"at": "Duration", "as": "seconds", "else": 0},
            },
        }
    ]
}
