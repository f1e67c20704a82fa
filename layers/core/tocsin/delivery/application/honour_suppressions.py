"""Object to claimed messages whose receivers are suppressed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.delivery.application.guards import Claimed, Objection
from tocsin.delivery.domain.outcome import Suppressed
from tocsin.delivery.domain.submission import Rejected
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.suppressions.application.suppress import Suppress

_UNAVAILABLE = Rejected("suppressions_unavailable", permanent=False)


@dataclass(frozen=True, slots=True)
class HonourSuppressions:
    """A guard: it sees every suppression that was stored before the claim (ADR 0010). Sandbox alerts pass."""

    suppress: Suppress

    def __call__(self, alert: Alert, item: AlertItem, claimed: Sequence[Claimed]) -> dict[int, Objection]:
        """Return the outcome of each suppressed receiver's message. If suppressions cannot be read, object to all."""
        if alert.sandbox:
            return {}
        addresses = [one.recipient.address for one in claimed]
        try:
            standing = self.suppress.standing(alert.tenant, item.channel, addresses)
        except StorageUnavailable:
            return {one.position: _UNAVAILABLE for one in claimed}
        return {
            one.position: Suppressed(reason.value) for one in claimed if (reason := standing.get(one.recipient.address))
        }
