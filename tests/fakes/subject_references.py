"""Subject references of the alerts a fake repository has accepted."""

from __future__ import annotations

from tests.fakes.alerts import FakeAlertRepository
from tests.fakes.outage import Outage
from tocsin.kernel.domain.ids import AlertRef, TenantId


class FakeSubjectReferences:
    """Args: alerts: the repository of the same world."""

    def __init__(self, alerts: FakeAlertRepository) -> None:
        self._alerts = alerts
        self.outage = Outage()

    def find(self, reference: str) -> tuple[TenantId, AlertRef] | None:
        self.outage.check()
        return next(
            (place for place, alert in self._alerts.alerts.items() if alert.email_subject_ref == reference), None
        )
