"""Report what an event `integration.status` says."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from tocsin.integrations.application.report_status import Reporter, ReportStatus
from tocsin.integrations.domain.integration import IntegrationStatus
from tocsin.integrations.domain.report import StatusReport
from tocsin.kernel.domain.errors import NotFound
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.domain.acts import Act
from tocsin.telephony.domain.stored_event import StoredEvent

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReportByEvent:
    """Performs the act `integration`. The time of the event orders reports, and no person is subscribed by one.

    Attributes:
        report: returns the use case, which is made with the first such event.
    """

    report: Callable[[], ReportStatus]

    def __call__(self, tenant: TenantId, stored: StoredEvent, act: Act) -> None:
        """Do it. Raises StorageUnavailable, StaleWrite: to be repeated."""
        data = stored.event.data
        report = StatusReport(IntegrationStatus(data["status"]), data.get("reason") or "", stored.event.at)
        try:
            self.report()(tenant, data["integrationId"], report, Reporter())
        except NotFound:
            _log.info("an integration was deleted before its event was acted on", extra={"tenant": tenant})
