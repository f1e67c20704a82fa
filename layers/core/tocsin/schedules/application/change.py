"""Pause, resume and cancel a schedule. A change that is confirmed before an occurrence is due prevents its run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tocsin.alerts.ports.alerts import Committed
from tocsin.alerts.ports.together import CommitTogether, UnitOfWork
from tocsin.idempotency.domain.claim import IdempotencyClaim, KeyReused, Replayed, replayed_or_raise
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import NotFound, StorageUnavailable
from tocsin.kernel.ports import Clock
from tocsin.schedules.application.begin import enqueue, keep_store
from tocsin.schedules.domain.answer import Changed, decode_changed, encode_changed
from tocsin.schedules.domain.schedule import (
    Schedule,
    ScheduleChanged,
    ScheduleId,
    ScheduleState,
    cancelled,
    paused,
    resumed,
)
from tocsin.schedules.ports import Schedules
from tocsin.stored_content.ports import StoredContentRepository
from tocsin.timers.ports import TimerQueue

_TRIES = 8
"""Attempts of a change after conflicts with runs or other changes."""


class Change(StrEnum):
    """A change of a schedule."""

    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class ChangeSchedule:
    """Change a schedule of the calling key. Its store stays. Safe to repeat."""

    schedules: Schedules
    write: CommitTogether
    stores: StoredContentRepository
    queue: TimerQueue
    clock: Clock

    def __call__(self, key: ApiKey, id: ScheduleId, change: Change, claim: IdempotencyClaim | None = None) -> Changed:
        """Return the state of the schedule after the change.

        Raises:
            NotFound: the schedule does not exist or is over; or RESUME, and its stored alert no longer exists.
            IdempotencyKeyReused: the claim belongs to a different request.
            StorageUnavailable: the schedule may be changed or not; repeat the call.
        """
        for _ in range(_TRIES):
            now = self.clock()
            if claim is not None and (earlier := self.write.earlier_answer(key.tenant, key.id, claim, now)):
                return replayed_or_raise(earlier, decode_changed)
            before = self.schedules.get(key.tenant, key.id, id)
            if before is None or not key.sees(before.made) or before.forgotten(now):
                raise NotFound("scheduled alert")
            if before.over and not _is_done(before, change):
                raise NotFound("scheduled alert")
            after = self._changed(before, change, now)
            result = Changed.of(after)
            if after == before and claim is None:
                return result
            participants = () if after == before else (ScheduleChanged(before, after),)
            answer = encode_changed(result) if claim else None
            match self.write(UnitOfWork(key.tenant, key.id, now, (), participants, claim, answer)):
                case Committed():
                    enqueue(self.queue, after, now)
                    return result
                case Replayed() | KeyReused() as earlier:
                    return replayed_or_raise(earlier, decode_changed)
        raise StorageUnavailable("the schedule changes too fast")

    def _changed(self, before: Schedule, change: Change, now: datetime) -> Schedule:
        match change:
            case Change.PAUSE:
                return paused(before)
            case Change.CANCEL:
                return cancelled(before, now)
            case Change.RESUME:
                after = resumed(before, now)
                store = self.stores.find(before.tenant, before.key_id, before.store_id, now)
                if store is None:
                    raise NotFound("stored alert")
                keep_store(self.stores, store, now, after.next_at)
                return after


def _is_done(schedule: Schedule, change: Change) -> bool:
    return change is Change.CANCEL and schedule.state is ScheduleState.CANCELLED
