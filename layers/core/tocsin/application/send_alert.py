"""Accept a send: everything from a request that has passed the door to the promise that its messages will go out."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tocsin.application.brake import RefuseNumbers
from tocsin.application.call_stores import CallStores
from tocsin.application.callback_of_call import callback_of
from tocsin.application.drop_erased import DropErased
from tocsin.application.ports import (
    Acceptance,
    AlertRepository,
    ApiKeyRepository,
    CapacityShort,
    Clock,
    Committed,
    DispatchQueue,
    IdempotencyClaim,
    KeyReused,
    Randomness,
    Replayed,
    StoredContentRepository,
)
from tocsin.application.prepare_elements import Preparation, Prepared, prepare_elements
from tocsin.application.tell_refusals import TellRefusals
from tocsin.application.two_way_senders import CheckSender
from tocsin.domain.alert import (
    CHUNK_SIZE,
    MAX_ITEMS,
    Alert,
    Channel,
    ChunkKey,
    NotificationMode,
    Recipient,
    lane_for,
)
from tocsin.domain.allotment import Allotment, allot
from tocsin.domain.api_key import ApiKey, Right
from tocsin.domain.brakes import Brake
from tocsin.domain.callback import Callback
from tocsin.domain.egress import CLOSED, EgressPolicy
from tocsin.domain.errors import (
    Fault,
    Forbidden,
    IdempotencyKeyReused,
    InvalidRequest,
    NotYetAvailable,
    RequestTooLarge,
    StorageUnavailable,
)
from tocsin.domain.ids import AlertRef, time_ordered_uuid
from tocsin.domain.lifetime import Lifetime
from tocsin.domain.send_answer import decode_answer, encode_answer
from tocsin.domain.send_faults import send_faults
from tocsin.domain.send_request import SendRequest, SendResult
from tocsin.domain.short_link import sample_link
from tocsin.domain.slice_order import SliceOrder
from tocsin.domain.subject_reference import ENTROPY_BYTES, subject_reference

ALERT_LIFETIME = Lifetime(duration=timedelta(days=30))
"""How long results are kept and answers count when a call does not say."""

MESSAGE_EXPIRY = timedelta(hours=4)
"""How long after acceptance a message may still be handed over, unless the alert's lifetime is shorter."""

_CAPACITY_TRIES = 8
"""Times a call looks again when other calls of the same key took the capacity it had counted on."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Terms:
    """What is decided once for the whole alert."""

    ref: AlertRef
    now: datetime
    expires_at: datetime | None
    notification: NotificationMode
    callback: Callback | None
    reference: str

    @property
    def send_before(self) -> datetime:
        soon = self.now + MESSAGE_EXPIRY
        return soon if self.expires_at is None else min(soon, self.expires_at)


@dataclass(frozen=True, slots=True)
class SendAlert:
    """Accept one call, in one transaction, and hand its slices to the senders.

    `link_base` is what short links begin with, as far as it is known here; it decides how long a text is counted.

    Committed = accepted: once the transaction stands the answer is success, whatever happens to the queue or to the
    stores' expiry. The sweeper finds slices that were never queued.
    """

    alerts: AlertRepository
    keys: ApiKeyRepository
    stores: StoredContentRepository
    queue: DispatchQueue
    clock: Clock
    randomness: Randomness
    link_base: str = ""
    egress: EgressPolicy = CLOSED
    refuse_numbers: RefuseNumbers | None = None
    tell_refusals: TellRefusals | None = None
    check_sender: CheckSender | None = None
    drop_erased: DropErased | None = None

    def __call__(self, key: ApiKey, request: SendRequest, claim: IdempotencyClaim | None) -> SendResult:
        """Return what became of the call; a repeat under the same claim gets the first one's answer.

        A call of which nothing is accepted writes nothing, its claim included: a repeat is decided anew.

        Raises:
            NotYetAvailable: it asks for a feature that this version does not serve.
            IdempotencyKeyReused: the claim belongs to a different request.
            Forbidden: it sets a lifetime and the key may not.
            InvalidRequest: with everything that is wrong.
            RequestTooLarge: over MAX_ITEMS elements, or over MAX_RECIPIENTS receivers after expansion
                (MAX_UNIQUE_RECIPIENTS with unique lookups or a shortlink).
            StorageUnavailable: nothing is known to be accepted; repeat it with the same Idempotency-Key.
        """
        mode = request.notification or key.notification
        if request.unavailable:
            raise NotYetAvailable(", ".join(request.unavailable))
        now = self.clock()
        if claim is not None and (earlier := self.alerts.earlier_answer(key.tenant, key.id, claim, now)):
            return _repeated(earlier)

        terms = self._terms(key, request, mode, now)
        stores = CallStores(self.stores, key, now)
        link = sample_link(self.link_base)
        preparation = Preparation(terms.ref, now, terms.reference, link, key.transliterate)
        resolved = prepare_elements(request, stores, preparation)
        if self.drop_erased is not None:
            resolved = self.drop_erased(key.tenant, request, resolved, stores)
        prepared, braked = self._braked(key, self._sent_from(key, resolved))
        for _ in range(_CAPACITY_TRIES):
            allotments = list(allot([p.element for p in prepared], self._remaining(key, prepared)))
            result = _result(request, terms, allotments, braked)
            if not result.success:
                self._tell(key, braked, None, now)
                return result
            alert = _alert(key, request, terms, allotments)
            answer = encode_answer(result) if claim else None
            acceptance = Acceptance(alert, _chunks(alert, allotments), _draws(allotments), claim, answer)
            match self.alerts.accept(acceptance):
                case Committed():
                    self._hand_over(alert)
                    self._tell(key, braked, alert.ref, now)
                    stores.renew(
                        use for p, a in zip(prepared, allotments, strict=True) if a.recipients for use in p.uses
                    )
                    return result
                case CapacityShort():
                    continue
                case repeated:
                    return _repeated(repeated)
        raise StorageUnavailable("the capacity of this key changes too fast")

    def _terms(self, key: ApiKey, request: SendRequest, mode: NotificationMode, now: datetime) -> _Terms:
        """Check what concerns the call as a whole."""
        if request.lifetime is not None and Right.SET_LIFETIME not in key.rights:
            raise Forbidden(Right.SET_LIFETIME.value)
        if len(request.elements) > MAX_ITEMS:
            raise RequestTooLarge(MAX_ITEMS, "alert elements")
        faults = send_faults(request)
        callback, callback_faults = callback_of(key, request, mode, self.egress)
        faults += callback_faults
        expires_at = None
        try:
            expires_at = (request.lifetime or ALERT_LIFETIME).after(now)
        except ValueError as error:
            faults.append(Fault("/options/lifetime", "OUT_OF_RANGE", str(error)))
        if faults:
            raise InvalidRequest(faults)
        ref = AlertRef(time_ordered_uuid(now, self.randomness.token(10)))
        reference = subject_reference(self.randomness.token(ENTROPY_BYTES))
        return _Terms(ref, now, expires_at, mode, callback, reference)

    def _sent_from(self, key: ApiKey, prepared: Sequence[Prepared]) -> Sequence[Prepared]:
        """Fail elements that would be sent from somebody else's number."""
        if self.check_sender is None:
            return prepared
        return [replace(each, element=self.check_sender(key.tenant, each.element)) for each in prepared]

    def _braked(self, key: ApiKey, prepared: Sequence[Prepared]) -> tuple[list[Prepared], Mapping[Brake, int]]:
        """Take off receivers in countries and ranges that the tenant does not send to; return how many of each."""
        if self.refuse_numbers is None:
            return list(prepared), {}
        bitten: Counter[Brake] = Counter()
        kept = []
        for each in prepared:
            element, refused = self.refuse_numbers(key.tenant, each.element)
            bitten.update(refused)
            kept.append(replace(each, element=element))
        for brake, count in bitten.items():
            facts = {"tenant": key.tenant, "key": key.id, "reason": brake.value, "count": count}
            _log.warning("brake_bit", extra=facts)
        return kept, bitten

    def _tell(self, key: ApiKey, refused: Mapping[Brake, int], alert: AlertRef | None, now: datetime) -> None:
        if self.tell_refusals is not None and refused:
            self.tell_refusals(key, refused, alert, now)

    def _remaining(self, key: ApiKey, prepared: Sequence[Prepared]) -> Mapping[Channel, int]:
        limited = key.limited.intersection(p.element.channel for p in prepared)
        if not limited:
            return {}
        left = self.keys.remaining(key.tenant, key.id)
        return {channel: left.get(channel, 0) for channel in limited}

    def _hand_over(self, alert: Alert) -> None:
        channels = {item.index: item.channel for item in alert.items}
        try:
            self.queue.put([SliceOrder(piece, channels[piece.key.item], alert.lane) for piece in alert.slices()])
        except StorageUnavailable:
            # The alert stands. Its work rows are due in two minutes (urgent) and the sweeper queues what is missing.
            _log.warning("slices_not_queued", extra={"tenant": alert.tenant, "alert": alert.ref})


