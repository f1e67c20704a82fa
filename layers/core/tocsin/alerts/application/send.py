"""Accept an alert: commit it in one transaction, then queue its batches."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin.alerts.application.draft import Draft, Exceeded, Origin, Ready
from tocsin.alerts.application.group_ignored import group_ignored
from tocsin.alerts.application.prepare import PrepareSend
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.answer import decode_answer
from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.alerts.domain.participants import Participant
from tocsin.alerts.domain.request import SendRequest
from tocsin.alerts.domain.result import SendResult
from tocsin.alerts.ports.alerts import AlertRepository, CapacityShort, Committed, Conflict
from tocsin.alerts.ports.dispatch_queue import DispatchQueue
from tocsin.contacts.domain.channel import Channel
from tocsin.idempotency.domain.claim import IdempotencyClaim, replayed_or_raise
from tocsin.identity.domain.api_key import ApiKey
from tocsin.identity.ports.keys import ApiKeyRepository
from tocsin.kernel.domain.errors import StorageUnavailable, Superseded
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.kernel.ports import Clock
from tocsin.notices.ports.account_notices import AccountNotices
from tocsin.timers.ports import TimerQueue

_TRIES = 8
"""Attempts of a call if other calls use the capacity it needs, or begin its linked set, at the same time."""

NotifyRefusals = Callable[[ApiKey, Exceeded, AlertRef | None, datetime], None]
"""Notifies a key how many receivers each sending limit excluded; the alert is None if none was accepted."""

CapacityUsedUp = Callable[[ApiKey, Channel, datetime], None]
"""Warns an account that the capacity of a key for a channel is used up. Never raises."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SendAlert:
    """Accepts one call in one transaction, and queues its batches for the workers.

    A committed alert is accepted. From then on the response is success, even if the queue or the renewal of stored
    content fails. The sweeper finds batches that were not queued.

    Attributes:
        messages: the account notices; None = no notice if a contact group was ignored.
        timers: the queue of timers that are set in the transaction; None = alerts set no timers.
        notify_refusals: notifies of receivers that sending limits excluded; None = no notice.
        count_accepted: counts the receivers of each accepted alert for metrics; None = no count.
        capacity_used_up: warns of a key whose capacity is used up; None = no warning.
    """

    prepare: PrepareSend
    alerts: AlertRepository
    keys: ApiKeyRepository
    queue: DispatchQueue
    clock: Clock
    messages: AccountNotices | None = None
    timers: TimerQueue | None = None
    notify_refusals: NotifyRefusals | None = None
    count_accepted: Callable[[int], None] | None = None
    capacity_used_up: CapacityUsedUp | None = None

    def __call__(
        self, key: ApiKey, request: SendRequest, claim: IdempotencyClaim | None = None, origin: Origin | None = None
    ) -> SendResult:
        """Return the result of the call. A repeat with the same claim gets the result of the first call.

        If no receiver is accepted, nothing is written, not even the claim; a repeat is decided anew. A repeat with the
        same origin accepts the same alert, once.

        Args:
            claim: from the Idempotency-Key, None without one.
            origin: None = a client's own call.

        Raises:
            IdempotencyKeyReused: the claim belongs to a different request.
            Forbidden, InvalidRequest, RequestTooLarge: see PrepareSend.
            Superseded: the cause of the send is not valid any more, or the linked set was cancelled. Nothing was sent.
            StorageUnavailable: the alert may be accepted or not; repeat the call with the same Idempotency-Key.
        """
        now = self.clock()
        if claim is not None and (earlier := self.alerts.earlier_answer(key.tenant, key.id, claim, now)):
            return replayed_or_raise(earlier, decode_answer)
        draft: Draft | None = None
        for _ in range(_TRIES):
            draft = draft or self.prepare(key, request, now, origin)
            ready = draft.ready(remaining_capacity(self.keys, draft), claim)
            if ready.acceptance is None:
                self._warn_of_capacity(draft, ready, now)
                notify_exceeded(self.notify_refusals, draft, None, now)
                return ready.result
            match self.alerts.accept(ready.acceptance):
                case Committed():
                    enqueue_batches(self.queue, ready.acceptance.alert)
                    enqueue_timers(self.timers, key.tenant, ready.acceptance.participants, now)
                    draft.renew_stores(ready)
                    notify_group_ignored(self.messages, draft, ready.acceptance.alert)
                    notify_exceeded(self.notify_refusals, draft, ready.acceptance.alert, now)
                    if self.count_accepted is not None:
                        self.count_accepted(sum(item.sent for item in ready.result.items))
                    self._warn_of_capacity(draft, ready, now)
                    return ready.result
                case CapacityShort():
                    continue
                case Conflict(participant):
                    if draft.joined is None or participant != draft.joined.participant:
                        raise Superseded("the cause of this alert is not valid any more; nothing was sent")
                    draft = None  # another alert began or changed the linked set: decide again
                case repeated:
                    return replayed_or_raise(repeated, decode_answer)
        raise StorageUnavailable("what this call depends on changes too fast")

    def _warn_of_capacity(self, draft: Draft, ready: Ready, now: datetime) -> None:
        """Warn if nothing is left of a capacity that this call asked for."""
        if self.capacity_used_up is None or draft.key.sandbox:
            return
        used_up = {
            each.element.channel for each in ready.reservations if each.element.recipients and each.remaining == 0
        }
        for channel in sorted(used_up):
            self.capacity_used_up(draft.key, channel, now)


def remaining_capacity(keys: ApiKeyRepository, draft: Draft) -> Mapping[Channel, int]:
    """Return the remaining capacity of each limited channel that the draft uses."""
    limited = draft.limited
    if not limited:
        return {}
    left = keys.remaining(draft.key.tenant, draft.key.id)
    return {channel: left.get(channel, 0) for channel in limited}


def enqueue_batches(queue: DispatchQueue, alert: Alert) -> None:
    """Queue the batches of an accepted alert. Never raises: the sweeper queues what is missing."""
    channels = {item.index: item.channel for item in alert.items}
    try:
        queue.put([DispatchJob(batch, channels[batch.key.item], alert.lane) for batch in alert.batches()])
    except StorageUnavailable:
        # The sweeper checks the alert's work rows after two minutes (urgent) or 15 (bulk).
        _log.warning("batches_not_queued", extra={"tenant": alert.tenant, "alert": alert.ref})


def notify_group_ignored(messages: AccountNotices | None, draft: Draft, alert: Alert) -> None:
    """Store an account notice if the request's contact group was not used. Never raises."""
    if messages is None or draft.joined is None or not draft.joined.group_ignored:
        return
    try:
        messages.notify(group_ignored(alert))
    except StorageUnavailable:
        _log.warning("message_not_kept", extra={"tenant": alert.tenant, "alert": alert.ref})


def notify_exceeded(notify: NotifyRefusals | None, draft: Draft, alert: Alert | None, now: datetime) -> None:
    """Count the receivers that sending limits excluded, and notify the key. Never raises.

    Args:
        alert: None if no receiver was accepted.
    """
    if notify is not None and (exceeded := draft.exceeded):
        notify(draft.key, exceeded, alert.ref if alert else None, now)


def enqueue_timers(
    timers: TimerQueue | None, tenant: TenantId, participants: Sequence[Participant], now: datetime
) -> None:
    """Queue the timers that were written in a transaction. Never raises: the sweeper queues overdue timers."""
    written = [timer for participant in participants for timer in participant.timers]
    if not written or timers is None:
        return
    try:
        timers.enqueue(written, now)
    except StorageUnavailable:
        _log.warning("timers_not_enqueued", extra={"tenant": tenant, "count": len(written)})
