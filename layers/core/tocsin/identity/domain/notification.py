"""How a client learns what became of its alerts."""

from __future__ import annotations

from enum import StrEnum


class NotificationMode(StrEnum):
    """How the client learns what became of its alert."""

    POLL = "poll"  # events wait for /collectevents
    CALLBACK = "callback"  # events are posted to the client's URL
    NONE = "none"  # no events are kept
