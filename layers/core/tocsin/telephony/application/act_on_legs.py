"""The act of a leg: it is added to its call, and a timer settles the call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.telephony.application.assemble_call import AssembleCall
from tocsin.telephony.domain.acts import Act
from tocsin.telephony.domain.call_assembly import SETTLE_AFTER
from tocsin.telephony.domain.event_source import tenant_of
from tocsin.telephony.domain.stored_event import StoredEvent
from tocsin.telephony.ports.event_rows import EventRows
from tocsin.telephony.ports.event_sources import EventSources
from tocsin.timers.domain.timer import Timer, TimerKey, TimerKind
from tocsin.timers.ports import TimerQueue, Timers


@dataclass(frozen=True, slots=True)
class ActOnLeg:
    """The `Perform` of ActKind.LEG."""

    assemble: AssembleCall
    sources: EventSources
    timers: Timers
    queue: TimerQueue
    clock: Clock

    def __call__(self, tenant: TenantId, stored: StoredEvent, act: Act) -> None:
        """Add the leg; settle its call now, if the leg is the last one, else by a timer.

        Each leg has a timer of its own, by whose name its call is found; only that of the newest leg settles the call.

        Raises:
            StaleWrite, StorageUnavailable: to be repeated.
        """
        event = stored.event
        source = self.sources.get(tenant, event.source) if tenant_of(event.source) == tenant else None
        settles_at = self.assemble.add(tenant, [event], SETTLE_AFTER if source is None else source.settle_after)
        now = self.clock()
        # The worker that settled the call may have died before the event of the call was stored: it is settled again.
        if settles_at is None or settles_at <= now:
            settles_at = self.assemble.settle(tenant, event.source, event.data["callId"])
        if settles_at is not None:
            timer = Timer(TimerKey(tenant, TimerKind.CALL, stored.name), 1, settles_at)
            if self.timers.arm(timer):
                self.queue.enqueue([timer], now)


@dataclass(frozen=True, slots=True)
class SettleLegs:
    """The action of CALL timers, whose subject is the name of a leg."""

    assemble: AssembleCall
    events: EventRows

    def __call__(self, timer: Timer, now: datetime) -> None:
        """Settle the call if its time has come; else a later leg has a timer. Raises StorageUnavailable, StaleWrite."""
        tenant, name = timer.key.tenant, timer.key.subject
        stored = self.events.read(tenant, [name], now).get(name)
        if stored is not None:
            self.assemble.settle(tenant, stored.event.source, stored.event.data["callId"])
