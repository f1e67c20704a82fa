"""Decide a new schedule from a request, without a write."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.alerts.application.check_later import Checked, CheckLater
from tocsin.alerts.domain.features import ScheduleOptions
from tocsin.alerts.domain.request import SendRequest
from tocsin.alerts.domain.result import SendResult
from tocsin.identity.application.account_clocks import AccountClocks
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import StoreId, time_ordered_uuid
from tocsin.kernel.ports import Randomness
from tocsin.schedules.domain.answer import Scheduled, next_run
from tocsin.schedules.domain.plan import SchedulePlan, planned
from tocsin.schedules.domain.schedule import Schedule, ScheduleBegun, ScheduleId, ScheduleState
from tocsin.stored_content.domain.stored_content import UNUSED_LIFETIME, ContentType, StoredContent
from tocsin.stored_content.ports import StoredContentRepository
from tocsin.timers.ports import TimerQueue

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FromStore:
    """The alert is stored content already.

    Attributes:
        client_ref: of the alerts of the runs; None = the one in the store.
    """

    store: StoredContent
    client_ref: str | None


@dataclass(frozen=True, slots=True)
class Begun:
    """The schedule to commit, and the answer of the call."""

    participant: ScheduleBegun
    result: Scheduled
    checked: Checked

    @property
    def kept_until(self) -> datetime:
        """The time of the first run, until which its stores must not expire."""
        return self.participant.schedule.next_at or self.participant.schedule.first


@dataclass(frozen=True, slots=True)
class BeginSchedule:
    """Decide a new schedule. Writes nothing."""

    check: CheckLater
    clocks: AccountClocks
    randomness: Randomness

    def __call__(
        self,
        key: ApiKey,
        request: SendRequest,
        options: ScheduleOptions,
        now: datetime,
        source: FromStore | None = None,
        at: str = "/options/schedule",
    ) -> Begun | SendResult:
        """Return the schedule to commit, or the answer of a call whose alert could never be sent.

        Args:
            source: the stored alert; None = `request.text` will be stored.
            at: JSON pointer of the schedule block, for faults.

        Raises:
            InvalidRequest: with a fault of the schedule, or else with all faults of the alert.
            Forbidden, RequestTooLarge, StorageUnavailable: as `CheckLater`.
        """
        plan = planned(options, self.clocks.get(key.tenant).zone, now, at)
        checked = self.check(key, request, now)
        if checked.refused and checked.ready is not None:
            return checked.ready.result
        fresh = None if source else self._store(key, request, plan, now)
        store = fresh if source is None else source.store
        assert store is not None
        schedule = self._schedule(key, plan, store.store_id, source.client_ref if source else None, now)
        result = Scheduled(
            request.client_ref,
            store.store_id,
            days_unused(store.lifetime),
            schedule.id,
            next_run_at=next_run(schedule),
        )
        return Begun(ScheduleBegun(schedule, fresh), result, checked)

    def _schedule(
        self, key: ApiKey, plan: SchedulePlan, store_id: StoreId, client_ref: str | None, now: datetime
    ) -> Schedule:
        return Schedule(
            tenant=key.tenant,
            key_id=key.id,
            id=ScheduleId(time_ordered_uuid(now, self.randomness.token(10))),
            store_id=store_id,
            client_ref=client_ref,
            zone=plan.zone,
            first=plan.first,
            wall=plan.wall,
            interval=plan.interval,
            end=plan.end,
            state=ScheduleState.PAUSED if plan.paused else ScheduleState.ACTIVE,
            generation=1,
            created_at=now.replace(microsecond=now.microsecond // 1000 * 1000),
            next_at=plan.next_at,
            made=key.made,
        )

    def _store(self, key: ApiKey, request: SendRequest, plan: SchedulePlan, now: datetime) -> StoredContent:
        """Return the store for the call's own alert. Its unused lifetime begins with the first run."""
        return StoredContent(
            tenant=key.tenant,
            key_id=key.id,
            store_id=StoreId(time_ordered_uuid(now, self.randomness.token(10))),
            type=ContentType.ALERT,
            tag=request.client_ref,
            name=None,
            content=request.text,
            created_at=now,
            lifetime=UNUSED_LIFETIME,
            expires_at=plan.next_at + UNUSED_LIFETIME,
            made=key.made,
        )


def days_unused(lifetime: timedelta | None) -> int:
    """Return the unused lifetime of a store in days, rounded up; 0 = endless."""
    return 0 if lifetime is None else -(-lifetime // timedelta(days=1))


def keep_store(stores: StoredContentRepository, store: StoredContent, now: datetime, until: datetime | None) -> None:
    """Extend the lifetime of a store beyond its use at `until`; None = no use is planned.

    Raises:
        StorageUnavailable: the store may expire earlier.
    """
    if until is None or store.expires_at is None or store.lifetime is None:
        return
    stores.touch(store, now, until)
    kept = stores.find(store.tenant, store.key_id, store.store_id, now)
    if kept is not None and kept.expires_at is not None and kept.expires_at <= until:
        raise StorageUnavailable("a store could not be renewed")


def enqueue(queue: TimerQueue, schedule: Schedule, now: datetime) -> None:
    """Enqueue the order of a schedule's timer. Failures are only logged, because the sweeper finds the timer's row."""
    if schedule.timer is None:
        return
    try:
        queue.enqueue([schedule.timer], now)
    except StorageUnavailable:
        _log.warning("schedule_not_enqueued", extra={"tenant": schedule.tenant, "schedule": schedule.id})
