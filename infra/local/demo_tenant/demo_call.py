"""Calls one scripted person with a replay dialogue, and shows what was said. Uses the API, and the file of calls."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from infra.local.api import Api
from infra.local.complaint import Complaint
from infra.local.demo_tenant.demo import CLIENT_REF, WITHIN
from infra.local.demo_tenant.seed import CONTACTS, NUMBER

CALLED = CONTACTS[0]["sms"]


def demonstrate_call(api: Api, calls: Path, show: Callable[[str], None]) -> bool:
    """Place the call, wait for its result and show its dialogue.

    Args:
        calls: the file of calls.

    Returns:
        Whether the person was reached and pressed the key for "I can come".

    Raises:
        Complaint: the alert was rejected.
    """
    ref = _send(api)
    complete = _complete(api, ref)
    show("")
    for line in calls.read_text().splitlines() if calls.exists() else ():
        if (call := json.loads(line))["alertRef"] == ref:
            for said in dialogue(call):
                show("  " + said)
    status = str(complete.get("status", "not over"))
    show(f"\n  alert {ref}: {CALLED} was called, callComplete: {status}")
    return status == "recipientOk"


def dialogue(call: Mapping[str, Any]) -> Iterator[str]:
    """Yield one line of the file of calls in words."""
    yield f"{call['from']} calls {call['to']}"
    for said in call["said"]:
        words = said["text"] if "text" in said else f"[recording {said['ms'] / 1000:.1f} s]"
        yield f"  {said['prompt']}: {words}"
    yield f"  keys: {call['keys'] or 'none'}; ended by: {call['endedBy']}"


def _send(api: Api) -> str:
    def spoken(tag: str, text: str) -> dict[str, Any]:
        return {"contentTag": tag, "content": text, "contentEncoding": "utf8", "voiceFormat": "tts"}

    body = {
        "version": "latest",
        "apiKey": api.key,
        "clientRef": CLIENT_REF,
        "alert": [
            {
                "alertType": "call",
                "tag": "call",
                "sender": NUMBER,
                "recipients": [CALLED],
                "content": "Water in the server room. The leak sensor under rack 4 reports water.",
                "contentEncoding": "utf8",
                "voiceFormat": "tts",
                "ivrControl": {"ivrType": "replay"},
                "additionalContent": [
                    spoken("pre", "This is the duty desk."),
                    spoken("post", "Press 1 to hear it again, 2 if you can come, star if you cannot."),
                    spoken("done", "Thank you."),
                ],
            }
        ],
    }
    answer = api.post("/sendalert", body)
    if answer.status != 200 or not answer.body.get("success"):
        raise Complaint(f"the demo call was refused: {answer.status} {answer.body}")
    return str(answer.body["alertRef"])


def _complete(api: Api, ref: str) -> dict[str, Any]:
    """Collect the events of the alert to the last one of its call; return that, empty if none came within WITHIN."""
    body = {"version": "latest", "apiKey": api.key, "alertId": ref, "options": {"maximumItemsToReturn": 100}}
    deadline = time.monotonic() + WITHIN
    while time.monotonic() < deadline:
        answer = api.post("/collectevents", body)
        if answer.status != 200:
            raise Complaint(f"the result events cannot be collected: {answer.status} {answer.body}")
        for event in answer.body["events"]:
            if event["event"] == "callComplete":
                return dict(event)
        time.sleep(0.2)
    return {}
