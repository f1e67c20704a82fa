"""Store a response and publish its event, each once, also when the response is delivered again or a worker stops."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tocsin.alerts.domain.alert import Alert
from tocsin.kernel.domain.ids import AlertRef
from tocsin.responses.domain.reply_event import reply_event
from tocsin.responses.domain.response import Response
from tocsin.responses.ports.responses import Responses
from tocsin.results.domain.uncounted import UncountedReason
from tocsin.results.ports import EventPublisher


@dataclass(frozen=True, slots=True)
class RecordReply:
    """Stores first, then publishes. A repeat publishes again, because the first worker may have stopped in between."""

    responses: Responses
    event_publisher: EventPublisher

    def __call__(self, alert: Alert, response: Response, *, instead_of: str | None = None) -> bool:
        """Record a response to `alert`. False: the response was stored before.

        Args:
            instead_of: a reason. A response that is stored with this reason is replaced by this one, `late`, and a
                further event is published.

        Raises:
            StorageUnavailable: the event must be processed again.
        """
        kept = self.responses.add(response)
        if not kept.fresh and instead_of is not None:
            anew = self.responses.count_anew(replace(response, late=True), instead_of)
            if anew is not None:
                self.event_publisher.publish(alert, reply_event(alert, anew, anew=True))
                return True
        self.event_publisher.publish(alert, reply_event(alert, kept.response))
        return kept.fresh

    def keyword(self, alert: Alert, response: Response) -> bool:
        """Publish the event of a carrier keyword (STOP, START, HELP), which is not stored as a response."""
        uncounted = replace(response, reason=UncountedReason.CARRIER_KEYWORD)
        return self.event_publisher.publish(alert, reply_event(alert, uncounted))

    def unmatched(self, candidates: Sequence[tuple[Alert, Response]]) -> bool:
        """Store an unmatched response with each candidate alert, and publish one event, with the newest alert.

        Args:
            candidates: newest alert first, at least one.

        Returns:
            False: the response was stored with every alert before.
        """
        fresh = [self.responses.add(response).fresh for _, response in candidates]
        newest, response = candidates[0]
        refs: list[AlertRef] = [alert.ref for alert, _ in candidates]
        self.event_publisher.publish(newest, reply_event(newest, response, refs))
        return any(fresh)
