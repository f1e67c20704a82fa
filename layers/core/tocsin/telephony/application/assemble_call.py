"""Assemble a call of its legs, and take it in as one event.

    legs ──► row of the call ──► (its time comes) ──► row says settled ──► event `call.ended` is processed

The call is settled before its event is processed, so the event holds every leg that the row took. A worker that dies in
between finds the call settled when the settlement is repeated, and takes the same event in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.kernel.domain.errors import StaleWrite
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.telephony.application.ingest import IngestEvents
from tocsin.telephony.domain.call_assembly import SETTLE_AFTER
from tocsin.telephony.domain.cloud_events import LATE_AFTER, ReceivedEvent
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.ports.calls_being_assembled import CallsBeingAssembled

_TRIES = 5


@dataclass(frozen=True, slots=True)
class AssembleCall:
    """Gathers the legs of calls. Both verbs may be repeated."""

    calls: CallsBeingAssembled
    ingest: IngestEvents
    clock: Clock

    def add(
        self, tenant: TenantId, legs: Sequence[TelephonyEvent], settle_after: timedelta = SETTLE_AFTER
    ) -> datetime | None:
        """Add legs of one call, and return when it is to be settled, which may be now; None if it is settled.

        Raises:
            StaleWrite: other legs of the call came first at every try.
            StorageUnavailable: the legs may be stored.
        """
        source, call_id, now = legs[0].source, legs[0].data["callId"], self.clock()
        for _ in range(_TRIES):
            before, version = self.calls.find(tenant, source, call_id, now)
            after, _ = before.add(legs, now, settle_after)
            if after == before or self.calls.save(tenant, after, version, now):
                return after.settles_at
        raise StaleWrite("other legs of the call came first at every try")

    def settle(self, tenant: TenantId, source: str, call_id: str) -> datetime | None:
        """Take the event of a call in if its time has come; return when to settle it otherwise, None if it is done.

        None is returned too if no leg says how the call ended: it is settled after its next leg.

        Raises:
            StaleWrite: legs of the call came first at every try.
            StorageUnavailable: the call may be settled, and its event missing; to be repeated.
        """
        now = self.clock()
        for _ in range(_TRIES):
            call, version = self.calls.find(tenant, source, call_id, now)
            if not call.settled:
                settled, event = call.settle(now)
                if event is None:
                    return settled.settles_at
                if not self.calls.save(tenant, settled, version, now):
                    continue
                call = settled
            if (event := call.call_ended(now)) is not None:
                self.ingest(tenant, [ReceivedEvent(event.id, event, late=event.at < now - LATE_AFTER)])
            return None
        raise StaleWrite("legs of the call came first at every try")
