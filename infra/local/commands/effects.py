"""What a reply did, as the API shows it. Nothing is collected: events and notices are for the client."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from infra.local.api import Api

WITHIN = 20.0
"""Seconds until the reply must be visible; it takes one or two."""

WITHOUT_EFFECT = 5.0
"""Seconds after which a mail of a stranger has been processed, to no effect."""

RESPONSE_WITHIN = 3.0
"""Seconds from an event to its response. Both are written together, and a carrier keyword has no response."""


def effects_of_reply(
    api: Api,
    ref: str,
    before: Sequence[Mapping[str, Any]],
    waited: int,
    response_within: float = RESPONSE_WITHIN,
    within: float = WITHIN,
) -> tuple[list[dict[str, Any]], int]:
    """Wait for the effects of a reply, without collecting the client's events.

    Args:
        before: the alert's responses before the reply.
        waited: number of uncollected events before the reply.
        response_within: seconds from an event to its response.
        within: seconds until the first of both.

    Returns:
        The new responses, and the number of new events. A carrier keyword (STOP …) has an event and no response.
    """
    deadline = time.monotonic() + within
    while True:
        new = [response for response in responses_of(api, ref) if response not in before]
        more = events_waiting(api) - waited
        if more > 0:
            deadline = min(deadline, time.monotonic() + response_within)
        if new or time.monotonic() > deadline:
            return new, more
        time.sleep(0.2)


def why_a_stranger(api: Api, ref: str, sender: str) -> str | None:
    """Return why a mail that names an alert by its subject is no answer, None if its sender is a receiver of mails.

    Args:
        sender: the address in From.
    """
    cursor = ""
    while True:
        answer = api.get(f"/alerts/{ref}/recipients?limit=100{cursor}")
        if answer.status != 200:
            return None
        page: dict[str, Any] = answer.body
        if any(one["channel"] == "email" and one["address"].lower() == sender.lower() for one in page["items"]):
            return None
        if page["next_cursor"] is None:
            return (
                f"{sender} got no mail of the alert {ref}. A mail that names an alert by its subject only is an answer "
                "if it comes from one of the alert's receivers; this one was dropped"
            )
        cursor = f"&cursor={page['next_cursor']}"


def responses_of(api: Api, ref: str) -> list[dict[str, Any]]:
    """Return the responses of an alert; none if the alert is another key's."""
    answer = api.get(f"/alerts/{ref}/responses")
    found: list[dict[str, Any]] = answer.body["items"] if answer.status == 200 else []
    return found


def events_waiting(api: Api) -> int:
    """Return the number of uncollected events."""
    answer = api.post("/getinfo", {"version": "latest", "getStats": True})
    waiting: int = answer.body["info"]["stats"]["eventsWaiting"]
    return waiting
