"""Accept an alert that is sent later: stored, scheduled and timed in one transaction."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.alerts.domain.features import ScheduleOptions
from tocsin.alerts.domain.request import SendRequest
from tocsin.alerts.domain.result import SendResult
from tocsin.alerts.ports.alerts import Committed
from tocsin.alerts.ports.together import CommitTogether, UnitOfWork
from tocsin.idempotency.domain.claim import IdempotencyClaim, KeyReused, Replayed, replayed_or_raise
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.ports import Clock
from tocsin.schedules.application.begin import BeginSchedule, FromStore, enqueue, keep_store
from tocsin.schedules.domain.answer import Scheduled, decode_scheduled, encode_scheduled
from tocsin.stored_content.ports import StoredContentRepository
from tocsin.timers.ports import TimerQueue


@dataclass(frozen=True, slots=True)
class ScheduleAlert:
    """Accept one call. Committed = accepted: whatever happens to the queue then, the timer's row is there."""

    begin: BeginSchedule
    write: CommitTogether
    stores: StoredContentRepository
    queue: TimerQueue
    clock: Clock

    def __call__(
        self,
        key: ApiKey,
        request: SendRequest,
        asked: ScheduleOptions,
        claim: IdempotencyClaim | None = None,
        source: FromStore | None = None,
        at: str = "/options/schedule",
    ) -> Scheduled | SendResult:
        """Return what was made; a SendResult says why nothing would ever be sent: nothing was made.

        Args:
            source: where the alert lies; None: `request.text` is stored.
            at: pointer of the schedule block, for faults.

        Raises:
            IdempotencyKeyReused: the claim belongs to a different request.
            Forbidden, InvalidRequest, NotYetAvailable, RequestTooLarge: see BeginSchedule.
            StorageUnavailable: nothing is known to be accepted; repeat it with the same Idempotency-Key.
        """
        now = self.clock()
        if claim is not None and (earlier := self.write.earlier_answer(key.tenant, key.id, claim, now)):
            return replayed_or_raise(earlier, decode_scheduled)
        begun = self.begin(key, request, asked, now, source, at)
        if isinstance(begun, SendResult):
            return begun
        if source is not None:
            # First the store, then the schedule: a store that lives longer than it must does no harm.
            keep_store(self.stores, source.store, now, begun.kept_until)
        answer = encode_scheduled(begun.result) if claim else None
        match self.write(UnitOfWork(key.tenant, key.id, now, (), (begun.participants,), claim, answer)):
            case Committed():
                enqueue(self.queue, begun.participants.schedule, now)
                begun.checked.keep_stores(begun.kept_until)
                return begun.result
            case Replayed() | KeyReused() as earlier:
                return replayed_or_raise(earlier, decode_scheduled)
            case _:
                raise StorageUnavailable("another schedule has the same id")
