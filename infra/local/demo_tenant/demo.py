"""Sends one alert to three people, by text message and by email, and shows the results. Uses the API only.

The simulated carrier and mail server of `outside/` deliver every message and send receipts.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from infra.local.api import Api
from infra.local.captured import Captured, captured
from infra.local.complaint import Complaint
from infra.local.demo_tenant.seed import GROUP, NUMBER, Found

CLIENT_REF = "demo"
"""The `clientRef` of every demo alert."""

WITHIN = 30.0
"""Seconds until all messages should be delivered; it takes about three, mostly for cold starts."""

OPEN = ("queued", "sending", "held", "retry_wait", "unknown", "sent")
"""States of a message that will change."""


def demonstrate(engine: str, found: Found, show: Callable[[str], None]) -> bool:
    """Send the alert, wait for its results and show them.

    Returns:
        Whether every receiver got every message once. Suppressed receivers (after a STOP) do not count.

    Raises:
        Complaint: the alert was rejected.
    """
    api = Api(found.api, found.api_key)
    before = Counter(captured(engine))
    begun = time.monotonic()
    accepted = _send(api)
    took = time.monotonic() - begun
    recipients = _settled(api, accepted["alertRef"])
    delivered = [one for one in recipients if one["state"] == "delivered"]
    events = _events(api, accepted["alertRef"], len(recipients) + len(delivered))
    left = Counter(captured(engine)) - before

    show("")
    for line in _table(recipients, left):
        show("  " + line)
    counted = Counter(event["event"] for event in events)
    told = ", ".join(f"{number} {name}" for name, number in sorted(counted.items())) or "none"
    show(f"\n  alert {accepted['alertRef']}: accepted in {took * 1000:.0f} ms, result events collected: {told}")
    return (
        bool(delivered)
        and all(one["state"] in ("delivered", "suppressed") for one in recipients)
        and all(left[message] == 1 for message in left)
        and left.total() == len(delivered) == counted["sent"] == counted["delivered"]
    )


def _send(api: Api) -> dict[str, Any]:
    everybody = {"contactSets": ["all"]}
    body = {
        "version": "latest",
        "apiKey": api.key,
        "clientRef": CLIENT_REF,
        "contactGroup": {"storedContactGroup": {"storeName": GROUP}},
        "alert": [
            {
                "alertType": "sms",
                "tag": "text",
                "sender": NUMBER,
                "content": "Water in the server room. Please confirm who can go.",
                **everybody,
            },
            {
                "alertType": "email",
                "tag": "mail",
                "subject": "Water in the server room",
                "content": "The leak sensor under rack 4 reports water since 08:14.",
                **everybody,
            },
        ],
    }
    answer = api.post("/sendalert", body)
    if answer.status != 200 or not answer.body.get("success"):
        raise Complaint(f"the demo alert was refused: {answer.status} {answer.body}")
    accepted: dict[str, Any] = answer.body
    return accepted


def _settled(api: Api, ref: str) -> list[dict[str, Any]]:
    """Return the alert's recipients when all are in a terminal state, or after WITHIN seconds."""
    deadline = time.monotonic() + WITHIN
    while True:
        recipients = _recipients(api, ref)
        if recipients and not any(one["state"] in OPEN for one in recipients):
            return recipients
        if time.monotonic() > deadline:
            return recipients
        time.sleep(0.2)


def _recipients(api: Api, ref: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        answer = api.get(f"/alerts/{ref}/recipients" + (f"?cursor={cursor}" if cursor else ""))
        if answer.status != 200:
            raise Complaint(f"the recipients cannot be read: {answer.status} {answer.body}")
        found += answer.body["items"]
        cursor = answer.body["next_cursor"] or ""
        if not cursor:
            return found


def _events(api: Api, ref: str, number: int) -> list[dict[str, Any]]:
    """Collect `number` result events of the alert, or those that exist after WITHIN seconds."""
    body = {"version": "latest", "apiKey": api.key, "alertId": ref, "options": {"maximumItemsToReturn": 100}}
    events: list[dict[str, Any]] = []
    deadline = time.monotonic() + WITHIN
    while time.monotonic() < deadline:
        answer = api.post("/collectevents", body)
        if answer.status != 200:
            raise Complaint(f"the result events cannot be collected: {answer.status} {answer.body}")
        events += answer.body["events"]
        if len(events) >= number:
            return events
        time.sleep(0.2)
    return events


def _table(recipients: Sequence[dict[str, Any]], left: Counter[Captured]) -> list[str]:
    """Return a table of receivers with state, and what their phone or mailbox got."""
    rows = [("who", "by", "address", "status", "arrived", "what")]
    for one in recipients:
        got = [
            message for message in left.elements() if (message.channel, message.to) == (one["channel"], one["address"])
        ]
        arrived = {0: "no", 1: "yes"}.get(len(got), f"{len(got)} times")
        rows.append(
            (
                one.get("contact_id") or "",
                one["channel"],
                one["address"],
                one["state"],
                arrived,
                got[0].text if got else "",
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
