"""Events `integration.status`: refused if they name no integration, decided when they come, and then reported."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from tocsin.integrations.application.report_status import Reporter, ReportStatus
from tocsin.integrations.domain.integration import IntegrationStatus
from tocsin.integrations.domain.refusals import UNKNOWN_INTEGRATION
from tocsin.integrations.domain.report import StatusReport
from tocsin.integrations.ports import Integrations
from tocsin.kernel.domain.errors import Fault, NotFound
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.application.ingest import Decide
from tocsin.telephony.domain.acts import Act, ActKind
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.stored_event import EventDecision, StoredEvent

EVENT_TYPE = "integration.status"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RefuseUnknownIntegration:
    """The `Refuse` of IngestEvents."""

    integrations: Integrations

    def __call__(self, tenant: TenantId, event: TelephonyEvent) -> Fault | None:
        """Return the fault of an event about an integration that is not there. Raises StorageUnavailable."""
        if event.type != EVENT_TYPE or self.integrations.get(tenant, event.data["integrationId"]) is not None:
            return None
        return Fault("/data/integrationId", UNKNOWN_INTEGRATION, "is no integration of this account")


@dataclass(frozen=True, slots=True)
class DecideReports:
    """The `Decide` of IngestEvents: what another one decides, and the report. Those of sandbox keys report nothing."""

    decide: Decide

    def __call__(self, tenant: TenantId, event: TelephonyEvent) -> EventDecision:
        """Return what the event brings about."""
        decision = self.decide(tenant, event)
        if event.type != EVENT_TYPE or event.sandbox:
            return decision
        return replace(decision, acts=(*decision.acts, [ActKind.INTEGRATION.value]))


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
