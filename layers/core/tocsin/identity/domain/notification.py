"""How a client gets the results of its alerts."""

from __future__ import annotations

from enum import StrEnum


class NotificationMode(StrEnum):
    """How the client gets the results of an alert."""

    POLL = "poll"  # events wait for /collectevents
    CALLBACK = "callback"  # events are posted to the client's URL
    BUS = "bus"  # events are put on the event bus of the stack
    NONE = "none"  # no events are kept

    @property
    def delivered(self) -> bool:
        """Whether `deliver_webhook` delivers the events. Otherwise they wait to be collected, or are not kept."""
        return self in (NotificationMode.CALLBACK, NotificationMode.BUS)
