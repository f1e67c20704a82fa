"""Asterisk and FreePBX: manager events (AMI) that the PBX agent forwards, with their headers as they are.

Sources: docs.asterisk.org, AMI events Cdr, CEL, ContactStatus, PeerStatus, QueueCallerAbandon (Asterisk 16 to 20);
`cdr_manager.conf`, where `linkedid => LinkedID` adds the call's id. A `Cdr` is one leg, in local times. Events have no
time of their own unless `timestampevents` is on, and no id: the agent adds `AgentTime` and `AgentEventId`.

A caller whom a queue answered, and no agent, has the disposition ANSWERED and no destination channel: the caller
abandoned.
"""

from __future__ import annotations

from typing import Any

from tocsin.telephony.domain.mappings.compiler import compiled

_CALL = ["LinkedID", "Linkedid", "linkedid", "UniqueID", "Uniqueid"]
_LEG: dict[str, Any] = {
    "join": [
        {"at": ["UniqueID", "Uniqueid"]},
        {"at": "DestinationChannel", "else": {"at": "LastApplication", "else": "-"}},
    ]
}
_OF_EXTENSION = r"[A-Za-z0-9]{1,10}/([0-9]{2,6})[-@]"
"""Of a channel such as `PJSIP/2010-0000001a`; trunks have names. `VoiceMail` has the mailbox in its data, `Queue` the
queue."""


def _own_id(*headers: str) -> list[Any]:
    return [{"at": "AgentEventId", "else": {"join": [{"at": header} for header in headers]}}]


_WHEN: dict[str, Any] = {
    "at": "Timestamp",
    "as": "epoch",
    "else": {"at": "AgentTime", "as": "rfc3339", "else": "received"},
}


def _direction(caller: str, called: str) -> dict[str, Any]:
    return {
        "join": [{"at": caller, "as": "place", "else": "external"}, {"at": called, "as": "place", "else": "internal"}],
        "map": {"internal:internal": "internal", "internal:external": "outgoing", "*": "incoming"},
    }


_RECORD: dict[str, Any] = {
    "when": {"Event": "Cdr"},
    "type": "call.leg",
    "id": ["cdr", _LEG, {"at": "StartTime"}],
    "time": {"at": "EndTime", "as": "local"},
    "data": {
        "callId": {"at": _CALL},
        "legId": _LEG,
        "direction": {
            "at": "DestinationContext",
            "map": {"from-trunk": "incoming", "from-pstn": "incoming", "from-did-direct": "incoming"},
            "else": _direction("Source", "Destination"),
        },
        "status": {
            "at": "LastApplication",
            "map": {"VoiceMail": "voicemail"},
            "else": {
                "join": [
                    {"at": "LastApplication"},
                    {"at": "Disposition"},
                    {"at": "DestinationChannel", "map": {"*": "agent"}, "else": "alone"},
                ],
                "map": {"Queue:ANSWERED:alone": "abandoned", "Queue:NO ANSWER:alone": "abandoned"},
                "else": {
                    "at": "Disposition",
                    "map": {"ANSWERED": "answered", "NO ANSWER": "missed", "BUSY": "busy", "*": "failed"},
                },
            },
        },
        "from": {
            "number": {"at": "Source", "as": "phone", "else": "anonymous"},
            "name": {"at": "CallerID", "regex": r'"([^"]{1,128})"'},
        },
        "to": {"number": {"at": "Destination", "as": "phone"}},
        "line": {
            "at": "DestinationChannel",
            "regex": _OF_EXTENSION,
            "else": {
                "at": "LastData",
                "regex": r"([0-9]{2,6})@[^,]",
                "else": {"at": "Channel", "regex": _OF_EXTENSION},
            },
        },
        "group": {
            "id": {"join": [{"at": "LastApplication"}, {"at": "LastData"}], "regex": r"Queue:([!-+\--~]{1,128})"},
            "type": {"at": "LastApplication", "map": {"Queue": "queue"}},
        },
        "startedAt": {"at": "StartTime", "as": "local"},
        "answeredAt": {"at": "AnswerTime", "as": "local"},
        "endedAt": {"at": "EndTime", "as": "local"},
        "durationSeconds": {"at": "Duration", "as": "seconds"},
        "talkSeconds": {"at": "BillableSeconds", "as": "seconds"},
    },
}

