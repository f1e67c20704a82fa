"""Tallies and sweep times in memory."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime

from tests.fakes.outage import Outage
from tocsin.alerts.domain.alert import Alert, Batch, Lane
from tocsin.delivery.domain.progress import SWEEP_AFTER, BatchProgress, WorkKey
from tocsin.kernel.domain.ids import AlertRef, TenantId


class FakeDispatchProgress:
    """`rows` and `looks` may be inspected; `open` is what acceptance does to the ledger."""

    def __init__(self) -> None:
        self.rows: dict[WorkKey, dict[int, BatchProgress]] = {}
        self.looks: dict[WorkKey, datetime] = {}
        self.patient: set[WorkKey] = set()
        self.outage = Outage()
        self._lock = threading.Lock()

    def open(self, alert: Alert) -> None:
        """Add the blank tallies of a fresh alert and the time of its first sweep."""
        for batch in alert.batches():
            key = WorkKey.of(batch)
            self.rows.setdefault(key, {})[batch.number] = BatchProgress.blank(batch.count)
            self.looks[key] = alert.accepted_at + SWEEP_AFTER
            self._set_patient(key, patient=alert.lane is Lane.BULK)

    def load(self, key: WorkKey) -> Mapping[int, BatchProgress]:
        self.outage.check()
        return dict(self.rows.get(key, {}))

    def of_alert(self, tenant: TenantId, alert: AlertRef) -> Mapping[int, BatchProgress]:
        self.outage.check()
        found: dict[int, BatchProgress] = {}
        for key, row in self.rows.items():
            if (key.tenant, key.alert) == (tenant, alert):
                found |= row
        return found

    def of_alerts(self, alerts: Sequence[Alert]) -> Mapping[AlertRef, Mapping[int, BatchProgress]]:
        return {alert.ref: self.of_alert(alert.tenant, alert.ref) for alert in alerts}

    def record(
        self, batch: Batch, progress: BatchProgress, previous: BatchProgress
    ) -> Mapping[int, BatchProgress] | None:
        self.outage.check()
        with self._lock:
            row = self.rows.get(WorkKey.of(batch), {})
            if row.get(batch.number) not in (previous, progress):
                return None
            row[batch.number] = progress
            return dict(row)

    def record_all(
        self, changes: Mapping[Batch, tuple[BatchProgress, BatchProgress]]
    ) -> Mapping[int, BatchProgress] | None:
        self.outage.check()
        with self._lock:
            row = self.rows.get(WorkKey.of(next(iter(changes))), {})
            there = {batch.number: row.get(batch.number) for batch in changes}
            if any(there[batch.number] != previous for batch, (_, previous) in changes.items()) and any(
                there[batch.number] != progress for batch, (progress, _) in changes.items()
            ):
                return None
            row.update({batch.number: progress for batch, (progress, _) in changes.items()})
            return dict(row)

    def due(self, before: datetime, limit: int, *, patient: bool = False) -> Sequence[WorkKey]:
        self.outage.check()
        asked = {key: at for key, at in self.looks.items() if at <= before and (key in self.patient) is patient}
        waiting = sorted((at, key.alert, key.number, key) for key, at in asked.items())
        return [key for *_, key in waiting[:limit]]

    def check_again(self, key: WorkKey, at: datetime | None, *, patient: bool = False) -> None:
        self.outage.check()
        self._set_patient(key, patient=patient)
        if at is None:
            self.looks.pop(key, None)
        elif key in self.rows:
            self.looks[key] = at

    def _set_patient(self, key: WorkKey, *, patient: bool) -> None:
        (self.patient.add if patient else self.patient.discard)(key)
