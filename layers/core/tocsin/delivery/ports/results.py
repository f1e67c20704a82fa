"""Port of result events on their way to the client."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tocsin.alerts.domain.alert import Batch
from tocsin.delivery.domain.progress import BatchProgress
from tocsin.kernel.domain.ids import ApiKeyId
from tocsin.results.domain.result_event import ResultEvent


@dataclass(frozen=True, slots=True)
class Publication:
    """What is to be published of one slice: the events that lie between two of its tallies."""

    batch: Batch
    over: BatchProgress
    progress: BatchProgress
    events: Sequence[ResultEvent]


class ResultEvents(Protocol):
    """Where workers publish result events."""

    def publish(
        self,
        batch: Batch,
        key_id: ApiKeyId,
        over: BatchProgress,
        progress: BatchProgress,
        events: Sequence[ResultEvent],
        expires_at: datetime | None,
        *,
        callback: bool = False,
    ) -> BatchProgress:
        """Add the events that lie between two tallies of a slice, once.

        A worker may die after this and before the tally is recorded; the next one then publishes again from the
        same `over`, perhaps with more events. The first publication stands.

        Args:
            callback: the events are posted to the client (see ports/callbacks.py); nobody can collect them.

        Returns:
            The tally up to which events are published: `progress`, or the earlier publication's.
        """
        ...

    def publish_all(
        self,
        publications: Sequence[Publication],
        key_id: ApiKeyId,
        expires_at: datetime | None,
        *,
        callback: bool = False,
    ) -> Sequence[BatchProgress]:
        """Publish of several slices of one alert, of each as `publish` does and independently of the others.

        Returns:
            What `publish` returns, in order.

        Raises:
            StorageUnavailable: some may be published; publish all of them again.
        """
        ...