_LAST_CHANNEL_GONE: dict[str, Any] = {
    "when": {"Event": "CEL", "EventName": "LINKEDID_END"},
    "type": "call.leg",
    "id": ["end", {"at": _CALL}],
    "time": {"at": "EventTime", "as": "local", "else": _WHEN},
    "data": {
        "callId": {"at": _CALL},
        "legId": "end",
        "final": True,
        "direction": _direction("CallerIDnum", "Exten"),
        "status": "failed",
        "from": {"number": {"at": "CallerIDnum", "as": "phone", "else": "anonymous"}},
        "to": {"number": {"at": "Exten", "as": "phone", "else": "unknown"}},
        "durationSeconds": 0,
    },
}
"""Says that no leg comes any more. Any other leg of the call says more than its status, the weakest."""

_CONTACT: dict[str, Any] = {
    "when": {"Event": "ContactStatus", "ContactStatus": {"not": "Unknown"}},
    "type": "sip.registration",
    "id": _own_id("Timestamp", "URI", "ContactStatus"),
    "time": _WHEN,
    "data": {
        "line": {"at": ["EndpointName", "AOR"], "as": "ref"},
        "event": {
            "at": "ContactStatus",
            "map": {
                "Created": "registered",
                "NonQualified": "registered",
                "Unqualified": "registered",
                "Updated": "refreshed",
                "Reachable": "seen",
                "Removed": "unregistered",
                "Unreachable": "unregistered",
            },
        },
        "reason": {"at": "ContactStatus", "map": {"Removed": "removed", "Unreachable": "unreachable"}},
        "userAgent": {"at": "UserAgent"},
        "ip": {"at": "ViaAddress", "regex": r"\[?([0-9A-Fa-f.:]{3,39}?)\]?(?::[0-9]{1,5})?$"},
        "contact": {"at": "URI"},
    },
}

_PEER: dict[str, Any] = {
    "when": {"Event": "PeerStatus", "ChannelType": {"not": "PJSIP"}, "PeerStatus": {"not": ["Rejected", "Unknown"]}},
    "type": "sip.registration",
    "id": _own_id("Timestamp", "Peer", "PeerStatus"),
    "time": _WHEN,
    "data": {
        "line": {"at": "Peer", "regex": r"[A-Za-z0-9]{1,10}/([!-~]{1,128})$"},
        "event": {
            "at": "PeerStatus",
            "map": {
                "Registered": "registered",
                "Reachable": "seen",
                "Lagged": "seen",
                "Unregistered": "unregistered",
                "Unreachable": "unregistered",
            },
        },
        "reason": {"at": "PeerStatus", "map": {"Unregistered": "removed", "Unreachable": "unreachable"}},
        "ip": {"at": "Address", "regex": r"([0-9.]{7,15})"},
    },
}
"""PJSIP tells the same by ContactStatus."""

_ABANDONED: dict[str, Any] = {
    "when": {"Event": "QueueCallerAbandon"},
    "type": "queue.call_lost",
    "id": ["abandoned", {"at": "Uniqueid"}, {"at": "Queue"}],
    "time": _WHEN,
    "data": {
        "callId": {"at": _CALL},
        "queue": {"id": {"at": "Queue", "as": "ref"}, "type": "queue"},
        "from": {
            "number": {"at": "CallerIDNum", "as": "phone", "else": "anonymous"},
            "name": {"at": "CallerIDName", "regex": r"([^<].{0,127})"},
        },
        "waitSeconds": {"at": "HoldTime", "as": "seconds"},
    },
}

MAPPING = compiled({"emit": [_RECORD, _LAST_CHANNEL_GONE, _CONTACT, _PEER, _ABANDONED]}, shipped=True)
