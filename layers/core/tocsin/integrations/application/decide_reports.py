"""Events `integration.status`: refused if they name no integration, and decided when they come."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tocsin.integrations.domain.refusals import UNKNOWN_INTEGRATION
from tocsin.integrations.ports import Integrations
from tocsin.kernel.domain.errors import Fault
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.application.ingest import Decide
from tocsin.telephony.domain.acts import ActKind
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.stored_event import EventDecision

EVENT_TYPE = "integration.status"


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