def _repeated(earlier: Replayed | KeyReused) -> SendResult:
    match earlier:
        case Replayed(answer):
            return decode_answer(answer)
        case KeyReused():
            raise IdempotencyKeyReused


def _alert(key: ApiKey, request: SendRequest, terms: _Terms, allotments: Sequence[Allotment]) -> Alert:
    return Alert(
        tenant=key.tenant,
        ref=terms.ref,
        key_id=key.id,
        sandbox=key.sandbox,
        client_ref=request.client_ref,
        accepted_at=terms.now,
        send_before=terms.send_before,
        expires_at=terms.expires_at,
        lane=lane_for(sum(len(a.recipients) for a in allotments)),
        notification=terms.notification,
        items=tuple(a.item for a in allotments),
        email_subject_ref=_subject_ref(terms, allotments),
        callback=terms.callback,
    )


def _subject_ref(terms: _Terms, allotments: Sequence[Allotment]) -> str | None:
    sends_email = any(a.element.channel is Channel.EMAIL and a.recipients for a in allotments)
    return terms.reference if sends_email else None


def _chunks(alert: Alert, allotments: Sequence[Allotment]) -> dict[ChunkKey, Sequence[Recipient]]:
    return {
        ChunkKey(alert.tenant, alert.ref, a.index, first // CHUNK_SIZE): a.recipients[first : first + CHUNK_SIZE]
        for a in allotments
        for first in range(0, len(a.recipients), CHUNK_SIZE)
    }


def _draws(allotments: Sequence[Allotment]) -> dict[Channel, int]:
    draws: Counter[Channel] = Counter()
    for a in allotments:
        if a.remaining is not None and a.recipients:
            draws[a.element.channel] += len(a.recipients)
    return dict(draws)


def _result(
    request: SendRequest, terms: _Terms, allotments: Sequence[Allotment], braked: Mapping[Brake, int]
) -> SendResult:
    items = tuple(a.result for a in allotments)
    refused = {brake.value: count for brake, count in braked.items()}
    if any(item.success for item in items):
        reference = _subject_ref(terms, allotments)
        return SendResult(True, request.client_ref, terms.ref, items, reference, braked=refused)
    reasons = "; ".join(f"'{item.tag}': {item.failure_reason}" for item in items)
    return SendResult(False, request.client_ref, None, items, None, f"nothing was sent: {reasons}", refused)
