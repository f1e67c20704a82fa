"""`make event TYPE=missed LINE=2010 FROM=+44…`: send a telephony event, and show what came of it.

`make explain EVENT=…` shows the same of an event that came before. Both read as the demo tenant's owner.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from infra.local.api import Api
from infra.local.clock import ahead
from infra.local.commands.people import all_of, as_person, taken, wait_until_rules_count
from infra.local.commands.running import noted
from infra.local.complaint import Complaint
from infra.local.places import Places, chosen_home

CALLS = ("missed", "answered", "voicemail", "abandoned", "busy", "failed")
REGISTRATIONS = {"online": "registered", "offline": "unregistered"}
INTEGRATIONS = {f"integration-{status}": status for status in ("failed", "pending", "active", "disabled")}
TYPES = ("ringing", *CALLS, *REGISTRATIONS, "text", *INTEGRATIONS)
SETTLED = 30.0
"""Seconds to wait until all is done that an event brings about, and its messages are on their way."""
OPEN_STATES = ("PENDING",)


def cloud_event(
    type: str, line: str, caller: str, text: str, number: str, at: datetime, integration: str = ""
) -> dict[str, Any]:
    """Return an event of a made-up telephone system as a CloudEvent.

    Args:
        type: one of TYPES.
        number: of the account.
        integration: id of the one whose status is reported.
    """
    id = secrets.token_hex(8)
    kind, data = "call.ended", dict[str, Any]()
    parties = {"from": {"number": caller}, "to": {"number": number}}
    if type in CALLS:
        data = {"callId": id, "direction": "incoming", "status": type, **parties, "line": line, "durationSeconds": 18}
    elif type == "ringing":
        kind, data = "call.offered", {"callId": id, "direction": "incoming", **parties, "line": line}
    elif type in REGISTRATIONS:
        kind, data = "sip.registration", {"line": line, "event": REGISTRATIONS[type], "contact": f"sip:{line}@phone"}
    elif type in INTEGRATIONS:
        kind, data = "integration.status", {"integrationId": integration, "status": INTEGRATIONS[type]}
        data |= {"reason": "the token has expired"} if type == "integration-failed" else {}
    else:
        kind, data = "sms.received", {"messageId": id, **parties, "text": text}
    return {
        "specversion": "1.0",
        "id": id,
        "source": "make-event",
        "type": kind,
        "time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "data": data,
    }


def sent(found: Mapping[str, Any], event: Mapping[str, Any]) -> str:
    """Send an event with the demo key, and return our id of it. Raises Complaint."""
    answer = taken(Api(found["api"], found["apiKey"]).post("/events", event), "send the event")
    (item,) = answer["items"]
    if item["status"] == "ignored":
        raise Complaint("the event was ignored: no rule asks for its kind")
    return str(item["event_id"])


def followed(api: Api, event: str, patience: float = SETTLED) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Wait until all is done that an event brings about; return its explanation and the records of its messages."""
    deadline = time.monotonic() + patience
    while True:
        explained = taken(api.get(f"/events/{event}/explain"), "explain the event")
        records = [record for rule in explained["rules"] for record in _records(api, rule["alert_rule"], event)]
        # A line's registration matches rules only when it is acted on.
        is_done = not explained["event"]["owed"] and not any(each["status"] in OPEN_STATES for each in records)
        if is_done or time.monotonic() > deadline:
            return explained, records
        time.sleep(0.5)


def _records(api: Api, rule: str, event: str) -> list[dict[str, Any]]:
    newest = taken(api.get(f"/alert_rules/{rule}/history?limit=100"), "read the history of a rule")["items"]
    return [record for record in newest if record["event_id"] == event]


def lines_of(
    explained: Mapping[str, Any], records: Sequence[Mapping[str, Any]], names: Mapping[str, str]
) -> Iterator[str]:
    """Yield what came of an event, for people.

    Args:
        names: of people, by their ids.
    """
    event = explained["event"]
    yield f"event {event['event_id']}: {event['type']}, {event['time']}, {_words(event['data'])}"
    for rule in explained["rules"]:
        yield f"  rule “{rule['name']}”: {rule['sentence']}"
        for record in records:
            if record["alert_rule"] == rule["alert_rule"]:
                why = f": {record['reason']['message']}" if record["reason"] else ""
                yield f"    {record['channel'] or 'held'} to {record['recipient'] or '-'}: {record['status']}{why}"
    if not explained["rules"]:
        yield "  no rule matches"
    yield from _people_told(explained, names)
    for miss in explained["near_misses"]:
        yield f"  rule “{miss['name']}” does not match: {miss['filter']['sentence']}"


def _people_told(explained: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[str]:
    told = [person for act in explained["acts"] if act["kind"] == "notice" for person in act["people"]]
    for person in told:
        channels = ", ".join(
            each["channel"] if each["state"] == "sent" else f"no {each['channel']} ({each['reason']})"
            for each in person["channels"]
        )
        yield f"  told {names.get(person['user'], person['user'])}, because {person['because']}: {channels}"
    if not told:
        yield "  no person was told"


def integration_line(it: Mapping[str, Any]) -> str:
    """Return an integration and its incident in one line, for people."""
    said = f"integration “{it['name']}” is {it['status']}"
    if (incident := it["incident"]) is None:
        return said
    mails = [f"{told['stage']} to {told['people']}" for told in incident["told"]]
    follows = incident["next"] and f"next: {incident['next']['stage']}, {incident['next']['at']}"
    return "; ".join(each for each in (said, f"mailed: {', '.join(mails) or 'not yet'}", follows) if each)


def _words(data: Mapping[str, Any]) -> str:
    caller = (data.get("from") or {}).get("number")
    said = [data.get("status") or data.get("event") or data.get("text"), data.get("line") and f"line {data['line']}"]
    return ", ".join(str(word) for word in (*said, caller and f"from {caller}") if word)


def main(words: Sequence[str]) -> int:
    """Send an event, or explain one. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="event", description=__doc__.split("\n")[0])
    parser.add_argument("--explain", help="an event's id, in place of all others")
    parser.add_argument("--type", default="missed")
    parser.add_argument("--line", default="2010")
    parser.add_argument("--from", dest="caller", default="+447700900123")
    parser.add_argument("--text", default="Is anybody there?")
    chosen = parser.parse_args(words)
    try:
        if chosen.explain == "":
            raise Complaint("say which event: make explain EVENT=…; make event prints its id")
        if chosen.type not in TYPES:
            raise Complaint(f"TYPE is one of {', '.join(TYPES)}")
        found = noted(Places(chosen_home()))
        owner = as_person(found, "account_owner")
        if not (event := chosen.explain):
            if chosen.line not in {each["extension"] for each in all_of(owner, "/lines")}:
                raise Complaint(f"the demo tenant has no line {chosen.line}")
            wait_until_rules_count(owner)
            now = datetime.now(UTC) + ahead(Places(chosen_home()))
            first = next(iter(all_of(owner, "/integrations")), {"id": "", "name": ""})
            about = (chosen.line, chosen.caller, chosen.text, found["number"], now, first["id"])
            event = sent(found, cloud_event(chosen.type, *about))
        explained, records = followed(owner, event)
        names = {person["id"]: person["name"] for person in all_of(owner, "/users")}
        for line in lines_of(explained, records, names):
            print(line)
        if chosen.type in INTEGRATIONS and not chosen.explain:
            it = taken(owner.get(f"/integrations/{first['id']}"), "read the integration")
            print(f"  {integration_line(it)}")
    except Complaint as complaint:
        print(f"tocsin: {complaint}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
