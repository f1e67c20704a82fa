"""Waits until a call that was just made has sent its messages, so that its receivers have something to answer."""

from __future__ import annotations

import time
from collections.abc import Callable

from infra.local.api import Api

WITHIN = 10.0
"""Seconds until the messages of a new alert should have left; it takes about one."""

_LEAVING = ("queued", "sending")


def await_newest_alert(api: Api, wait: Callable[[float], None] = time.sleep) -> None:
    """Wait until no message of the key's newest alert is about to leave (held ones are not), at most WITHIN seconds."""
    newest = api.get("/alerts?limit=1")
    refs = [alert["alert_ref"] for alert in newest.body["items"]] if newest.status == 200 else []
    deadline = time.monotonic() + WITHIN
    while refs and time.monotonic() < deadline:
        alert = api.get(f"/alerts/{refs[0]}")
        if alert.status != 200 or not any(alert.body["counts"][state] for state in _LEAVING):
            return
        wait(0.2)
