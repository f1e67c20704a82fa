"""How a client gets the results of its alerts."""

from __future__ import annotations

from enum import StrEnum


class NotificationMode(StrEnum):
    """How the client gets the results of an alert."""

    POLL = "poll"  # events wait for /collectevents
    CALLBACK = "callback"  # events are posted to the client's URL
    NONE = "none"  # no events are kept
