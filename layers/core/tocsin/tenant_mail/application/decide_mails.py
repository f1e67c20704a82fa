"""Decide, when an event comes, whether it may be mailed; the account's settings are read when it is acted on."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.application.ingest import Decide
from tocsin.telephony.domain.acts import ActKind
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.stored_event import EventDecision
from tocsin.tenant_mail.domain.mailed_events import mailed_type


@dataclass(frozen=True, slots=True)
class DecideMails:
    """The `Decide` of IngestEvents: what another one decides, and the mail about the event."""

    decide: Decide

    def __call__(self, tenant: TenantId, event: TelephonyEvent) -> EventDecision:
        """Return what the event brings about."""
        decision = self.decide(tenant, event)
        mailed = mailed_type(event)
        if mailed is None:
            return decision
        return replace(decision, acts=(*decision.acts, [ActKind.MAIL.value, mailed.template]))
