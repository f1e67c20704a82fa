"""Ports of dispatch: message rows, and how far slices have come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from tocsin.alerts.domain.alert import Batch, ChunkKey
from tocsin.delivery.domain.message import Message
from tocsin.delivery.domain.progress import BatchProgress, WorkKey
from tocsin.kernel.domain.ids import AlertRef, TenantId


class MessageRows(Protocol):
    """The state of each message; a message without a row is queued."""

    def load(self, key: ChunkKey, positions: range) -> Mapping[int, Message]:
        """Return the rows in the range by position, strongly consistent."""
        ...

    def save(self, key: ChunkKey, messages: Sequence[Message], expires_at: datetime | None = None) -> Sequence[bool]:
        """Write each message on top of the version before it, independently of the others.

        Args:
            expires_at: when the alert is over; from then on a row that this call makes may be forgotten. None: never.

        Returns:
            In order, whether it was written. False: another writer was first, or the store turned this one away
                while it took others; load and decide again.
        """
        ...


class DispatchProgress(Protocol):
    """Tallies of slices, and which work rows the sweeper must look at."""

    def load(self, key: WorkKey) -> Mapping[int, BatchProgress]:
        """Return the tallies of a work row by slice number, strongly consistent; blank ones included."""
        ...

    def all_progress(self, tenant: TenantId, alert: AlertRef) -> Mapping[int, BatchProgress]:
        """Return every tally of an alert by slice number."""
        ...

    def record(self, batch: Batch, progress: BatchProgress, over: BatchProgress) -> Mapping[int, BatchProgress] | None:
        """Replace the tally `over` of a slice.

        Returns:
            All tallies of its work row, by slice number, as they stand now. None: `over` does not stand there any
                more; nothing was replaced.
        """
        ...

    def record_all(
        self, changes: Mapping[Batch, tuple[BatchProgress, BatchProgress]]
    ) -> Mapping[int, BatchProgress] | None:
        """Replace tallies of several slices of one work row, all or none.

        Args:
            changes: the new tally of each slice, and the one that it replaces.

        Returns:
            As `record`. None: one of them does not stand there any more; nothing was replaced.
        """
        ...

    def due(self, before: datetime, limit: int) -> Sequence[WorkKey]:
        """Return work rows whose time to be looked at has passed, oldest first, of all tenants.

        The one read that crosses tenants; only the sweeper may call it. May lag by a second.
        """
        ...

    def check_again(self, key: WorkKey, at: datetime | None) -> None:
        """Set when the sweeper looks at the row next; None: never again, everything in it is settled."""
        ...
