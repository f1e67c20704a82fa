"""Keep an answer and tell the client of it: each once, however often it is delivered and wherever that is cut short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.alerts.domain.alert import Alert
from tocsin.kernel.domain.ids import AlertRef
from tocsin.responses.domain.reply_event import reply_event
from tocsin.responses.domain.response import Response
from tocsin.responses.ports.responses import Responses
from tocsin.results.ports import EventPublisher


@dataclass(frozen=True, slots=True)
class RecordReply:
    """Kept first, then told. A repeat tells again, since the worker before may have died between the two."""

    responses: Responses
    event_publisher: EventPublisher

    def __call__(self, alert: Alert, response: Response) -> bool:
        """Record an answer to `alert`. False: it was here already.

        Raises:
            StorageUnavailable: take it in again.
        """
        fresh = self.responses.add(response)
        self.event_publisher.publish(alert, reply_event(alert, response))
        return fresh

    def keyword(self, alert: Alert, response: Response) -> bool:
        """Tell of a word that is for the carriers' rules: it answers nothing, so it is no response."""
        return self.event_publisher.publish(alert, reply_event(alert, response))

    def unmatched(self, candidates: Sequence[tuple[Alert, Response]]) -> bool:
        """Keep an answer with each alert that may be meant, newest first, and tell of it once, with the newest."""
        fresh = [self.responses.add(response) for _, response in candidates]
        newest, response = candidates[0]
        refs: list[AlertRef] = [alert.ref for alert, _ in candidates]
        self.event_publisher.publish(newest, reply_event(newest, response, refs))
        return any(fresh)
