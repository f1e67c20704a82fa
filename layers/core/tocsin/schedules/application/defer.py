"""Store an alert instead of sending it."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.alerts.application.check_later import CheckLater
from tocsin.alerts.domain.request import DeferralOptions, SendRequest
from tocsin.alerts.domain.result import SendResult
from tocsin.alerts.ports.alerts import Committed
from tocsin.alerts.ports.together import CommitTogether, UnitOfWork
from tocsin.idempotency.domain.claim import IdempotencyClaim, KeyReused, Replayed, replayed_or_raise
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import Fault, InvalidRequest, StorageUnavailable
from tocsin.kernel.ports import Clock
from tocsin.schedules.domain.answer import Scheduled, decode_scheduled, encode_scheduled
from tocsin.stored_content.application.store import StoreContent
from tocsin.stored_content.domain.store_request import StoreElement
from tocsin.stored_content.domain.stored_content import ContentType


@dataclass(frozen=True, slots=True)
class DeferAlert:
    """Store the alert of a call, under a name if the call gives one, and send nothing."""

    check: CheckLater
    store: StoreContent
    write: CommitTogether
    clock: Clock

    def __call__(
        self,
        key: ApiKey,
        request: SendRequest,
        options: DeferralOptions,
        claim: IdempotencyClaim | None = None,
        seed: bytes | None = None,
    ) -> Scheduled | SendResult:
        """Return the store of the alert. A SendResult says why the alert could never be sent; then nothing is stored.

        Args:
            seed: derived from the request and its Idempotency-Key, so that a repeat replaces the same store.

        Raises:
            IdempotencyKeyReused: the claim belongs to a different request.
            Forbidden, InvalidRequest, RequestTooLarge: as `CheckLater`.
            StorageUnavailable: the alert may be stored or not; repeat the call with the same Idempotency-Key.
        """
        now = self.clock()
        if claim is not None and (earlier := self.write.earlier_answer(key.tenant, key.id, claim, now)):
            return replayed_or_raise(earlier, decode_scheduled)
        checked = self.check(key, request, now)
        if checked.refused and checked.ready is not None:
            return checked.ready.result
        element = StoreElement(ContentType.ALERT, request.client_ref, request.text, options.store_name)
        (stored,) = self.store(key, [element], seed).items
        if stored.store_id is None:
            raise InvalidRequest([Fault("/alert", "NOT_STORABLE", stored.failure_reason or "cannot be stored")])
        result = Scheduled(
            request.client_ref, stored.store_id, stored.expiration_in_days or 0, store_name=options.store_name
        )
        if claim is None:
            return result
        match self.write(UnitOfWork(key.tenant, key.id, now, claim=claim, answer=encode_scheduled(result))):
            case Committed():
                return result
            case Replayed() | KeyReused() as earlier:
                return replayed_or_raise(earlier, decode_scheduled)
            case _:
                raise StorageUnavailable("the answer could not be stored")
