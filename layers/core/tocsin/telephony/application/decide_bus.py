"""Events that Tocsin makes itself are put on the event bus, if their account asks for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.application.ingest import Decide
from tocsin.telephony.domain.acts import ActKind
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.stored_event import EventDecision


@dataclass(frozen=True, slots=True)
class DecideBus:
    """The `Decide` of IngestEvents for such events: what another one decides, and the bus. Sandbox events stay away.

    Attributes:
        wanted: whether the account asks for its events. Raises StorageUnavailable.
    """

    decide: Decide
    wanted: Callable[[TenantId], bool]

    def __call__(self, tenant: TenantId, event: TelephonyEvent) -> EventDecision:
        """Return what the event brings about."""
        decision = self.decide(tenant, event)
        if event.sandbox or not self.wanted(tenant):
            return decision
        return replace(decision, acts=(*decision.acts, [ActKind.BUS.value]))
