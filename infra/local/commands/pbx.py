"""`make pbx`: a scripted telephone system plays a day to the running system, and a table says what came of it.

Four telephone systems are set up as event sources, some rules are made, and the payloads of a day are posted: 300 times
as fast as a day, in five minutes, or with SPEED=max as fast as they are taken.
"""

from __future__ import annotations

import argparse
import json
import secrets
import sys
import time
import urllib.parse
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from infra.local.api import Answer, Api
from infra.local.commands.people import all_of, as_person, taken, wait_until_rules_count
from infra.local.commands.running import noted
from infra.local.complaint import Complaint
from infra.local.pbx.day import LASTS, DayPart, day
from infra.local.pbx.payloads import SOURCES, ZONE, DayRequest
from infra.local.pbx.plan import requests_of
from infra.local.pbx.rules import RULES, ScriptedRule
from infra.local.places import Places, chosen_home

AT_ONCE = 8
"""Requests under way at once with SPEED=max."""

PATIENCE = 120.0
"""Seconds after the last request until all is done that the events bring about."""


@dataclass(frozen=True, slots=True)
class Played:
    """What the day came to.

    Attributes:
        became: answers, by status of an event.
        runs: of each rule, by state.
        messages: of each rule, by channel and status.
    """

    day: Sequence[DayPart]
    requests: int
    refused: int
    became: Counter[str]
    events: Counter[str]
    runs: Mapping[str, Counter[str]]
    messages: Mapping[str, Counter[str]]


def play(found: Mapping[str, Any], *, fast: bool, say: Callable[[str], None]) -> Played:
    """Play the day and return what came of it. Raises Complaint."""
    admin, owner = as_person(found, "admin"), as_person(found, "account_owner")
    places = {site: _source(admin, *SOURCES[site]) for site in SOURCES}
    rules = {rule.name: _made(admin, rule) for rule in RULES}
    wait_until_rules_count(owner)
    parts = day()
    began = datetime.now(UTC) - timedelta(seconds=LASTS if fast else 0)
    since = datetime.now(UTC)
    requests = requests_of(parts, began, secrets.token_hex(3))
    say(f"{len(parts)} things happen, {len(requests)} requests tell them")
    answers = _posted(found["api"], places, requests, fast=fast, say=say)
    bodies = [answer.body for answer in answers if isinstance(answer.body, dict) and "items" in answer.body]
    became = Counter(item["status"] for body in bodies for item in body["items"])
    events = _settled(owner, since, say)
    matched = [event for event in events if event["type"] in ("call.ended", "sip.registration", "sms.received")]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        explained = list(pool.map(lambda event: owner.get(f"/events/{event['event_id']}/explain"), matched))
    runs: dict[str, Counter[str]] = {name: Counter() for name in rules}
    for answer in explained:
        for rule in taken(answer, "explain an event")["rules"]:
            if rule["name"] in runs and rule["run"] is not None:
                runs[rule["name"]][rule["run"]["state"]] += 1
    refused = sum(answer.status >= 300 for answer in answers)
    types = Counter(event["type"] for event in events)
    return Played(parts, len(requests), refused, became, types, runs, _messages(owner, rules, since))


def table(played: Played) -> Iterator[str]:
    """Yield the table, for people."""
    yield f"requests {played.requests}, refused {played.refused}; answers: {_counts(played.became)}"
    yield f"events: {_counts(played.events)}"
    yield f"{'rule':<34}{'must':>6}{'runs':>6}  of these"
    for rule in RULES:
        runs = played.runs[rule.name]
        yield f"{rule.name:<34}{rule.expected(played.day):>6}{runs.total():>6}  {_counts(runs)}"
        yield f"{'':<48}{_counts(played.messages[rule.name])}"


def is_right(played: Played) -> bool:
    """Whether no request was refused, and every rule ran as often as it must."""
    runs = all(played.runs[rule.name].total() == rule.expected(played.day) for rule in RULES)
    return runs and played.refused == 0


