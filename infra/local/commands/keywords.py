"""What a text to our own number fires, and why it fires nothing."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from infra.local.api import Api
from infra.local.commands.effects import WITHIN
from infra.local.complaint import Complaint


def fired_by(api: Api, words: str, write: Callable[[], None]) -> list[str]:
    """Write to us and wait for triggers that fire, without collecting the client's events or notices.

    Args:
        words: the text, with a keyword.
        write: sends the text.

    Returns:
        Lines to show: the triggers that fired, and the alerts that they sent.

    Raises:
        Complaint: no trigger has a keyword in the text, or none fired within WITHIN seconds; the text has the reason.
    """
    before = _keywords(api)
    alerts = _alerts(api)
    write()
    deadline = time.monotonic() + WITHIN
    while True:
        ran = [word for id, word in _keywords(api).items() if word["firedCount"] != before.get(id, word)["firedCount"]]
        sent = [alert for ref, alert in _alerts(api).items() if ref not in alerts]
        if (ran and sent) or time.monotonic() > deadline:
            break
        if refused := _why_not(before, words):
            raise Complaint(refused)
        time.sleep(0.2)
    if not ran and not sent:
        raise Complaint(f"no trigger fired within {WITHIN:.0f} s; the notices of POST /getinfo may say why")
    return [json.dumps(found, ensure_ascii=False) for found in (*ran, *sent)]


def _why_not(keywords: Mapping[str, Mapping[str, Any]], words: str) -> str | None:
    """Return why a text fires no trigger, None if it should fire one."""
    said = [word for word in keywords.values() if word["keyword"].casefold() in words.casefold()]
    if not said:
        active = ", ".join(sorted({word["keyword"] for word in keywords.values()})) or "none"
        return f"the text contains no keyword of a trigger; the active keywords: {active}"
    waits = [(until, word) for word in said if (until := _not_before(word)) > datetime.now(UTC)]
    if len(waits) < len(said):
        return None
    until, word = min(waits, key=lambda wait: wait[0])
    return (
        f"{word['keyword']} came too soon: it fired at {word['lastFiredAt']}, its minimumRepeatInterval is "
        f"{word['minimumRepeatIntervalSeconds']} s, and it can fire again at {until:%H:%M:%S} UTC"
    )


def _not_before(word: Mapping[str, Any]) -> datetime:
    if "lastFiredAt" not in word:
        return datetime.min.replace(tzinfo=UTC)
    return datetime.fromisoformat(word["lastFiredAt"]) + timedelta(seconds=word["minimumRepeatIntervalSeconds"])


def _keywords(api: Api) -> dict[str, dict[str, Any]]:
    answer = api.post("/getinfo", {"version": "latest", "getKeywordInfo": True})
    found: Sequence[dict[str, Any]] = answer.body["info"].get("keywords", [])
    return {f"{word['storeId']} {word['type']} {word['keyword']}": word for word in found}


def _alerts(api: Api) -> dict[str, dict[str, Any]]:
    return {alert["alert_ref"]: alert for alert in api.get("/alerts?limit=20").body["items"]}
