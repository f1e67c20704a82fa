"""Accept a send: the promise that what was decided will go out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tocsin.alerts.application.draft import Draft, Origin
from tocsin.alerts.application.group_ignored import group_ignored
from tocsin.alerts.application.prepare import PrepareSend
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.answer import decode_answer
from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.alerts.domain.request import SendRequest
from tocsin.alerts.domain.result import SendResult
from tocsin.alerts.ports.alerts import Acceptance, AlertRepository, CapacityShort, Committed, Conflict
from tocsin.alerts.ports.dispatch_queue import DispatchQueue
from tocsin.contacts.domain.channel import Channel
from tocsin.idempotency.domain.claim import IdempotencyClaim, replayed_or_raise
from tocsin.identity.domain.api_key import ApiKey
from tocsin.identity.ports import ApiKeyRepository
from tocsin.kernel.domain.errors import NotYetAvailable, StorageUnavailable, Superseded
from tocsin.kernel.domain.ids import AlertRef
from tocsin.kernel.ports import Clock
from tocsin.notices.ports.account_notices import AccountNotices
from tocsin.timers.ports import TimerQueue

_TRIES = 8
"""Times a call looks again when other calls took the capacity it had counted on, or began its linked set first."""

NotifyRefusals = Callable[[ApiKey, Mapping[str, int], AlertRef | None, datetime], None]
"""Notifies a key how many receivers of one call each sending limit took; the alert is None if nobody was left."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SendAlert:
    """Accept one call, in one transaction, and hand its slices to the senders.

    `timers`: rings what was armed with it; None where nothing ever is. `notify_refusals`: None = nobody hears of brakes.

    Committed = accepted: once the transaction stands the answer is success, whatever happens to the queue or to the
    stores' expiry. The sweeper finds slices that were never queued.
    """

    prepare: PrepareSend
    alerts: AlertRepository
    keys: ApiKeyRepository
    queue: DispatchQueue
    clock: Clock
    messages: AccountNotices | None = None
    timers: TimerQueue | None = None
    notify_refusals: NotifyRefusals | None = None

    def __call__(
        self, key: ApiKey, request: SendRequest, claim: IdempotencyClaim | None = None, origin: Origin | None = None
    ) -> SendResult:
        """Return what became of the call; a repeat under the same claim gets the first one's answer.

        A call of which nothing is accepted writes nothing, its claim included: a repeat is decided anew. A repeat
        with the same origin makes the same alert, once.

        Raises:
            NotYetAvailable: it asks for a feature that this version does not serve.
            IdempotencyKeyReused: the claim belongs to a different request.
            Forbidden, InvalidRequest, RequestTooLarge: see PrepareSend.
            Superseded: what set it off has moved on, or its linked set was cancelled; nothing was sent.
            StorageUnavailable: nothing is known to be accepted; repeat it with the same Idempotency-Key.
        """
        if request.unavailable:
            raise NotYetAvailable(", ".join(request.unavailable))
        now = self.clock()
        if claim is not None and (earlier := self.alerts.earlier_answer(key.tenant, key.id, claim, now)):
            return replayed_or_raise(earlier, decode_answer)
        draft: Draft | None = None
        for _ in range(_TRIES):
            draft = draft or self.prepare(key, request, now, origin)
            ready = draft.ready(remaining_capacity(self.keys, draft), claim)
            if ready.acceptance is None:
                notify_exceeded(self.notify_refusals, draft, None, now)
                return ready.result
            match self.alerts.accept(ready.acceptance):
                case Committed():
                    enqueue_batches(self.queue, ready.acceptance.alert)
                    enqueue_timers(self.timers, ready.acceptance, now)
                    draft.renew_stores(ready)
                    notify_group_ignored(self.messages, draft, ready.acceptance.alert)
                    notify_exceeded(self.notify_refusals, draft, ready.acceptance.alert, now)
                    return ready.result
                case CapacityShort():
                    continue
                case Conflict(participant):
                    if draft.joined is None or participant != draft.joined.participant:
                        raise Superseded("what set this alert off has moved on; nothing was sent")
                    draft = None  # another alert began or changed the linked set: look at it again
                case repeated:
                    return replayed_or_raise(repeated, decode_answer)
        raise StorageUnavailable("what this call depends on changes too fast")


def remaining_capacity(keys: ApiKeyRepository, draft: Draft) -> Mapping[Channel, int]:
    """Return what is left of the limited capacities a draft draws on."""
    limited = draft.limited
    if not limited:
        return {}
    left = keys.remaining(draft.key.tenant, draft.key.id)
    return {channel: left.get(channel, 0) for channel in limited}


def enqueue_batches(queue: DispatchQueue, alert: Alert) -> None:
    """Queue the slices of an accepted alert. Never fails: the alert stands, and the sweeper queues what is missing."""
    channels = {item.index: item.channel for item in alert.items}
    try:
        queue.put([DispatchJob(batch, channels[batch.key.item], alert.lane) for batch in alert.batches()])
    except StorageUnavailable:
        # Its work rows are due in two minutes (urgent).
        _log.warning("batches_not_queued", extra={"tenant": alert.tenant, "alert": alert.ref})


def notify_group_ignored(messages: AccountNotices | None, draft: Draft, alert: Alert) -> None:
    """Tell the client what was done otherwise than asked. Never fails: it is done."""
    if messages is None or draft.joined is None or not draft.joined.group_ignored:
        return
    try:
        messages.notify(group_ignored(alert))
    except StorageUnavailable:
        _log.warning("message_not_kept", extra={"tenant": alert.tenant, "alert": alert.ref})


def notify_exceeded(tell: NotifyRefusals | None, draft: Draft, alert: Alert | None, now: datetime) -> None:
    """Count and tell of the receivers that brakes took. Never fails. `alert`: None if nothing was accepted."""
    if tell is not None and (exceeded := draft.exceeded):
        tell(draft.key, exceeded, alert.ref if alert else None, now)


def enqueue_timers(timers: TimerQueue | None, acceptance: Acceptance, now: datetime) -> None:
    """Set the timers that were written beside an alert. Never fails: the sweeper rings for what is overdue."""
    written = [timer for participant in acceptance.participants for timer in participant.timers]
    if not written or timers is None:
        return
    try:
        timers.enqueue(written, now)
    except StorageUnavailable:
        facts = {"tenant": acceptance.alert.tenant, "alert": acceptance.alert.ref}
        _log.warning("timers_not_enqueued", extra=facts)
