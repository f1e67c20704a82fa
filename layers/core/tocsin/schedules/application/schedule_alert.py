"""Accept an alert that is sent later: one transaction writes its store, schedule and timer."""

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
    """Accept one call. A committed call is accepted, even if the queue fails, because the timer's row exists."""

    begin: BeginSchedule
    write: CommitTogether
    stores: StoredContentRepository
    queue: TimerQueue
    clock: Clock

    def __call__(
        self,
        key: ApiKey,
        request: SendRequest,
        options: ScheduleOptions,
        claim: IdempotencyClaim | None = None,
        source: FromStore | None = None,
        at: str = "/options/schedule",
    ) -> Scheduled | SendResult:
        """Return the new schedule. A SendResult says why the alert could never be sent; then nothing is written.

        Args:
            source: the stored alert; None = `request.text` is stored.
            at: JSON pointer of the schedule block, for faults.

        Raises:
            IdempotencyKeyReused: the claim belongs to a different request.
            Forbidden, InvalidRequest, RequestTooLarge: as `BeginSchedule`.
            StorageUnavailable: the call may be accepted or not; repeat it with the same Idempotency-Key.
        """
        now = self.clock()
        if claim is not None and (earlier := self.write.earlier_answer(key.tenant, key.id, claim, now)):
            return replayed_or_raise(earlier, decode_scheduled)
        begun = self.begin(key, request, options, now, source, at)
        if isinstance(begun, SendResult):
            return begun
        if source is not None:
            # The store comes first: a longer lifetime without a schedule does no harm.
            keep_store(self.stores, source.store, now, begun.kept_until)
        answer = encode_scheduled(begun.result) if claim else None
        match self.write(UnitOfWork(key.tenant, key.id, now, (), (begun.participant,), claim, answer)):
            case Committed():
                enqueue(self.queue, begun.participant.schedule, now)
                begun.checked.keep_stores(begun.kept_until)
                return begun.result
            case Replayed() | KeyReused() as earlier:
                return replayed_or_raise(earlier, decode_scheduled)
            case _:
                raise StorageUnavailable("another schedule has the same id")
