"""What happens, as vendors tell it: FreeSWITCH (the office), Asterisk (the depot), Yeastar (the gate), Twilio (texts).

Sources: as in the mappings of `telephony/domain/mappings/vendors/`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from infra.local.pbx.day import NUMBERS, DayCall, DayPart, DayRegistration, DayText, DayTrunk

ZONE = "Europe/London"
"""Of the telephone systems, whose records have local times."""

SOURCES = {
    "office": ("freeswitch", "Office, FreeSWITCH"),
    "depot": ("asterisk", "Depot, Asterisk"),
    "gate": ("yeastar", "Gate, Yeastar"),
    "texts": ("twilio", "Texts, Twilio"),
}
"""Kind and name of the source of each site."""


@dataclass(frozen=True, slots=True)
class DayRequest:
    """One request of a source.

    Attributes:
        site: key of SOURCES.
        at: real seconds from the beginning of the day.
        payload: one, or several that the agent sends together.
    """

    site: str
    at: float
    payload: Any


def posts_of(part: DayPart, moment: datetime, run: str) -> list[DayRequest]:
    """Return the requests by which a source tells what happened.

    Args:
        moment: when it happened.
        run: makes ids of one day differ from those of another.
    """
    match part:
        case DayCall(site="office"):
            return [DayRequest("office", part.at, _freeswitch_record(part, moment, run))]
        case DayCall(site="depot"):
            return [DayRequest("depot", part.at, _asterisk_legs(part, moment, run))]
        case DayCall():
            return [DayRequest("gate", part.at, _yeastar(30012, _yeastar_call(part, moment, run)))]
        case DayRegistration(site="office"):
            return [DayRequest("office", part.at, _freeswitch_registration(part, moment, run))]
        case DayRegistration(site="depot"):
            return [DayRequest("depot", part.at, [_asterisk_contact(part, moment, run)])]
        case DayRegistration():
            state = "Registered" if part.event == "registered" else "Unregistered"
            said = {"extension": part.inside, "kind": "SIP", "status": state, "registered_ip": "192.0.2.45"}
            return [DayRequest("gate", part.at, _yeastar(30007, said))]
        case DayTrunk():
            trunk = {"trunk_name": part.name, "kind": "PJSIP", "status": 1 if part.up else 42}
            return [DayRequest("gate", part.at, _yeastar(30010, trunk))]
        case DayText():
            return [DayRequest("texts", part.at, _twilio(part, run))]


def _national(number: str) -> str:
    return "0" + number.removeprefix("+44") if number.startswith("+44") else number


def _micro(at: datetime) -> str:
    return str(int(at.timestamp() * 1_000_000))


def _local(at: datetime) -> str:
    return at.astimezone(ZoneInfo(ZONE)).strftime("%Y-%m-%d %H:%M:%S")


_CAUSES = {"answered": "NORMAL_CLEARING", "voicemail": "NORMAL_CLEARING", "busy": "USER_BUSY"}


def _freeswitch_record(call: DayCall, end: datetime, run: str) -> dict[str, Any]:
    start = end - timedelta(seconds=call.seconds)
    answered = start + timedelta(seconds=call.ring) if call.talk else None
    called, caller = (call.inside, call.outside) if call.direction != "outgoing" else (call.outside, call.inside)
    variables: dict[str, str] = {
        "uuid": f"{run}-call-{call.id}",
        "direction": "inbound",
        "call_direction": {"incoming": "inbound", "outgoing": "outbound", "internal": "local"}[call.direction],
        "caller_id_name": call.name,
        "caller_id_number": _national(caller),
        "destination_number": _national(called),
        "start_uepoch": _micro(start),
        "answer_uepoch": _micro(answered) if answered else "0",
        "end_uepoch": _micro(end),
        "duration": str(call.seconds),
        "billsec": str(call.talk),
        "hangup_cause": _CAUSES.get(call.outcome, "ORIGINATOR_CANCEL"),
    }
    if call.direction == "incoming":
        variables["sip_to_user"] = call.number.removeprefix("+")
    if call.queue:
        variables |= {"cc_queue": call.queue, "cc_cancel_reason": "BREAK_OUT"}
    elif call.direction == "outgoing":
        variables |= {"user_name": call.inside, "effective_caller_id_number": call.number.removeprefix("+")}
    else:
        variables["dialed_user"] = call.inside
    if call.outcome == "voicemail":
        variables["voicemail_message_len"] = str(max(1, call.talk - 5))
    if call.transferred:
        variables["transfer_history"] = f"{int(end.timestamp())}:{run}:bl_xfer:2002/acme/XML"
    return {"core-uuid": f"{run}-core", "switchname": "pbx-1", "variables": variables}


def _freeswitch_registration(told: DayRegistration, at: datetime, run: str) -> dict[str, Any]:
    subclass = {"unregistered": "sofia::unregister", "expired": "sofia::expire"}.get(told.event, "sofia::register")
    event = {
        "Event-Name": "CUSTOM",
        "Core-UUID": f"{run}-core",
        "Event-Date-Timestamp": _micro(at),
        "Event-Sequence": str(told.id),
        "Event-Subclass": subclass,
        "from-user": told.inside,
        "from-host": "office.example",
        "contact": f"<sip:{told.inside}@192.0.2.10:5060>",
        "expires": "3600",
        "network-ip": "192.0.2.10",
        "user-agent": "Yealink SIP-T54W 96.86.0.70",
    }
    return event | ({"update-reg": "true"} if told.event == "refreshed" else {})


def _asterisk_legs(call: DayCall, end: datetime, run: str) -> list[dict[str, str]]:
    """Return a record for each telephone of the call, and the end of the last channel."""
    id, start = f"{run}.{call.id}", end - timedelta(seconds=call.seconds)
    incoming, outgoing = call.direction == "incoming", call.direction == "outgoing"
    legs = []
    for place, phone in enumerate((call.inside, *call.phones)):
        answered = call.outcome == "answered" and place == 0
        talk = call.talk if answered or call.outcome == "voicemail" else 0
        over = start + timedelta(seconds=call.ring + talk)
        caller = call.inside if outgoing else call.outside
        channel = f"PJSIP/{phone}-{call.id:08x}"
        legs.append(
            {
                "Event": "Cdr",
                "Source": _national(caller),
                "Destination": _national(call.outside) if outgoing else phone,
                "DestinationContext": "from-internal" if outgoing else "ext-local",
                "CallerID": f'"{call.name}" <{_national(caller)}>',
                "Channel": f"PJSIP/trunk-{call.id:08x}" if incoming else f"PJSIP/{caller}-{call.id:08x}",
                "DestinationChannel": f"PJSIP/trunk-{call.id:08x}" if outgoing else channel,
                "LastApplication": "VoiceMail" if call.outcome == "voicemail" else "Dial",
                "LastData": f"{phone}@default,u" if call.outcome == "voicemail" else f"PJSIP/{phone},20,HhTt",
                "StartTime": _local(start),
                "AnswerTime": _local(start + timedelta(seconds=call.ring)) if talk else "",
                "EndTime": _local(over),
                "Duration": str(call.ring + talk),
                "BillableSeconds": str(talk),
                "Disposition": {"answered": "ANSWERED" if answered else "NO ANSWER", "voicemail": "ANSWERED"}.get(
                    call.outcome, "BUSY" if call.outcome == "busy" else "NO ANSWER"
                ),
                "UniqueID": id,
                "LinkedID": id,
            }
        )
    ended = {
        "Event": "CEL",
        "EventName": "LINKEDID_END",
        "CallerIDnum": _national(call.outside if not outgoing else call.inside),
        "Exten": call.inside if not outgoing else _national(call.outside),
        "EventTime": _local(end),
        "UniqueID": id,
        "LinkedID": id,
    }
    return [*legs, ended]


def _asterisk_contact(told: DayRegistration, at: datetime, run: str) -> dict[str, str]:
    states = {"registered": "NonQualified", "refreshed": "Updated", "unregistered": "Removed", "expired": "Removed"}
    return {
        "Event": "ContactStatus",
        "URI": f"sip:{told.inside}@192.0.2.20:5060",
        "ContactStatus": states[told.event],
        "AOR": told.inside,
        "EndpointName": told.inside,
        "UserAgent": "Snom D785",
        "ViaAddress": "192.0.2.20:5060",
        "AgentEventId": f"depot:{run}:{told.id}",
        "AgentTime": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }


def _yeastar(type: int, said: dict[str, Any]) -> dict[str, Any]:
    return {"type": type, "sn": "3631A2124001", "msg": json.dumps(said)}


def _yeastar_call(call: DayCall, end: datetime, run: str) -> dict[str, Any]:
    outgoing = call.direction == "outgoing"
    states = {"answered": "ANSWERED", "missed": "NO ANSWER", "voicemail": "VOICEMAIL", "busy": "BUSY"}
    return {
        "time_start": _local(end - timedelta(seconds=call.seconds)),
        "call_from": call.inside if outgoing else _national(call.outside),
        "call_to": _national(call.outside) if outgoing else call.inside,
        "call_duration": call.seconds,
        "talk_duration": call.talk,
        "src_trunk_name": "BT",
        "status": states[call.outcome],
        "type": {"incoming": "Inbound", "outgoing": "Outbound", "internal": "Internal"}[call.direction],
        "did_number": _national(call.number) if call.direction == "incoming" else " ",
        "uid": f"{run}-{call.id}",
    }


def _twilio(text: DayText, run: str) -> dict[str, str]:
    return {
        "MessageSid": f"SM{run}{text.id:06}",
        "AccountSid": "AC1",
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsStatus": "received",
        "Body": text.text,
        "From": text.outside,
        "To": NUMBERS["texts"],
        "ApiVersion": "2010-04-01",
    }
