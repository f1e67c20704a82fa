"""Try the mails that wait for an account's mail server, because its settings were saved.

    save: a timer is armed ─► settings ─► what is known of the server is forgotten ─► the timer's order
    timer: alerts with mails that wait ─► their messages are due now, and queued

A worker may be sending by the settings from before. So alerts with such messages are looked at again, for a while.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.application.try_now import TryNow
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.tenant_mail.ports import RefusedMails
from tocsin.timers.domain.timer import Timer, TimerKey, TimerKind
from tocsin.timers.ports import TimerQueue, Timers

AFTER_SAVE = timedelta(seconds=1)
"""The save itself is over by then."""

LOOKS_FOR = timedelta(minutes=3)
"""How long after a save a worker may send by the settings from before: a claim ends earlier."""

AGAIN = timedelta(seconds=30)
PAGE = 50

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ArmWaitingMails:
    """Arms the timer of a save."""

    timers: Timers
    queue: TimerQueue
    clock: Clock

    def arm(self, tenant: TenantId) -> Timer:
        """Write the timer. Call it before the save: a save without timer would leave mails waiting.

        Raises:
            StorageUnavailable: it may be armed, which does no harm.
        """
        now = self.clock()
        subject = str((now - _EPOCH) // _MILLISECOND)
        timer = Timer(TimerKey(tenant, TimerKind.MAIL, subject), 1, now + AFTER_SAVE)
        self.timers.arm(timer)
        return timer

    def order(self, timer: Timer) -> None:
        """Enqueue the order of the timer. Without it the sweeper finds the timer. Never raises."""
        try:
            self.queue.enqueue([timer], self.clock())
        except StorageUnavailable:
            _log.warning("waiting_mails_not_ordered", extra={"tenant": timer.key.tenant})


@dataclass(frozen=True, slots=True)
class TryWaitingMails:
    """The action of the timer. Safe to repeat."""

    refused: RefusedMails
    alerts: AlertRepository
    try_now: TryNow

    def __call__(self, timer: Timer, now: datetime) -> datetime | None:
        """Try what waits; return when to check next, None = nothing is left.

        Raises:
            StorageUnavailable: repeat the call.
        """
        tenant = timer.key.tenant
        saved_at = _EPOCH + int(timer.key.subject) * _MILLISECOND
        waiting = self.refused.waiting(tenant, PAGE, now)
        kept = 0
        for each in waiting:
            alert = self.alerts.get(tenant, each.alert)
            tried = self.try_now(alert, Channel.EMAIL) if alert is not None else None
            if tried is not None and tried.in_flight and now - saved_at < LOOKS_FOR:
                kept += 1
            else:
                self.refused.forget(tenant, each)
        if len(waiting) == PAGE and kept < PAGE:
            return now
        return now + AGAIN if kept else None
