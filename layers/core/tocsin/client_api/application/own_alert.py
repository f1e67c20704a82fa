"""Find an alert that a key may act on."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import NotFound
from tocsin.kernel.domain.ids import AlertRef
from tocsin.kernel.ports import Clock


@dataclass(frozen=True, slots=True)
class OwnAlert:
    """Finds an alert that the calling key sent, and whose lifetime is not over."""

    alerts: AlertRepository
    clock: Clock

    def __call__(self, key: ApiKey, ref: AlertRef) -> Alert:
        """Return the alert. Raises NotFound: there is none, or another key sent it."""
        alert = self.alerts.get(key.tenant, ref)
        if alert is None or alert.key_id != key.id or alert.expired(self.clock()):
            raise NotFound("alert")
        return alert
