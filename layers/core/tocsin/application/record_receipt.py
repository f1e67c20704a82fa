"""Take in what a provider reports about one try, long after the hand-over or before its worker could record it."""

from __future__ import annotations

from enum import StrEnum

from tocsin.application.ports import AlertRepository, Clock, MessageId, MessageRows, ResultEvents, WorkLedger
from tocsin.application.recent_alerts import RecentAlerts
from tocsin.application.slice_report import ReportSlice
from tocsin.domain.errors import StaleWrite
from tocsin.domain.message import Receipt, evidence

_ROUNDS = 10


class ReceiptResult(StrEnum):
    """What became of a receipt."""

    RECORDED = "recorded"  # the message moved
    NOTHING_NEW = "nothing_new"  # a repeat, or something better is known
    NOT_OURS = "not_ours"  # no such recipient or try
    FORGOTTEN = "forgotten"  # no such alert, or its lifetime is over: nobody can be told any more


class RecordReceipt:
    """See the module."""

    def __init__(
        self, alerts: AlertRepository, rows: MessageRows, ledger: WorkLedger, events: ResultEvents, clock: Clock
    ) -> None:
        self._alerts = RecentAlerts(alerts, clock)
        self._rows = rows
        self._clock = clock
        self._report = ReportSlice(self._alerts, rows, ledger, events)

    def __call__(self, id: MessageId, receipt: Receipt) -> ReceiptResult:
        """Record a receipt whose id (`MessageId.parse`) came back with the provider's event.

        A repeat reports the slice again, since the worker before may have died between its two steps.

        Raises:
            StaleWrite, StorageUnavailable: take it in again.
        """
        alert = self._alerts.get(id.key.tenant, id.key.alert)
        if alert is None or alert.expired(self._clock()):
            return ReceiptResult.FORGOTTEN  # its rows vanish one by one from now on
        piece = alert.slice_at(id.key, id.position)
        if piece is None:
            return ReceiptResult.NOT_OURS
        for _ in range(_ROUNDS):
            rows = dict(self._rows.load(piece.key, piece.positions))
            row = rows.get(id.position)
            if row is None:
                return ReceiptResult.NOT_OURS
            moved = evidence(row, receipt, self._clock())
            if moved is None:
                self._report(alert, piece, rows)
                return ReceiptResult.NOTHING_NEW
            if self._rows.save(piece.key, [moved], alert.expires_at)[0]:
                self._report(alert, piece, {**rows, id.position: moved})
                return ReceiptResult.RECORDED
        raise StaleWrite("a message moved on ten times while one receipt was recorded")
