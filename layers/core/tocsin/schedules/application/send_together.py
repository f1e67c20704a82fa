"""Several alerts in one call, sent now or later: one transaction accepts all of them, or none is accepted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from tocsin.alerts.application.draft import Draft, Joined, JoinLink, Ready
from tocsin.alerts.application.prepare import PrepareSend
from tocsin.alerts.application.send import (
    enqueue_batches,
    enqueue_timers,
    notify_exceeded,
    notify_group_ignored,
    remaining_capacity,
)
from tocsin.alerts.domain.request import SendRequest
from tocsin.alerts.domain.result import SendResult
from tocsin.alerts.ports.alerts import CapacityShort, Committed, Conflict
from tocsin.alerts.ports.dispatch_queue import DispatchQueue
from tocsin.alerts.ports.together import CommitTogether, UnitOfWork
from tocsin.contacts.domain.channel import Channel
from tocsin.idempotency.domain.claim import IdempotencyClaim, replayed_or_raise
from tocsin.identity.domain.api_key import ApiKey
from tocsin.identity.ports.keys import ApiKeyRepository
from tocsin.kernel.domain.errors import Fault, InvalidRequest, StorageUnavailable
from tocsin.kernel.domain.ids import AlertRef
from tocsin.kernel.ports import Clock
from tocsin.limits.application.notify_refusals import NotifyRefusals
from tocsin.linked_alerts.domain.link_set import LinkBegun, LinkJoined
from tocsin.notices.ports.account_notices import AccountNotices
from tocsin.schedules.application.begin import BeginSchedule, Begun, enqueue
from tocsin.schedules.domain.answer import Scheduled, decode_together, encode_together
from tocsin.stored_content.application.call_stores import CallStores
from tocsin.timers.ports import TimerQueue

MAX_TOGETHER = 10
"""The most alerts in one call."""

_TRIES = 8

_Decided = tuple[Draft, Ready] | Begun | SendResult


@dataclass(frozen=True, slots=True)
class SendTogether:
    """Accept one call. Its alerts may begin a linked set and join it."""

    prepare: PrepareSend
    begin: BeginSchedule
    write: CommitTogether
    keys: ApiKeyRepository
    batches: DispatchQueue
    timers: TimerQueue
    clock: Clock
    notices: AccountNotices | None = None
    notify_refusals: NotifyRefusals | None = None

    def __call__(
        self, key: ApiKey, requests: Sequence[SendRequest], claim: IdempotencyClaim | None = None
    ) -> list[SendResult | Scheduled]:
        """Return the result of each alert, in order. If one result is a failure, no alert was accepted.

        Raises:
            IdempotencyKeyReused: the claim belongs to a different request.
            InvalidRequest: with all faults of all alerts.
            Forbidden: as `PrepareSend`.
            RequestTooLarge: one alert, or all alerts together.
            Superseded: an alert belongs to a linked set that was cancelled.
            StorageUnavailable: the call may be accepted or not; repeat it with the same Idempotency-Key.
        """
        now = self.clock()
        if claim is not None and (earlier := self.write.earlier_answer(key.tenant, key.id, claim, now)):
            return replayed_or_raise(earlier, decode_together)
        for _ in range(_TRIES):
            decided = self._decided(key, requests, now)
            results = [_result(each) for each in decided]
            if not all(isinstance(result, Scheduled) or result.success for result in results):
                for each in decided:
                    if isinstance(each, tuple):
                        notify_exceeded(self.notify_refusals, each[0], None, now)
                return results
            answer = encode_together(results) if claim else None
            match self.write(_together(key, now, decided, claim, answer)):
                case Committed():
                    self._follow_up(decided, now)
                    return results
                case CapacityShort() | Conflict():
                    continue  # another write was first: decide again
                case repeated:
                    return replayed_or_raise(repeated, decode_together)
        raise StorageUnavailable("the rows of this call change too fast")

    def _decided(self, key: ApiKey, requests: Sequence[SendRequest], now: datetime) -> list[_Decided]:
        prepare = replace(self.prepare, join=_JoinOnce(self.prepare.join) if self.prepare.join else None)
        begin = replace(self.begin, check=replace(self.begin.check, prepare=prepare))
        faults: list[Fault] = []
        decided: list[_Decided] = []
        consumed: Counter[Channel] = Counter()
        for index, request in enumerate(requests):
            try:
                if request.schedule is not None:
                    decided.append(begin(key, request, request.schedule, now))
                    continue
                draft = prepare(key, request, now)
            except InvalidRequest as error:
                faults += [replace(fault, pointer=f"/alerts/{index}{fault.pointer}") for fault in error.faults]
                continue
            left = {
                channel: units - consumed[channel] for channel, units in remaining_capacity(self.keys, draft).items()
            }
            ready = draft.ready(left)
            if ready.acceptance is not None:
                consumed.update(ready.acceptance.consumption)
            decided.append((draft, ready))
        if faults:
            raise InvalidRequest(faults)
        return decided

    def _follow_up(self, decided: Sequence[_Decided], now: datetime) -> None:
        """Enqueue, renew and notify after the commit. Never fails."""
        for each in decided:
            match each:
                case Begun():
                    enqueue(self.timers, each.participant.schedule, now)
                    each.checked.keep_stores(each.kept_until)
                case draft, ready if isinstance(draft, Draft) and ready.acceptance is not None:
                    enqueue_batches(self.batches, ready.acceptance.alert)
                    enqueue_timers(self.timers, draft.key.tenant, ready.acceptance.participants, now)
                    draft.renew_stores(ready)
                    notify_group_ignored(self.notices, draft, ready.acceptance.alert)
                    notify_exceeded(self.notify_refusals, draft, ready.acceptance.alert, now)


@dataclass(frozen=True, slots=True)
class _JoinOnce:
    """Find or begin each linked set once in a call: later alerts of the call join the set that the first one begins."""

    join: JoinLink
    joined: dict[str, Joined] = field(default_factory=dict)

    def __call__(self, key: ApiKey, request: SendRequest, stores: CallStores, ref: AlertRef, now: datetime) -> Joined:
        """Return the request as a member of its set."""
        assert request.link is not None
        first = self.joined.get(request.link.link_ref)
        match first.participant if first else None:
            case LinkBegun() if first is not None:
                ignored = request.group is not None and request.group != first.request.group
                member = replace(request, group=first.request.group)
                return replace(first, request=member, group_ignored=ignored)
            case LinkJoined(_, lift):
                # A cancellation that the first alert lifts is lifted for the others.
                link = replace(request.link, cancel_cancellation=lift or request.link.cancel_cancellation)
                return self.join(key, replace(request, link=link), stores, ref, now)
        found = self.joined[request.link.link_ref] = self.join(key, request, stores, ref, now)
        return found


def _result(decided: _Decided) -> SendResult | Scheduled:
    match decided:
        case SendResult():
            return decided
        case Begun():
            return decided.result
        case _, ready:
            return ready.result


def _together(
    key: ApiKey, now: datetime, decided: Sequence[_Decided], claim: IdempotencyClaim | None, answer: str | None
) -> UnitOfWork:
    accepted = [each[1].acceptance for each in decided if isinstance(each, tuple) and each[1].acceptance is not None]
    begun = [each.participant for each in decided if isinstance(each, Begun)]
    return UnitOfWork(key.tenant, key.id, now, accepted, begun, claim, answer)
