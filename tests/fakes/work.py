"""Tallies and sweep times in memory."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime

from tests.fakes.outage import Outage
from tocsin.alerts.domain.alert import Alert, Slice
from tocsin.delivery.domain.progress import SWEEP_AFTER, SliceTally, WorkKey
from tocsin.kernel.domain.ids import AlertRef, TenantId


class FakeWorkLedger:
    """`rows` and `looks` may be inspected; `open` is what acceptance does to the ledger."""

    def __init__(self) -> None:
        self.rows: dict[WorkKey, dict[int, SliceTally]] = {}
        self.looks: dict[WorkKey, datetime] = {}
        self.outage = Outage()
        self._lock = threading.Lock()

    def open(self, alert: Alert) -> None:
        """Add the blank tallies of a fresh alert and the time of its first sweep."""
        for piece in alert.slices():
            key = WorkKey.of(piece)
            self.rows.setdefault(key, {})[piece.number] = SliceTally.blank(piece.count)
            self.looks[key] = alert.accepted_at + SWEEP_AFTER[alert.lane.value]

    def load(self, key: WorkKey) -> Mapping[int, SliceTally]:
        self.outage.check()
        return dict(self.rows.get(key, {}))

    def tallies(self, tenant: TenantId, alert: AlertRef) -> Mapping[int, SliceTally]:
        self.outage.check()
        found: dict[int, SliceTally] = {}
        for key, row in self.rows.items():
            if (key.tenant, key.alert) == (tenant, alert):
                found |= row
        return found

    def record(self, piece: Slice, tally: SliceTally, over: SliceTally) -> Mapping[int, SliceTally] | None:
        self.outage.check()
        with self._lock:
            row = self.rows.get(WorkKey.of(piece), {})
            if row.get(piece.number) not in (over, tally):
                return None
            row[piece.number] = tally
            return dict(row)

    def record_all(self, changes: Mapping[Slice, tuple[SliceTally, SliceTally]]) -> Mapping[int, SliceTally] | None:
        self.outage.check()
        with self._lock:
            row = self.rows.get(WorkKey.of(next(iter(changes))), {})
            there = {piece.number: row.get(piece.number) for piece in changes}
            if any(there[piece.number] != over for piece, (_, over) in changes.items()) and any(
                there[piece.number] != tally for piece, (tally, _) in changes.items()
            ):
                return None
            row.update({piece.number: tally for piece, (tally, _) in changes.items()})
            return dict(row)

    def due(self, before: datetime, limit: int) -> Sequence[WorkKey]:
        self.outage.check()
        waiting = sorted((at, key.alert, key.number, key) for key, at in self.looks.items() if at <= before)
        return [key for *_, key in waiting[:limit]]

    def look_again(self, key: WorkKey, at: datetime | None) -> None:
        self.outage.check()
        if at is None:
            self.looks.pop(key, None)
        elif key in self.rows:
            self.looks[key] = at
