"""Object to claimed messages whose alert was cancelled: the last look before the provider is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.delivery.application.guards import Claimed, Objection
from tocsin.delivery.domain.outcome import AlertCancelled
from tocsin.delivery.domain.submission import Rejected
from tocsin.delivery.ports.messages import MessageRows
from tocsin.kernel.domain.errors import StorageUnavailable

_UNAVAILABLE = Rejected("alert_unavailable", permanent=False)


@dataclass(frozen=True, slots=True)
class HonourCancellation:
    """A guard: no message that is claimed after a cancellation is submitted.

    The worker's own alert may be two seconds old. For an alert that is one row, the claim was written on condition that
    the alert is not cancelled, so nothing is read here.
    """

    alerts: AlertRepository
    rows: MessageRows

    def __call__(self, alert: Alert, item: AlertItem, claimed: Sequence[Claimed]) -> dict[int, Objection]:
        """Object to all messages if the alert is cancelled by now, or cannot be read."""
        if self.rows.refuses_cancelled(alert.tenant, alert.ref):
            return {}
        try:
            now = self.alerts.get(alert.tenant, alert.ref)
        except StorageUnavailable:
            return {one.position: _UNAVAILABLE for one in claimed}
        if now is None or now.cancelled_at is None:
            return {}
        return {one.position: AlertCancelled() for one in claimed}
