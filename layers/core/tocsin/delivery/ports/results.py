"""Port through which workers publish result events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tocsin.alerts.domain.alert import Batch, Lane
from tocsin.delivery.domain.progress import BatchProgress
from tocsin.kernel.domain.ids import ApiKeyId
from tocsin.results.domain.result_event import ResultEvent


@dataclass(frozen=True, slots=True)
class Publication:
    """The events of one batch between two of its progress counts, `previous` and `progress`."""

    batch: Batch
    previous: BatchProgress
    progress: BatchProgress
    events: Sequence[ResultEvent]


class ResultEvents(Protocol):
    """Stores result events for the client."""

    def publish(
        self,
        batch: Batch,
        key_id: ApiKeyId,
        previous: BatchProgress,
        progress: BatchProgress,
        events: Sequence[ResultEvent],
        expires_at: datetime | None,
        *,
        callback: Lane | None = None,
    ) -> BatchProgress:
        """Add the events between two progress counts of a batch, once.

        A worker may stop after this call and before it records the progress counts. The next worker then publishes from
        the same `previous`, perhaps with more events. The first publication remains, and the second adds nothing.

        Args:
            expires_at: the end of the alert's lifetime; None = never.
            callback: the alert's lane, if the events are posted or put on the bus; None: they are collected.

        Returns:
            The progress counts up to which events are published: `progress`, or those of the earlier publication.

        Raises:
            StorageUnavailable: the events may be published; publish them again.
        """
        ...

    def publish_all(
        self,
        publications: Sequence[Publication],
        key_id: ApiKeyId,
        expires_at: datetime | None,
        *,
        callback: Lane | None = None,
    ) -> Sequence[BatchProgress]:
        """Publish events of several batches of one alert, each as `publish` does and independently of the others.

        Returns:
            For each publication, in order, what `publish` returns.

        Raises:
            StorageUnavailable: some may be published; publish all of them again.
        """
        ...
