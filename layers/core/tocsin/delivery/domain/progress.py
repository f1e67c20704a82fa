"""Progress counts: how many messages of a batch are in each state.

The progress counts of a batch are a cache of its message rows: the version of each message, and the number of messages
per state. Any worker may compute them again at any time. Counts from newer rows replace older ones, never the reverse.
So a repeated, late or unordered count does no harm, and an alert's totals are exact once its rows stop changing.

The progress counts of WORK_SPAN batches share one *work row*, which also holds the time of the sweeper's next check.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from tocsin.alerts.domain.alert import Batch
from tocsin.delivery.domain.message import TERMINAL_STATES, Message, MessageState
from tocsin.kernel.domain.ids import AlertRef, TenantId

WORK_SPAN = 20
"""Batches per work row: a row stays under 2 KB, and 10,000 recipients need 20 rows."""

SWEEP_AFTER = timedelta(minutes=2)
"""How long after a job was queued the sweeper checks whether it was lost."""

BACKLOG_PATIENCE = timedelta(minutes=13)
"""How much longer such a check of a bulk alert waits while bulk jobs wait for workers: its own may be among them."""


@dataclass(frozen=True, slots=True)
class WorkKey:
    """The key of a work row: the one with the batches from `WORK_SPAN * number` of an alert."""

    tenant: TenantId
    alert: AlertRef
    number: int

    @staticmethod
    def of(batch: Batch) -> WorkKey:
        """Return the key of the work row that holds the batch's progress counts."""
        return WorkKey(batch.key.tenant, batch.key.alert, batch.number // WORK_SPAN)


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """The progress counts of one batch.

    Attributes:
        versions: version of each message, in position order; 0 for one without a row.
        counts: number of messages per state, QUEUED included; states without messages are omitted.
    """

    versions: tuple[int, ...]
    counts: Mapping[MessageState, int]

    @staticmethod
    def of(batch: Batch, rows: Mapping[int, Message]) -> BatchProgress:
        """Count the rows of the batch, given by position; a position without a row is queued."""
        counts: Counter[MessageState] = Counter()
        versions = []
        for position in batch.positions:
            row = rows.get(position)
            counts[row.state if row else MessageState.QUEUED] += 1
            versions.append(row.version if row else 0)
        return BatchProgress(tuple(versions), dict(counts))

    @staticmethod
    def blank(count: int) -> BatchProgress:
        """Return the progress counts of a new batch of `count` messages: all are queued."""
        return BatchProgress((0,) * count, {MessageState.QUEUED: count})

    @property
    def terminal(self) -> bool:
        """Whether all messages are in terminal states."""
        return all(state in TERMINAL_STATES for state in self.counts)

    @property
    def pending(self) -> int:
        """The number of messages that are not in a terminal state."""
        return sum(count for state, count in self.counts.items() if state not in TERMINAL_STATES)

    def reopened(self, failed: int) -> BatchProgress:
        """Return these counts with up to `failed` failed messages that wait for another try.

        The versions stay, so the next report begins where the latest one ended. It counts the rows again.
        """
        failed = min(failed, self.counts.get(MessageState.FAILED, 0))
        counts = Counter(self.counts)
        counts[MessageState.FAILED] -= failed
        counts[MessageState.RETRY_WAIT] += failed
        return BatchProgress(self.versions, dict(+counts))

    def covers(self, other: BatchProgress) -> bool:
        """Whether no message has an older version here than in `other`."""
        return all(mine >= theirs for mine, theirs in zip(self.versions, other.versions, strict=True))

    def newer_than(self, other: BatchProgress) -> bool:
        """Whether these counts were made from newer rows. Versions only grow, so their sums are compared."""
        return sum(self.versions) > sum(other.versions)


def total(progress_of_batches: Iterable[BatchProgress]) -> dict[MessageState, int]:
    """Add up the counts of several batches."""
    counts: Counter[MessageState] = Counter()
    for progress in progress_of_batches:
        counts.update(progress.counts)
    return dict(counts)
