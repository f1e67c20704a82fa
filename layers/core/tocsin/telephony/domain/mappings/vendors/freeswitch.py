"""FreeSWITCH and FusionPBX: call records of `mod_json_cdr`, and events of the event socket that the PBX agent forwards.

Sources: mod_json_cdr (`encode=false`, `encode-values=false`, `log-b-leg=false`, so one record is one call);
mod_sofia `sofia_reg.c` (register, also for a refresh, then with `update-reg`; unregister; expire); mod_callcenter
`member-queue-end`; FusionPBX's dial plan (`call_direction`, `ring_group_uuid`). Times of records are microseconds, and
0 is "never". Voicemail and queues answer calls too, so what they say goes before the seconds that were talked.
"""

from __future__ import annotations

from typing import Any

from tocsin.telephony.domain.mappings.compiler import compiled

_CALLER = ["variables.caller_id_number", "callflow.0.caller_profile.caller_id_number", "variables.sip_from_user"]
_CALLED = ["variables.destination_number", "callflow.0.caller_profile.destination_number", "variables.sip_to_user"]

_RECORD: dict[str, Any] = {
    "type": "call.ended",
    "id": ["cdr", {"at": "variables.uuid"}],
    "time": {"at": "variables.end_uepoch", "as": "epoch_us"},
    "data": {
        "callId": {"at": "variables.uuid"},
        "direction": {
            "at": "variables.call_direction",
            "map": {"inbound": "incoming", "outbound": "outgoing", "local": "internal"},
            "else": {
                "join": [{"at": _CALLER, "as": "place"}, {"at": _CALLED, "as": "place"}],
                "map": {"internal:internal": "internal", "internal:external": "outgoing", "*": "incoming"},
                "else": "incoming",
            },
        },
        "status": {
            "at": "variables.voicemail_message_len",
            "map": {"0": "missed", "*": "voicemail"},
            "else": {
                "at": "variables.cc_cancel_reason",
                "map": {"NONE": None, "*": "abandoned"},
                "else": {
                    "at": "variables.billsec",
                    "map": {"0": None, "*": "answered"},
                    "else": {
                        "at": "variables.hangup_cause",
                        "map": {
                            "USER_BUSY": "busy",
                            "CALL_REJECTED": "busy",
                            "NO_ANSWER": "missed",
                            "NO_USER_RESPONSE": "missed",
                            "ALLOTTED_TIMEOUT": "missed",
                            "ORIGINATOR_CANCEL": "missed",
                            "NORMAL_CLEARING": "missed",
                            "NORMAL_UNSPECIFIED": "missed",
                            "SUCCESS": "missed",
                            "*": "failed",
                        },
                        "else": "missed",
                    },
                },
            },
        },
        "transferred": {"at": "variables.transfer_history", "map": {"*": True}},
        "from": {
            "number": {"at": _CALLER, "as": "phone", "else": "anonymous"},
            "name": {"at": ["variables.caller_id_name", "callflow.0.caller_profile.caller_id_name"]},
        },
        "to": {"number": {"at": _CALLED, "as": "phone"}},
        "line": {"at": ["variables.dialed_user", "variables.user_name"], "as": "ref"},
        "group": {
            "id": {"at": ["variables.cc_queue", "variables.ring_group_uuid"], "as": "ref"},
            "type": {
                "at": "variables.cc_queue",
                "map": {"*": "queue"},
                "else": {"at": "variables.ring_group_uuid", "map": {"*": "ring_group"}},
            },
        },
        "startedAt": {"at": "variables.start_uepoch", "as": "epoch_us"},
        "answeredAt": {"at": "variables.answer_uepoch", "as": "epoch_us"},
        "endedAt": {"at": "variables.end_uepoch", "as": "epoch_us"},
        "durationSeconds": {"at": "variables.duration", "as": "seconds"},
        "talkSeconds": {"at": "variables.billsec", "as": "seconds"},
        "hangupCause": {"at": "variables.hangup_cause"},
        "voicemail": {"durationSeconds": {"at": "variables.voicemail_message_len", "as": "seconds"}},
    },
}


def _record(direction: object, *phone_number: str) -> dict[str, Any]:
    """Return the emit of a record: our own number stands elsewhere in each direction."""
    ours = {"phoneNumber": {"at": list(phone_number), "as": "phone"}} if phone_number else {}
    when = {"variables.uuid": {"exists": True}, "variables.end_uepoch": {"exists": True}}
    return {
        **_RECORD,
        "when": {**when, "variables.call_direction": direction},
        "data": {**_RECORD["data"], **ours},
    }


_SOCKET: dict[str, Any] = {
    "id": [{"at": "Core-UUID"}, {"at": "Event-Sequence"}],
    "time": {"at": "Event-Date-Timestamp", "as": "epoch_us"},
}

_REGISTRATION: dict[str, Any] = {
    **_SOCKET,
    "when": {"Event-Subclass": ["sofia::register", "sofia::unregister", "sofia::expire"]},
    "type": "sip.registration",
    "data": {
        "line": {"at": ["from-user", "user"], "as": "ref"},
        "event": {
            "at": "update-reg",
            "map": {"true": "refreshed"},
            "else": {"at": "Event-Subclass", "map": {"sofia::register": "registered", "*": "unregistered"}},
        },
        "reason": {"at": "Event-Subclass", "map": {"sofia::expire": "expired", "sofia::unregister": "removed"}},
        "userAgent": {"at": "user-agent"},
        "ip": {"at": "network-ip"},
        "contact": {"at": "contact"},
        "expiresSeconds": {"at": "expires", "as": "seconds"},
    },
}

_ABANDONED: dict[str, Any] = {
    **_SOCKET,
    "when": {"CC-Action": "member-queue-end", "CC-Cause": "Cancel"},
    "type": "queue.call_lost",
    "data": {
        "callId": {"at": ["CC-Member-Session-UUID", "CC-Member-UUID"]},
        "queue": {"id": {"at": "CC-Queue", "as": "ref"}, "type": "queue"},
        "from": {
            "number": {"at": "CC-Member-CID-Number", "as": "phone", "else": "anonymous"},
            "name": {"at": "CC-Member-CID-Name"},
        },
        "waitSeconds": {"at": "CC-Member-Leaving-Time", "since": "CC-Member-Joined-Time", "as": "epoch"},
    },
}

MAPPING = compiled(
    {
        "emit": [
            _record("inbound", "variables.sip_to_user"),
            _record("outbound", "variables.effective_caller_id_number"),
            _record({"not": ["inbound", "outbound"]}),
            _REGISTRATION,
            _ABANDONED,
        ]
    },
    shipped=True,
)
