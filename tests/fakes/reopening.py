"""Batches whose messages leave a terminal state, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tests.fakes.messages import FakeMessageRows
from tests.fakes.outage import Outage
from tests.fakes.work import FakeDispatchProgress
from tocsin.alerts.domain.alert import Batch
from tocsin.delivery.domain.message import Message
from tocsin.delivery.domain.progress import BatchProgress, WorkKey


class FakeReopenedBatches:
    """Writes into the messages and counts of the same world."""

    def __init__(self, rows: FakeMessageRows, work: FakeDispatchProgress) -> None:
        self._rows = rows
        self._work = work
        self.outage = Outage()

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
        self.outage.check()
        work = WorkKey.of(batch)
        there = {message.position: self._rows.rows.get((batch.key, message.position)) for message in messages}
        unmoved = all((row := there[m.position]) is not None and row.version == m.version - 1 for m in messages)
        if not unmoved or self._work.rows.get(work, {}).get(batch.number) != previous:
            return False
        assert all(self._rows.save(batch.key, messages))
        self._work.rows[work][batch.number] = progress
        self._work.check_again(work, check_at, patient=patient)
        return True
