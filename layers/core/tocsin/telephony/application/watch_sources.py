"""Watch sources: people are told once when a source falls silent, and once when it speaks again.

    event ──► note the minute in which it was heard ──► timer SOURCE, unless an earlier one stands
    timer ──► heard since? ──► due later
                └─► silent: event, notices, mail ── heard again ──► timer, now ──► mail

A source is noted at most once a minute and process, whatever it sends; most of these times its timer is only read,
because the timer moves by itself when it is due. All that is told has an id made of the silence, so it may be repeated.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.notices.domain.account_notice import Category, Severity, notice_about
from tocsin.notices.domain.owner_notification import OwnerNotification
from tocsin.notices.ports.account_notices import AccountNotices
from tocsin.notices.ports.key_owners import KeyOwners
from tocsin.telephony.application.ingest import IngestEvents
from tocsin.telephony.domain.event_source import EventSource
from tocsin.telephony.domain.silence import MINUTE, KeptPulse
from tocsin.telephony.domain.silence_told import is_back, silent, silent_event
from tocsin.telephony.ports.event_sources import EventSources
from tocsin.telephony.ports.source_pulses import SourcePulses
from tocsin.timers.domain.timer import Timer, TimerKey, TimerKind
from tocsin.timers.ports import TimerQueue, Timers

MailAdministrators = Callable[[TenantId, OwnerNotification], None]
"""Mails owners and admins of an account, once for each change. Raises StorageUnavailable: repeat the call."""

_REMEMBERED = 1024
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HearSource:
    """Notes that sources are heard, and arms their timers. One object serves one process.

    Attributes:
        queue: None = the sweeper finds timers that are due, at most 75 s later.
    """

    pulses: SourcePulses
    timers: Timers
    clock: Clock
    queue: TimerQueue | None = None
    _noted: dict[str, datetime] = field(default_factory=dict)

    def __call__(self, source: EventSource) -> None:
        """Note that a source is heard now, if it is watched. Never raises StorageUnavailable: its events stand."""
        now = self.clock()
        noted = self._noted.get(source.id)
        if not source.watched or (noted is not None and now < noted + MINUTE):
            return
        try:
            before = self.pulses.find(source.tenant, source.id, now)
            after = before.heard(now)
            if after is not before and not self.pulses.save(source.tenant, source.id, after):
                after = self.pulses.find(source.tenant, source.id, now)  # another process has noted this minute
            self._arm(source, after.due_at(now, source.fixed_span), now)
        except StorageUnavailable:
            _log.warning("a source was not noted", extra={"tenant": source.tenant, "source": source.id})
            return
        if len(self._noted) >= _REMEMBERED:
            self._noted.clear()
        self._noted[source.id] = now

    def changed(self, source: EventSource) -> None:
        """Arm the timer as new settings of a source say. Never raises StorageUnavailable: the next event does it."""
        if not source.watched:
            return
        now = self.clock()
        try:
            kept = self.pulses.find(source.tenant, source.id, now)
            self._arm(source, kept.due_at(now, source.fixed_span), now)
        except StorageUnavailable:
            _log.warning("a source's timer was not armed", extra={"tenant": source.tenant, "source": source.id})

    def _arm(self, source: EventSource, due_at: datetime | None, now: datetime) -> None:
        """Arm the timer, unless one stands that is due no later. One that is due by now may end, so it is replaced."""
        if due_at is None:
            return
        key = TimerKey(source.tenant, TimerKind.SOURCE, source.id)
        standing = self.timers.get(key)
        if standing is None:
            timer = Timer(key, 1, due_at)
            armed = self.timers.arm(timer)
        elif due_at < standing.due_at or standing.due_at <= now:
            timer = standing.next(due_at)
            armed = self.timers.move(standing, timer)
        else:
            return
        if armed and self.queue is not None:
            self.queue.enqueue([timer], now)


@dataclass(frozen=True, slots=True)
class WatchSource:
    """The action of SOURCE timers, whose subject is the id of a source."""

    sources: EventSources
    pulses: SourcePulses
    ingest: IngestEvents
    notices: AccountNotices
    owners: KeyOwners
    mail: MailAdministrators

    def __call__(self, timer: Timer, now: datetime) -> datetime | None:
        """Tell what is to be told; return when the next check is due. Raises StorageUnavailable: to be repeated.

        That a silence was told is stored before it is told, and that it is over after that: so a process that hears the
        source meanwhile finds that the end must be told, and no end is told without a beginning.
        """
        tenant, id = timer.key.tenant, timer.key.subject
        source = self.sources.get(tenant, id)
        if source is None or not source.watched:
            return None
        kept = self.pulses.find(tenant, id, now)
        if kept.is_over and kept.told is not None:
            self.mail(tenant, is_back(source, kept.told))
            kept = kept.with_told(None)
            self._save(tenant, id, kept)
        due_at = kept.due_at(now, source.fixed_span)
        if due_at is not None and due_at <= now:
            kept = kept.with_told(kept.pulse.last)
            self._save(tenant, id, kept)
        elif due_at is not None:
            return due_at
        if kept.told is not None:
            self._tell(source, kept.told, now)
        return None

    def _save(self, tenant: TenantId, id: str, kept: KeptPulse) -> None:
        if not self.pulses.save(tenant, id, kept):
            raise StorageUnavailable("the source was heard meanwhile")

    def _tell(self, source: EventSource, since: datetime, now: datetime) -> None:
        notification = silent(source, since)
        self.ingest(source.tenant, [silent_event(source, since, now)])
        for owner in self.owners.of_tenant(source.tenant):
            if owner.enabled and not owner.sandbox:
                self.notices.notify(
                    notice_about(
                        source.tenant, owner.key_id, notification.change, since, Severity.WARNING, Category.GENERAL,
                        "source_silent", f"the event source {source.id} is silent since {since:%Y-%m-%dT%H:%M:%SZ}",
                    )
                )  # fmt: skip
        self.mail(source.tenant, notification)
