"""Last looks into the fakes of alerts, suppressions and erasures."""

from __future__ import annotations

from collections.abc import Collection

from tests.fakes.alerts import FakeAlertRepository
from tests.fakes.erasures import FakeErasureLedger
from tests.fakes.outage import Outage
from tests.fakes.suppressions import FakeSuppressions
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.ports.last_looks import Look
from tocsin.kernel.domain.ids import AlertRef, TenantId


class FakeLastLooks:
    """Sees what the fakes hold."""

    def __init__(
        self, alerts: FakeAlertRepository, suppressions: FakeSuppressions, erasures: FakeErasureLedger
    ) -> None:
        self._alerts = alerts
        self._suppressions = suppressions
        self._erasures = erasures
        self.outage = Outage()

    def look(self, tenant: TenantId, alert: AlertRef | None, channel: Channel, fingerprints: Collection[bytes]) -> Look:
        self.outage.check()
        there = None if alert is None else self._alerts.get(tenant, alert)
        cancelled = there is not None and there.cancelled_at is not None
        return Look(cancelled, self._suppressions.find(tenant, channel, fingerprints), self._erasures.last(tenant))
