"""Accept a send: the promise that what was decided will go out."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from tocsin.application.join_link_set import group_ignored
from tocsin.application.ports import (
    AlertRepository,
    ApiKeyRepository,
    CapacityShort,
    Clock,
    Committed,
    DispatchQueue,
    IdempotencyClaim,
    KeyReused,
    Overtaken,
    Replayed,
)
from tocsin.application.ports.client_messages import ClientMessages
from tocsin.application.prepare_send import Draft, Origin, PrepareSend
from tocsin.domain.alert import Alert, Channel
from tocsin.domain.api_key import ApiKey
from tocsin.domain.errors import IdempotencyKeyReused, NotYetAvailable, StorageUnavailable, Superseded
from tocsin.domain.send_answer import decode_answer
from tocsin.domain.send_request import SendRequest, SendResult
from tocsin.domain.slice_order import SliceOrder

_TRIES = 8
"""Times a call looks again when other calls took the capacity it had counted on, or began its linked set first."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SendAlert:
    """Accept one call, in one transaction, and hand its slices to the senders.

    Committed = accepted: once the transaction stands the answer is success, whatever happens to the queue or to the
    stores' expiry. The sweeper finds slices that were never queued.
    """

    prepare: PrepareSend
    alerts: AlertRepository
    keys: ApiKeyRepository
    queue: DispatchQueue
    clock: Clock
    messages: ClientMessages | None = None

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
            return _repeated(earlier)
        draft: Draft | None = None
        for _ in range(_TRIES):
            draft = draft or self.prepare(key, request, now, origin)
            ready = draft.ready(self._remaining(draft), claim)
            if ready.acceptance is None:
                return ready.result
            match self.alerts.accept(ready.acceptance):
                case Committed():
                    self._hand_over(ready.acceptance.alert)
                    draft.renew_stores(ready)
                    self._tell(draft, ready.acceptance.alert)
                    return ready.result
                case CapacityShort():
                    continue
                case Overtaken(beside):
                    if draft.joined is None or beside != draft.joined.beside:
                        raise Superseded("what set this alert off has moved on; nothing was sent")
                    draft = None  # another alert began or changed the linked set: look at it again
                case repeated:
                    return _repeated(repeated)
        raise StorageUnavailable("what this call depends on changes too fast")

    def _remaining(self, draft: Draft) -> Mapping[Channel, int]:
        limited = draft.limited
        if not limited:
            return {}
        left = self.keys.remaining(draft.key.tenant, draft.key.id)
        return {channel: left.get(channel, 0) for channel in limited}

    def _hand_over(self, alert: Alert) -> None:
        channels = {item.index: item.channel for item in alert.items}
        try:
            self.queue.put([SliceOrder(piece, channels[piece.key.item], alert.lane) for piece in alert.slices()])
        except StorageUnavailable:
            # The alert stands. Its work rows are due in two minutes (urgent) and the sweeper queues what is missing.
            _log.warning("slices_not_queued", extra={"tenant": alert.tenant, "alert": alert.ref})

    def _tell(self, draft: Draft, alert: Alert) -> None:
        """Tell the client what was done otherwise than asked."""
        if self.messages is None or draft.joined is None or not draft.joined.group_ignored:
            return
        try:
            self.messages.tell(group_ignored(alert))
        except StorageUnavailable:
            _log.warning("message_not_kept", extra={"tenant": alert.tenant, "alert": alert.ref})


def _repeated(earlier: Replayed | KeyReused) -> SendResult:
    match earlier:
        case Replayed(answer):
            return decode_answer(answer)
        case KeyReused():
            raise IdempotencyKeyReused
