"""Schedules, and what is written together, in memory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from tests.fakes.alerts import FakeAlertRepository
from tests.fakes.outage import Outage
from tests.fakes.stores import FakeStoredContentRepository
from tests.fakes.timers import FakeTimerQueue, FakeTimers
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.participants import Participant
from tocsin.alerts.ports.alerts import AcceptOutcome, CapacityShort, Committed, Conflict
from tocsin.alerts.ports.together import UnitOfWork
from tocsin.idempotency.domain.claim import IdempotencyClaim, KeyReused, Replayed
from tocsin.kernel.domain.errors import RequestTooLarge
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.kernel.ports import Clock
from tocsin.schedules.application.change import ChangeSchedule
from tocsin.schedules.domain.schedule import (
    Schedule,
    ScheduleBegun,
    ScheduleChanged,
    ScheduleId,
    ScheduleRun,
    timer_key,
)

_Key = tuple[TenantId, ApiKeyId, ScheduleId]


class FakeSchedules:
    """`rows` may be inspected; `history` holds every standing that was ever written, in order."""

    def __init__(self) -> None:
        self.rows: dict[_Key, Schedule] = {}
        self.history: list[Schedule] = []
        self.outage = Outage()

    def get(self, tenant: TenantId, key_id: ApiKeyId, id: ScheduleId) -> Schedule | None:
        self.outage.check()
        return self.rows.get((tenant, key_id, id))

    def newest(self, tenant: TenantId, key_id: ApiKeyId) -> Iterator[Schedule]:
        self.outage.check()
        mine = [row for (owner, key, _), row in self.rows.items() if (owner, key) == (tenant, key_id)]
        yield from sorted(mine, key=lambda row: row.id, reverse=True)

    def stands(self, before: Schedule) -> bool:
        """Whether nobody has changed it since it was read."""
        there = self.rows.get(_key(before))
        return there is not None and there.generation == before.generation

    def put(self, schedule: Schedule) -> None:
        self.rows[_key(schedule)] = schedule
        self.history.append(schedule)

    def holds(self, participants: ScheduleRun, alert: Alert) -> bool:
        """As `KeepsParticipants`: an alert may be the run of a schedule."""
        return self.stands(participants.before)

    def write(self, participants: ScheduleRun, alert: Alert) -> None:
        self.put(participants.after)


class FakeCommitTogether:
    """All or nothing, over the fakes of one world.

    Attributes:
        most: rows that one transaction holds.
    """

    def __init__(
        self,
        alerts: FakeAlertRepository,
        schedules: FakeSchedules,
        stores: FakeStoredContentRepository,
        timers: FakeTimers,
    ) -> None:
        self.alerts, self.schedules, self.stores, self.timers = alerts, schedules, stores, timers
        self.most = 100
        self.outage = Outage()
        alerts.writes(ScheduleRun, schedules)

    def __call__(self, together: UnitOfWork) -> AcceptOutcome:
        self.outage.check()
        tenant, key_id, claim = together.tenant, together.key_id, together.claim
        if self._rows(together) > self.most:
            raise RequestTooLarge(self.most, "rows in one transaction")
        with self.alerts.lock:
            if claim and (earlier := self.alerts.earlier_answer(tenant, key_id, claim, together.at)):
                return earlier
            left = dict(self.alerts.capacities.get((tenant, key_id), {}))
            for acceptance in together.acceptances:
                if (refusal := self.alerts.refusal(acceptance)) is not None:
                    return refusal
                for channel, units in acceptance.consumption.items():
                    left[channel] = left.get(channel, 0) - units
                    if left[channel] < 0:
                        return CapacityShort()
            for participant in together.participants:
                if not self._holds(participant):
                    return Conflict(participant)
            for acceptance in together.acceptances:
                self.alerts.write(acceptance)
            for participant in together.participants:
                self._write(participant)
            if claim:
                self.alerts.keep_answer(tenant, key_id, claim, together.answer or "", together.at + timedelta(hours=24))
        return Committed()

    def earlier_answer(
        self, tenant: TenantId, key_id: ApiKeyId, claim: IdempotencyClaim, now: datetime
    ) -> Replayed | KeyReused | None:
        return self.alerts.earlier_answer(tenant, key_id, claim, now)

    def _rows(self, together: UnitOfWork) -> int:
        accepted = sum(2 + len(acceptance.chunks) for acceptance in together.acceptances)
        return accepted + 3 * len(together.participants)

    def _holds(self, participants: Participant) -> bool:
        match participants:
            case ScheduleBegun(schedule):
                return _key(schedule) not in self.schedules.rows
            case ScheduleChanged(before) | ScheduleRun(before):
                return self.schedules.stands(before)
        return bool(self.alerts.keeper(participants).holds(participants))

    def _write(self, participants: Participant) -> None:
        match participants:
            case ScheduleBegun(schedule, store):
                self.schedules.put(schedule)
                if store is not None:
                    self.stores.put(store)
                if schedule.timer is not None:
                    self.timers.arm(schedule.timer)
            case ScheduleChanged(_, after):
                self.schedules.put(after)
                if after.timer is not None:
                    self.timers.arm(after.timer)
                else:
                    self.timers.cancel(timer_key(after.tenant, after.key_id, after.id))
            case ScheduleRun(_, after):
                self.schedules.put(after)
            case _:
                self.alerts.keeper(participants).write(participants)


def _key(schedule: Schedule) -> _Key:
    return schedule.tenant, schedule.key_id, schedule.id


def no_schedules(alerts: FakeAlertRepository, clock: Clock) -> ChangeSchedule:
    """Return what changes schedules in a world that has none."""
    schedules, stores = FakeSchedules(), FakeStoredContentRepository()
    together = FakeCommitTogether(alerts, schedules, stores, FakeTimers())
    return ChangeSchedule(schedules, together, stores, FakeTimerQueue(), clock)
