"""Ports of dispatch: message rows, and the progress counts of batches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from tocsin.alerts.domain.alert import Alert, Batch, ChunkKey
from tocsin.delivery.domain.message import Message
from tocsin.delivery.domain.progress import BatchProgress, WorkKey
from tocsin.kernel.domain.ids import AlertRef, TenantId


class MessageRows(Protocol):
    """Message rows, one per claimed message. A message without a row is queued."""

    def load(self, key: ChunkKey, positions: range) -> Mapping[int, Message]:
        """Return the rows in the range by position, strongly consistent. Raises StorageUnavailable."""
        ...

    def load_chunks(self, sizes: Mapping[ChunkKey, int]) -> Mapping[ChunkKey, Mapping[int, Message]]:
        """Return the rows of several chunks by position, strongly consistent; a few calls for all small alerts.

        Args:
            sizes: number of recipients of each chunk.
        """
        ...

    def save(self, key: ChunkKey, messages: Sequence[Message], expires_at: datetime | None = None) -> Sequence[bool]:
        """Write each message on top of its previous version, independently of the others.

        Args:
            expires_at: the end of the alert's lifetime. A new row may be deleted from then on; None = never.

        Returns:
            In order, whether each was written. False: another writer was first, or DynamoDB throttled this write, or a
                claim was refused (`refuses_cancelled`); load the row and the alert, and decide again.

        Raises:
            StorageUnavailable: any of them may have been written.
        """
        ...

    def refuses_cancelled(self, tenant: TenantId, alert: AlertRef) -> bool:
        """Return whether `save` writes no claim of this alert after it was cancelled.

        Raises:
            StorageUnavailable: the layout of the alert cannot be read.
        """
        ...

    def saves_together(self, tenant: TenantId, alert: AlertRef) -> bool:
        """Return whether saving some messages of this alert costs as much as saving all of them.

        Raises:
            StorageUnavailable: the layout of the alert cannot be read.
        """
        ...


class DispatchProgress(Protocol):
    """The progress counts of batches, and the work rows that the sweeper must check."""

    def load(self, key: WorkKey) -> Mapping[int, BatchProgress]:
        """Return the progress counts of a work row by batch number, strongly consistent; blank ones included."""
        ...

    def of_alert(self, tenant: TenantId, alert: AlertRef) -> Mapping[int, BatchProgress]:
        """Return all progress counts of an alert by batch number."""
        ...

    def of_alerts(self, alerts: Sequence[Alert]) -> Mapping[AlertRef, Mapping[int, BatchProgress]]:
        """Return all progress counts of several alerts of one tenant, by reference and batch number.

        It costs a call or two for each 100 work rows, however many alerts there are.
        """
        ...

    def record(
        self, batch: Batch, progress: BatchProgress, previous: BatchProgress
    ) -> Mapping[int, BatchProgress] | None:
        """Replace the progress counts of a batch, if they are still `previous`.

        Returns:
            All progress counts of the work row now, by batch number. None: the stored ones are not `previous` any more;
                nothing was replaced.
        """
        ...

    def record_all(
        self, changes: Mapping[Batch, tuple[BatchProgress, BatchProgress]]
    ) -> Mapping[int, BatchProgress] | None:
        """Replace the progress counts of several batches of one work row, all or none.

        Args:
            changes: for each batch, the new progress counts and the previous ones.

        Returns:
            As `record`. None: at least one batch has other progress counts by now; nothing was replaced.
        """
        ...

    def due(self, before: datetime, limit: int, *, patient: bool = False) -> Sequence[WorkKey]:
        """Return the work rows whose check is due, oldest first, of all tenants.

        Only the sweeper may call this, because it reads across tenants. The result may be a second old.

        Args:
            patient: return the rows with a patient check; else those with another.
        """
        ...

    def check_again(self, key: WorkKey, at: datetime | None, *, patient: bool = False) -> None:
        """Set the time of the sweeper's next check of the row; None = no further check.

        Args:
            patient: the check seeks lost jobs of a bulk alert, and waits while its queue has a backlog.
        """
        ...


class ReopenedBatches(Protocol):
    """Batches whose messages leave a terminal state."""

    def reopen(
        self,
        batch: Batch,
        messages: Sequence[Message],
        progress: BatchProgress,
        previous: BatchProgress,
        check_at: datetime,
        *,
        patient: bool = False,
    ) -> bool:
        """Write messages on top of their previous versions, and the progress counts of their batch: all or none.

        The sweeper checks the batch at `check_at`, so no crash after this call leaves a message behind.

        Args:
            patient: as in `check_again`.
            messages: of the batch, at least one; each has a row.
            progress, previous: the progress counts to write, and those that they replace.

        Returns:
            False: another writer was first with a message or the counts, or an earlier try of this call was; read
                them and decide again.

        Raises:
            StorageUnavailable: it may be written; read them and decide again.
        """
        ...
