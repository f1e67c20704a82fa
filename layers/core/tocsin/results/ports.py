"""Port of result events that are no step of a message: replies, clicks, keywords."""

from __future__ import annotations

from typing import Protocol

from tocsin.alerts.domain.alert import Alert
from tocsin.results.domain.result_event import ResultEvent


class Happenings(Protocol):
    """Tells the client, in the same queue as everything else about its alert."""

    def tell(self, alert: Alert, event: ResultEvent) -> bool:
        """Add one event, once per `event.event_id`. Of an alert whose client wants no events it does nothing.

        Returns:
            Whether it was added by this call.
        """
        ...
