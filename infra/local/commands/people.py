"""Calls the API as a person of the demo tenant."""

from __future__ import annotations

import time
import urllib.parse
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from infra.local.api import Answer, Api
from infra.local.complaint import Complaint


def as_person(found: Mapping[str, Any], role: str) -> Api:
    """Return the API as the first person of a role calls it; `found` is `run.json`. Raises Complaint."""
    person = first_of(found, role)
    grant = {"grant_type": "password", "username": person["email"], "password": person["password"]}
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = Api(found["api"], "").post("/oauth/token", urllib.parse.urlencode(grant).encode(), form)
    granted = taken(answer, f"sign in as {person['email']}")
    return Api(found["api"], granted["access_token"])


def first_of(found: Mapping[str, Any], role: str) -> Mapping[str, Any]:
    """Return the first person of a role."""
    person: Mapping[str, Any] = next(each for each in found["users"] if each["role"] == role)
    return person


def taken(answer: Answer, what: str) -> Any:
    """Return the body of an answer that says yes. Raises Complaint."""
    if answer.status >= 300:
        raise Complaint(f"could not {what}: {answer.status} {answer.body}")
    return answer.body


def all_of(api: Api, path: str) -> Iterator[dict[str, Any]]:
    """Yield the items of all pages of a list; `path` has its query, or none. Raises Complaint."""
    link, cursor = ("&" if "?" in path else "?"), None
    while True:
        page = taken(api.get(path + (f"{link}cursor={cursor}" if cursor else "")), f"read {path}")
        yield from page["items"]
        if (cursor := page["next_cursor"]) is None:
            return


def wait_until_rules_count(api: Api) -> None:
    """Wait until every enabled rule counts: a rule that was just made sees no event for some seconds."""
    rules = all_of(api, "/alert_rules?list=all&enabled=true")
    latest = max((datetime.fromisoformat(rule["counts_from"]) for rule in rules), default=datetime.now(UTC))
    time.sleep(max(0.0, (latest - datetime.now(UTC)).total_seconds()))
