"""Twilio: status callbacks of calls, the messaging webhook, and the same by Event Streams, which sends CloudEvents.

Sources: Twilio, "Call resource" (status callback, terminal states), "Messaging webhooks", Event Streams' event types
`com.twilio.voice.status-callback.call.*`, `com.twilio.messaging.inbound-message.received` and `….message.sent`.
Webhook and stream give the same ids, so who has both gets each event once. The times of callbacks are RFC 2822.

A call is its first leg and the legs that `Dial` adds. A first leg that an application of Twilio answered is `completed`
although no person did: `Dial` tells that to its `action` only, which is none of ours.
"""

from __future__ import annotations

from typing import Any

from tocsin.telephony.domain.mappings.compiler import compiled

_ENDED = ["completed", "busy", "no-answer", "failed", "canceled"]


def _leg(prefix: str, time: dict[str, Any], *, inbound: bool) -> dict[str, Any]:
    """Return the emit of a leg whose fields stand below `prefix`. The called number of an inbound leg is ours."""

    def at(name: str) -> str:
        return prefix + name

    return {
        "when": {
            at("CallSid"): {"exists": True},
            at("CallStatus"): _ENDED,
            at("Direction"): "inbound" if inbound else {"not": "inbound"},
        },
        "type": "call.leg",
        "id": ["call", {"at": at("CallSid")}],
        "time": {**time, "else": "received"},
        "data": {
            "callId": {"at": [at("ParentCallSid"), at("CallSid")]},
            "legId": {"at": at("CallSid")},
            "direction": "incoming" if inbound else "outgoing",
            "status": {
                "at": at("CallStatus"),
                "map": {"completed": "answered", "busy": "busy", "failed": "failed", "*": "missed"},
            },
            "from": {
                "number": {"at": [at("From"), at("Caller")], "as": "phone", "else": "anonymous"},
                "name": {"at": at("CallerName")},
            },
            "to": {"number": {"at": [at("To"), at("Called")], "as": "phone"}},
            **({"phoneNumber": {"at": at("To"), "as": "phone"}} if inbound else {}),
            "startedAt": {**time, "minus": at("CallDuration")},
            "endedAt": time,
            "durationSeconds": {"at": at("CallDuration"), "as": "seconds", "else": 0},
            "recordingUrl": {"at": at("RecordingUrl")},
        },
    }


_RECEIVED: dict[str, Any] = {
    "when": {"MessageSid": {"exists": True}, "SmsStatus": "received"},
    "type": "sms.received",
    "id": ["received", {"at": "MessageSid"}],
    "data": {
        "messageId": {"at": "MessageSid"},
        "from": {"number": {"at": "From", "as": "phone"}},
        "to": {"number": {"at": "To", "as": "phone"}},
        "text": {"at": "Body"},
        "segments": {"at": "NumSegments", "as": "int"},
    },
}

_SENT: dict[str, Any] = {
    "when": {"MessageSid": {"exists": True}, "MessageStatus": "sent"},
    "type": "sms.sent",
    "id": ["sent", {"at": "MessageSid"}],
    "data": {
        "messageId": {"at": "MessageSid"},
        "from": {"number": {"at": "From", "as": "phone"}},
        "to": {"number": {"at": "To", "as": "phone"}},
    },
}


def _streamed(told: str, kind: str, first: str) -> dict[str, Any]:
    return {
        "when": {"type": f"com.twilio.messaging.{told}"},
        "type": kind,
        "id": [first, {"at": "data.messageSid"}],
        "time": {"at": "data.timestamp", "as": "rfc3339", "else": "received"},
        "data": {
            "messageId": {"at": "data.messageSid"},
            "from": {"number": {"at": "data.from", "as": "phone"}},
            "to": {"number": {"at": "data.to", "as": "phone"}},
            "text": {"at": "data.body"},
            "segments": {"at": "data.numberOfSegments", "as": "int"},
        },
    }


MAPPING = compiled(
    {
        "emit": [
            *(_leg("", {"at": "Timestamp", "as": "rfc2822"}, inbound=inbound) for inbound in (True, False)),
            _RECEIVED,
            _SENT,
            *(
                _leg("data.request.parameters.", {"at": "data.timestamp", "as": "rfc3339"}, inbound=inbound)
                for inbound in (True, False)
            ),
            _streamed("inbound-message.received", "sms.received", "received"),
            _streamed("message.sent", "sms.sent", "sent"),
        ]
    },
    shipped=True,
)
