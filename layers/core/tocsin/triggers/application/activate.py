"""Keep an alert for a keyword, or let a keyword set off one that is stored.

no stored alert named ─► the alert of the call is stored with its trigger, and not sent now
a stored alert named  ─► the call is sent, and the trigger armed with it, or neither

Whatever can be checked is checked now: at three in the morning, when somebody writes the word, nobody is there to ask.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from tocsin.alerts.application.check_later import Checked, CheckLater
from tocsin.alerts.application.draft import Origin
from tocsin.alerts.application.read_alert import ReadAlert
from tocsin.alerts.application.send import SendAlert
from tocsin.alerts.domain.features import TriggerKind, TriggerOptions
from tocsin.alerts.domain.request import SendRequest
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.idempotency.domain.claim import IdempotencyClaim, replayed_or_raise
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import (
    Fault,
    InvalidRequest,
    NotFound,
    NotYetAvailable,
    StorageUnavailable,
    Superseded,
)
from tocsin.kernel.domain.ids import StoreId, time_ordered_uuid
from tocsin.kernel.ports import Clock, Randomness
from tocsin.stored_content.application.call_stores import CallStores, StoreUnusable
from tocsin.stored_content.domain.stored_content import UNUSED_LIFETIME, ContentType, StoredContent
from tocsin.stored_content.ports import StoredContentRepository
from tocsin.suppressions.domain.carrier_keywords import sms_keyword
from tocsin.triggers.application.places import TriggerPlaces
from tocsin.triggers.domain.answer import KeywordActive, TriggerResult, decode_active, encode_active
from tocsin.triggers.domain.trigger import LONGEST_LIFE, MAX_TRIGGERS, Trigger, TriggerActivated, duplicate_words, said
from tocsin.triggers.ports import Activated, Activation, Triggers

_TRIES = 5
_AT = "/trigger/triggers"


@dataclass(frozen=True, slots=True)
class ActivateTrigger:
    """Arm the trigger of one call."""

    check: CheckLater
    send: SendAlert
    alerts: AlertRepository
    stores: StoredContentRepository
    triggers: Triggers
    places: TriggerPlaces
    read: ReadAlert
    clock: Clock
    randomness: Randomness

    def __call__(self, key: ApiKey, request: SendRequest, claim: IdempotencyClaim | None = None) -> TriggerResult:
        """Return what became of the call; a repeat under the same claim gets the first one's answer.

        Raises:
            NotYetAvailable: it asks for a feature that this version does not serve.
            NotFound: there is no stored alert of this id or name.
            InvalidRequest: with everything that is wrong: a keyword that is in use, a kind that has no number …
            IdempotencyKeyReused, Forbidden, RequestTooLarge, Superseded: see SendAlert.
            StorageUnavailable: nothing is known to be armed; repeat it with the same Idempotency-Key.
        """
        asked = request.trigger
        assert asked is not None
        if request.unavailable:
            raise NotYetAvailable(", ".join(request.unavailable))
        now = self.clock()
        words = self._words(key, request, asked)
        if asked.store is not None:
            return self._beside_the_call(key, request, asked, words, claim, now)
        return self._in_place_of_the_call(key, request, asked, words, claim, now)

    def _words(self, key: ApiKey, request: SendRequest, asked: TriggerOptions) -> tuple[KeywordActive, ...]:
        """Return the words with where to write them.

        Raises:
            InvalidRequest: one of them could never be heard.
        """
        faults = []
        if request.schedule is not None or request.deferral is not None:
            faults.append(
                Fault("/trigger", "CONFLICT", "give only one of `trigger`, `deferral` and `options.schedule`")
            )
        for place in duplicate_words(asked.words):
            faults.append(Fault(f"{_AT}/{place}/keyword", "DUPLICATE", "stands in this list before"))
        places = {kind: self.places(key.tenant, key.id, kind) for kind in {word.kind for word in asked.words}}
        for index, word in enumerate(asked.words):
            if word.kind is TriggerKind.SMS and not places[word.kind]:
                message = "this API key has no number that people could write to"
                faults.append(Fault(f"{_AT}/{index}/type", "NO_NUMBER", message))
            if word.kind is TriggerKind.SMS and sms_keyword(word.keyword) is not None:
                message = "is a word of the carriers: stop, end, cancel, remove and other opt-outs, start, help, info"
                faults.append(Fault(f"{_AT}/{index}/keyword", "RESERVED", message))
        if faults:
            raise InvalidRequest(faults)
        return tuple(KeywordActive(word, places[word.kind]) for word in asked.words)

    # --- the alert of the call waits ------------------------------------------------------------------------------

    def _in_place_of_the_call(
        self,
        key: ApiKey,
        request: SendRequest,
        asked: TriggerOptions,
        words: tuple[KeywordActive, ...],
        claim: IdempotencyClaim | None,
        now: datetime,
    ) -> TriggerResult:
        decode = partial(decode_active, words=words)
        if claim is not None and (earlier := self.alerts.earlier_answer(key.tenant, key.id, claim, now)):
            return replayed_or_raise(earlier, decode)
        checked = self.check(key, replace(request, trigger=None), now)
        if checked.ready is not None and checked.refused:
            return TriggerResult(request.client_ref, sent=checked.ready.result)
        store_id = StoreId(time_ordered_uuid(now, self.randomness.token(10)))
        trigger = self._trigger(key, store_id, asked, now)
        self._hold(checked, trigger, now)
        store = StoredContent(
            tenant=key.tenant,
            key_id=key.id,
            store_id=store_id,
            type=ContentType.ALERT,
            tag=asked.words[0].tag,
            name=None,
            content=request.text,
            created_at=now,
            lifetime=UNUSED_LIFETIME,
            expires_at=trigger.expires_at,
        )
        result = TriggerResult(request.client_ref, store_id, LONGEST_LIFE.days, words)
        activation = Activation(TriggerActivated(trigger), store, claim, encode_active(result) if claim else None)

        def arm() -> TriggerResult | None:
            match self.triggers.arm(activation, now):
                case Activated.DONE:
                    return result
                case Activated.CONFLICT:
                    return None
                case earlier:
                    return replayed_or_raise(earlier, decode)

        return self._while_words_are_free(key, trigger, now, arm)

    # --- a stored alert waits, and the call is sent -----------------------------------------------------------------

    def _beside_the_call(
        self,
        key: ApiKey,
        request: SendRequest,
        asked: TriggerOptions,
        words: tuple[KeywordActive, ...],
        claim: IdempotencyClaim | None,
        now: datetime,
    ) -> TriggerResult:
        assert asked.store is not None
        stores = CallStores(self.stores, key, now)
        try:
            store = stores.load(asked.store, ContentType.ALERT)
        except StoreUnusable as error:
            raise NotFound("stored alert") from error
        call = replace(request, trigger=None)
        if claim is not None and self.alerts.earlier_answer(key.tenant, key.id, claim, now):
            sent = self.send(key, call, claim)
            return TriggerResult(request.client_ref, store.store_id, LONGEST_LIFE.days, words, sent)
        client_ref, checked = self._checked(key, request, store, now)
        trigger = replace(self._trigger(key, store.store_id, asked, now), client_ref=client_ref)
        self._hold(checked, trigger, now)
        self.stores.hold(store, trigger.expires_at, now)

        def send() -> TriggerResult | None:
            over = self.triggers.get(key.tenant, key.id, store.store_id)
            origin = Origin(None, (TriggerActivated(trigger, over),))
            try:
                sent = self.send(key, call, claim, origin)
            except Superseded:
                self._refuse_taken_words(key, trigger, now)
                if self.stores.find(key.tenant, key.id, store.store_id, now) is None:
                    raise NotFound("stored alert") from None
                if self.triggers.get(key.tenant, key.id, store.store_id) == over:
                    raise  # it was not the trigger: the linked set of the call was cancelled
                return None
            if not sent.success:
                return TriggerResult(request.client_ref, sent=sent)
            return TriggerResult(request.client_ref, store.store_id, LONGEST_LIFE.days, words, sent)

        return self._while_words_are_free(key, trigger, now, send)

    def _checked(
        self, key: ApiKey, request: SendRequest, store: StoredContent, now: datetime
    ) -> tuple[str | None, Checked]:
        """Decide the stored alert as if it were sent now; return under which reference it is sent, if not its own."""
        client_ref = None
        try:
            try:
                stored = self.read(store.content, None, store.created_at)
            except InvalidRequest:
                client_ref = request.client_ref
                stored = self.read(store.content, client_ref, store.created_at)
            if stored.schedule or stored.deferral or stored.trigger:
                raise InvalidRequest([Fault("", "CONFLICT", "waits for a schedule or a trigger of its own")])
            checked = self.check(key, stored, now)
        except InvalidRequest as error:
            raise InvalidRequest(
                [
                    Fault("/trigger/storeDetails", fault.code, f"the stored alert: {fault.pointer} {fault.message}")
                    for fault in error.faults
                ]
            ) from error
        if checked.ready is not None and checked.refused:
            message = f"the stored alert could not be sent: {checked.ready.result.failure_reason}"
            raise InvalidRequest([Fault("/trigger/storeDetails", "NOT_SENDABLE", message)])
        return client_ref, checked

    # --- both -------------------------------------------------------------------------------------------------------

    def _trigger(self, key: ApiKey, store_id: StoreId, asked: TriggerOptions, now: datetime) -> Trigger:
        return Trigger(
            tenant=key.tenant,
            key_id=key.id,
            store_id=store_id,
            activation=time_ordered_uuid(now, self.randomness.token(10)),
            words=asked.words,
            every=asked.every,
            at_most=asked.at_most,
            activated_at=now,
            expires_at=now + LONGEST_LIFE,
        )

    def _hold(self, checked: Checked, trigger: Trigger, now: datetime) -> None:
        """Let the stores that the alert refers to live as long as its trigger."""
        for store in checked.draft.used_stores() if checked.draft else ():
            self.stores.hold(store, trigger.expires_at, now)

    def _while_words_are_free(
        self, key: ApiKey, trigger: Trigger, now: datetime, attempt: Callable[[], TriggerResult | None]
    ) -> TriggerResult:
        """Return what the attempt comes to; None: another call was first, and the words are checked again."""
        for _ in range(_TRIES):
            self._refuse_taken_words(key, trigger, now)
            if (result := attempt()) is not None:
                return result
        raise StorageUnavailable("the words of this trigger change hands too fast")

    def _refuse_taken_words(self, key: ApiKey, trigger: Trigger, now: datetime) -> None:
        """Raise InvalidRequest for words that set off another stored alert; let go of those whose store is gone."""
        standing = [each for each in self.triggers.of_key(key.tenant, key.id) if now < each.expires_at]
        others = [each for each in standing if each.store_id != trigger.store_id]
        if len(others) >= MAX_TRIGGERS:
            message = f"this API key has {MAX_TRIGGERS} triggers; cancel one of them"
            raise InvalidRequest([Fault("/trigger", "TOO_MANY", message)])
        taken = {said(word): each for each in others for word in each.words}
        faults = []
        for index, word in enumerate(trigger.words):
            holder = taken.get(said(word))
            if holder is None:
                continue
            if self.stores.find(key.tenant, key.id, holder.store_id, now) is None:
                self.triggers.end(holder)
                continue
            message = f"sets off the stored alert {holder.store_id}; cancel that trigger first, or take another word"
            faults.append(Fault(f"{_AT}/{index}/keyword", "KEYWORD_IN_USE", message))
        if faults:
            raise InvalidRequest(faults)