def _counts(counted: Counter[str]) -> str:
    return ", ".join(f"{number} {name}" for name, number in sorted(counted.items())) or "none"


def _messages(owner: Api, rules: Mapping[str, str], since: datetime) -> dict[str, Counter[str]]:
    """Return the messages of the day by rule. Holds, windows and digests that are not over have sent nothing yet."""
    asked = since.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {
        name: Counter(
            f"{record['channel'] or 'held'} {record['status']}"
            for record in all_of(owner, f"/alert_rules/{id}/history?from={asked}")
        )
        for name, id in rules.items()
    }


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a site's payloads are posted."""

    path: str
    secret: str
    form: bool

    def post(self, api: str, payload: Any) -> Answer:
        headers = {"X-API-Key": self.secret}
        if not self.form:
            return Api(api, "").post(self.path, json.dumps(payload).encode(), headers)
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return Api(api, "").post(self.path, urllib.parse.urlencode(payload).encode(), headers)


def _source(admin: Api, kind: str, name: str) -> _Place:
    """Find or make the source of a site, and give it a secret."""
    known = next((each for each in all_of(admin, "/event_sources") if each["name"] == name), None)
    if known is not None:
        made = taken(admin.post(f"/event_sources/{known['id']}/secret", {}), "give a source a secret")
    else:
        body = {"name": name, "kind": kind, "region": "GB", "zone": ZONE, "internal": ["2XXX"], "settle_seconds": 2}
        made = taken(admin.post("/event_sources", body), "make a source")
    return _Place(f"/events/{made['id']}", made["secret"], form=kind == "twilio")


def _made(admin: Api, rule: ScriptedRule) -> str:
    """Find or make a rule of the day."""
    known = next((each for each in all_of(admin, "/alert_rules?list=owned") if each["name"] == rule.name), None)
    return str((known or taken(admin.post("/alert_rules", rule.body), "make a rule"))["id"])


def _posted(
    api: str, places: Mapping[str, _Place], requests: Sequence[DayRequest], *, fast: bool, say: Callable[[str], None]
) -> list[Answer]:
    began = time.monotonic()

    def send(post: DayRequest) -> Answer:
        for _ in range(5):  # as a telephone system does
            answer = places[post.site].post(api, post.payload)
            if answer.status not in (429, 500, 502, 503, 504):
                break
            time.sleep(1)
        return answer

    with ThreadPoolExecutor(AT_ONCE) as pool:
        under_way = []
        for post in requests:
            if not fast:
                time.sleep(max(0.0, post.at - (time.monotonic() - began)))
            under_way.append(pool.submit(send, post))
        answers = [each.result() for each in under_way]
    say(f"posted in {time.monotonic() - began:.0f} s")
    return answers


def _settled(owner: Api, since: datetime, say: Callable[[str], None]) -> list[dict[str, Any]]:
    """Wait until nothing is owed and no further call is put together; return the events."""
    deadline, before = time.monotonic() + PATIENCE, -1
    asked = since.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    while True:
        events = list(all_of(owner, f"/events?from={asked}"))
        owed = sum(event["owed"] for event in events)
        if (owed == 0 and len(events) == before) or time.monotonic() > deadline:
            say(f"{len(events)} events, {owed} still owed")
            return events
        before = len(events)
        time.sleep(3)


def main(words: Sequence[str]) -> int:
    """Play the day. Returns the exit code: 0 if every rule ran as often as it must."""
    parser = argparse.ArgumentParser(prog="pbx", description=__doc__.split("\n")[0])
    parser.add_argument("--speed", default="", help="max, or nothing for five minutes")
    chosen = parser.parse_args(words)
    try:
        played = play(noted(Places(chosen_home())), fast=chosen.speed == "max", say=print)
    except Complaint as complaint:
        print(f"tocsin: {complaint}", file=sys.stderr)
        return 1
    for line in table(played):
        print(line)
    return 0 if is_right(played) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
