"""Keep claimed messages from people who must not be contacted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.delivery.application.guards import Claimed, Objection
from tocsin.delivery.domain.outcome import Suppressed
from tocsin.delivery.domain.submission import Rejected
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.suppressions.application.suppress import Suppress

_UNREAD = Rejected("suppressions_unavailable", permanent=False)


@dataclass(frozen=True, slots=True)
class HonourSuppressions:
    """A guard. What was suppressed before the claim is seen (ADR 0010). Sandbox alerts reach nobody: none is held."""

    suppress: Suppress

    def __call__(self, alert: Alert, item: AlertItem, claimed: Sequence[Claimed]) -> dict[int, Objection]:
        """See Guard. Nobody is contacted on the strength of half an answer."""
        if alert.sandbox:
            return {}
        addresses = [one.recipient.address for one in claimed]
        try:
            standing = self.suppress.standing(alert.tenant, item.channel, addresses)
        except StorageUnavailable:
            return {one.position: _UNREAD for one in claimed}
        return {
            one.position: Suppressed(reason.value) for one in claimed if (reason := standing.get(one.recipient.address))
        }
