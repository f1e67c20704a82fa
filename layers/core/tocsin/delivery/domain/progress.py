"""What is still owed of an alert, and what may be said about it: tallies kept per slice.

A slice's tally is a cache of its message rows that anybody may recompute at any time: the version of each message
and the number of messages per state. A tally made from newer rows replaces an older one, never the other way round,
so counting twice, late or out of order does no harm, and an alert's totals are exact once its rows are at rest.

Tallies of WORK_SPAN slices share one *work row*; the row carries the instant at which the sweeper looks at it.
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
"""Slices per work row: it stays under 2 KB, and 10,000 recipients spread over 20 rows."""

SWEEP_AFTER = {"urgent": timedelta(minutes=2), "bulk": timedelta(minutes=15)}
"""How long after acceptance (or after the last look) the sweeper checks an alert of each lane."""


@dataclass(frozen=True, slots=True)
class WorkKey:
    """Where the tallies of slices `WORK_SPAN * number …` of one alert lie."""

    tenant: TenantId
    alert: AlertRef
    number: int

    @staticmethod
    def of(batch: Batch) -> WorkKey:
        """Return the key of the work row that holds the slice's tally."""
        return WorkKey(batch.key.tenant, batch.key.alert, batch.number // WORK_SPAN)


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """How far one slice has come.

    Attributes:
        versions: version of each message, in position order; 0 for one without a row.
        counts: messages per state, QUEUED included; zero counts are left out.
    """

    versions: tuple[int, ...]
    counts: Mapping[MessageState, int]

    @staticmethod
    def of(batch: Batch, rows: Mapping[int, Message]) -> BatchProgress:
        """Count `rows` (by position) of the slice; a position without a row is queued."""
        counts: Counter[MessageState] = Counter()
        versions = []
        for position in batch.positions:
            row = rows.get(position)
            counts[row.state if row else MessageState.QUEUED] += 1
            versions.append(row.version if row else 0)
        return BatchProgress(tuple(versions), dict(counts))

    @staticmethod
    def blank(count: int) -> BatchProgress:
        """Return the tally of a slice of which nothing has been touched."""
        return BatchProgress((0,) * count, {MessageState.QUEUED: count})

    @property
    def settled(self) -> bool:
        """Whether no worker owes the slice anything more."""
        return all(state in TERMINAL_STATES for state in self.counts)

    @property
    def unsettled(self) -> int:
        """How many messages are still owed something."""
        return sum(count for state, count in self.counts.items() if state not in TERMINAL_STATES)

    def covers(self, other: BatchProgress) -> bool:
        """Whether nothing that `other` knows is unknown here: no message stands at an older version."""
        return all(mine >= theirs for mine, theirs in zip(self.versions, other.versions, strict=True))

    def newer_than(self, other: BatchProgress) -> bool:
        """Whether this tally was made from newer rows. Versions only grow, so their sum tells."""
        return sum(self.versions) > sum(other.versions)


def total(all_progress: Iterable[BatchProgress]) -> dict[MessageState, int]:
    """Add up the counts of several slices."""
    counts: Counter[MessageState] = Counter()
    for progress in all_progress:
        counts.update(progress.counts)
    return dict(counts)
