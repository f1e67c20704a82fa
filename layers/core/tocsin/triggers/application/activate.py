"""Activate the trigger of a call: from then on, its keywords send a stored alert.

the call names no stored alert ─► the alert of the call is stored with its trigger, and not sent now
the call names a stored alert  ─► the call is sent and the trigger activated, in one transaction

Everything that can be checked is checked at the call, because a fault when the keyword arrives is found too late.
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
from tocsin.audit.domain.entry import AuditEntry
from tocsin.idempotency.domain.claim import IdempotencyClaim, replayed_or_raise
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import (
    Fault,
    InvalidRequest,
    NotFound,
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
from tocsin.triggers.domain.trigger import (
    LONGEST_LIFE,
    MAX_TRIGGERS,
    Trigger,
    TriggerActivated,
    duplicate_words,
    match_key,
)
from tocsin.triggers.ports import Activated, Activation, Triggers

_TRIES = 5
_AT = "/trigger/triggers"


@dataclass(frozen=True, slots=True)
class ActivateTrigger:
    """Activate the trigger of one call."""

    check: CheckLater
    send: SendAlert
    alerts: AlertRepository
    stores: StoredContentRepository
    triggers: Triggers
    places: TriggerPlaces
    read: ReadAlert
    clock: Clock
    randomness: Randomness

    def __call__(
        self,
        key: ApiKey,
        request: SendRequest,
        claim: IdempotencyClaim | None = None,
        entry: AuditEntry | None = None,
    ) -> TriggerResult:
        """Return the result of the call. A repeat under the same claim gets the answer of the first call.

        Args:
            entry: what the audit trail says of a call that stores its alert; it is written with the trigger, or not.

        Raises:
            NotFound: no stored alert has this id or name.
            InvalidRequest: with all faults: a keyword in use, a kind of keyword without a number …
            IdempotencyKeyReused, Forbidden, RequestTooLarge, Superseded: see SendAlert.
            StorageUnavailable: the trigger may be active or not; repeat the call with the same Idempotency-Key.
        """
        options = request.trigger
        assert options is not None
        now = self.clock()
        words = self._words(key, request, options)
        if options.store is not None:
            return self._activate_and_send(key, request, options, words, claim, now)
        return self._store_and_activate(key, request, options, words, claim, entry, now)

    def _words(self, key: ApiKey, request: SendRequest, options: TriggerOptions) -> tuple[KeywordActive, ...]:
        """Return the keywords, each with the addresses to which people write it.

        Raises:
            InvalidRequest: a keyword is a duplicate, or could never arrive.
        """
        faults = []
        if request.schedule is not None or request.deferral is not None:
            faults.append(
                Fault("/trigger", "CONFLICT", "give only one of `trigger`, `deferral` and `options.schedule`")
            )
        for place in duplicate_words(options.words):
            faults.append(Fault(f"{_AT}/{place}/keyword", "DUPLICATE", "is in this list already"))
        places = {kind: self.places(key.tenant, key.id, kind) for kind in {word.kind for word in options.words}}
        for index, word in enumerate(options.words):
            if word.kind is TriggerKind.SMS and not places[word.kind]:
                message = "this API key has no number for incoming texts"
                faults.append(Fault(f"{_AT}/{index}/type", "NO_NUMBER", message))
            if word.kind is TriggerKind.SMS and sms_keyword(word.keyword) is not None:
                message = "is reserved by carriers: stop, end, cancel, remove and other opt-outs, start, help, info"
                faults.append(Fault(f"{_AT}/{index}/keyword", "RESERVED", message))
        if faults:
            raise InvalidRequest(faults)
        return tuple(KeywordActive(word, places[word.kind]) for word in options.words)

    # --- the alert of the call is stored ------------------------------------------------------------------------------

    def _store_and_activate(
        self,
        key: ApiKey,
        request: SendRequest,
        options: TriggerOptions,
        words: tuple[KeywordActive, ...],
        claim: IdempotencyClaim | None,
        entry: AuditEntry | None,
        now: datetime,
    ) -> TriggerResult:
        decode = partial(decode_active, words=words)
        if claim is not None and (earlier := self.alerts.earlier_answer(key.tenant, key.id, claim, now)):
            return replayed_or_raise(earlier, decode)
        checked = self.check(key, replace(request, trigger=None), now)
        if checked.ready is not None and checked.refused:
            return TriggerResult(request.client_ref, sent=checked.ready.result)
        store_id = StoreId(time_ordered_uuid(now, self.randomness.token(10)))
        trigger = self._trigger(key, store_id, options, now)
        self._hold(checked, trigger, now)
        store = StoredContent(
            tenant=key.tenant,
            key_id=key.id,
            store_id=store_id,
            type=ContentType.ALERT,
            tag=options.words[0].tag,
            name=None,
            content=request.text,
            created_at=now,
            lifetime=UNUSED_LIFETIME,
            expires_at=trigger.expires_at,
            made=key.made,
        )
        result = TriggerResult(request.client_ref, store_id, LONGEST_LIFE.days, words)
        answer = encode_active(result) if claim else None
        activation = Activation(TriggerActivated(trigger), store, claim, answer, entry)

        def activate() -> TriggerResult | None:
            match self.triggers.activate(activation, now):
                case Activated.DONE:
                    return result
                case Activated.CONFLICT:
                    return None
                case earlier:
                    return replayed_or_raise(earlier, decode)

        return self._while_words_are_free(key, trigger, now, activate)

    # --- a stored alert is triggered, and the call is sent ------------------------------------------------------------

    def _activate_and_send(
        self,
        key: ApiKey,
        request: SendRequest,
        options: TriggerOptions,
        words: tuple[KeywordActive, ...],
        claim: IdempotencyClaim | None,
        now: datetime,
    ) -> TriggerResult:
        assert options.store is not None
        stores = CallStores(self.stores, key, now)
        try:
            store = stores.load(options.store, ContentType.ALERT)
        except StoreUnusable as error:
            raise NotFound("stored alert") from error
        call = replace(request, trigger=None)
        if claim is not None and self.alerts.earlier_answer(key.tenant, key.id, claim, now):
            sent = self.send(key, call, claim)
            return TriggerResult(request.client_ref, store.store_id, LONGEST_LIFE.days, words, sent)
        client_ref, checked = self._checked(key, request, store, now)
        trigger = replace(self._trigger(key, store.store_id, options, now), client_ref=client_ref)
        self._hold(checked, trigger, now)
        self.stores.hold(store, trigger.expires_at, now)

        def send() -> TriggerResult | None:
            over = self.triggers.get(key.tenant, key.id, store.store_id)
            if over is not None and not key.sees(over.made):
                message = "names a stored alert that has a trigger of another person; store the alert anew"
                raise InvalidRequest([Fault("/trigger/storeDetails", "CONFLICT", message)])
            origin = Origin(None, (TriggerActivated(trigger, over),))
            try:
                sent = self.send(key, call, claim, origin)
            except Superseded:
                self._refuse_taken_words(key, trigger, now)
                if self.stores.find(key.tenant, key.id, store.store_id, now) is None:
                    raise NotFound("stored alert") from None
                if self.triggers.get(key.tenant, key.id, store.store_id) == over:
                    raise  # the trigger is unchanged, so the linked set of the call was cancelled
                return None
            if not sent.success:
                return TriggerResult(request.client_ref, sent=sent)
            return TriggerResult(request.client_ref, store.store_id, LONGEST_LIFE.days, words, sent)

        return self._while_words_are_free(key, trigger, now, send)

    def _checked(
        self, key: ApiKey, request: SendRequest, store: StoredContent, now: datetime
    ) -> tuple[str | None, Checked]:
        """Check the stored alert as if it were sent now. Return its client reference if it has none of its own."""
        client_ref = None
        try:
            try:
                stored = self.read(store.content, None, store.created_at)
            except InvalidRequest:
                client_ref = request.client_ref
                stored = self.read(store.content, client_ref, store.created_at)
            if stored.schedule or stored.deferral or stored.trigger:
                raise InvalidRequest([Fault("", "CONFLICT", "has a schedule, a deferral or a trigger of its own")])
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

    # --- both ---------------------------------------------------------------------------------------------------------

    def _trigger(self, key: ApiKey, store_id: StoreId, options: TriggerOptions, now: datetime) -> Trigger:
        return Trigger(
            tenant=key.tenant,
            key_id=key.id,
            store_id=store_id,
            activation=time_ordered_uuid(now, self.randomness.token(10)),
            words=options.words,
            every=options.every,
            at_most=options.at_most,
            activated_at=now,
            expires_at=now + LONGEST_LIFE,
            made=key.made,
        )

    def _hold(self, checked: Checked, trigger: Trigger, now: datetime) -> None:
        """Extend the lifetime of the stores that the alert uses to that of the trigger."""
        for store in checked.draft.used_stores() if checked.draft else ():
            self.stores.hold(store, trigger.expires_at, now)

    def _while_words_are_free(
        self, key: ApiKey, trigger: Trigger, now: datetime, attempt: Callable[[], TriggerResult | None]
    ) -> TriggerResult:
        """Return the result of `attempt`. None from `attempt` means a conflict: check the keywords and try again."""
        for _ in range(_TRIES):
            self._refuse_taken_words(key, trigger, now)
            if (result := attempt()) is not None:
                return result
        raise StorageUnavailable("the keywords of this trigger change too fast")

    def _refuse_taken_words(self, key: ApiKey, trigger: Trigger, now: datetime) -> None:
        """Raise InvalidRequest for keywords of other stored alerts; end triggers whose store no longer exists."""
        standing = [each for each in self.triggers.of_key(key.tenant, key.id) if now < each.expires_at]
        others = [each for each in standing if each.store_id != trigger.store_id]
        if len(others) >= MAX_TRIGGERS:
            message = f"this API key has {MAX_TRIGGERS} triggers; cancel one of them"
            raise InvalidRequest([Fault("/trigger", "TOO_MANY", message)])
        taken = {match_key(word): each for each in others for word in each.words}
        faults = []
        for index, word in enumerate(trigger.words):
            holder = taken.get(match_key(word))
            if holder is None:
                continue
            if self.stores.find(key.tenant, key.id, holder.store_id, now) is None:
                self.triggers.end(holder)
                continue
            which = f"the stored alert {holder.store_id}" if key.sees(holder.made) else "another stored alert"
            message = f"sends {which}; cancel that trigger first, or use another keyword"
            faults.append(Fault(f"{_AT}/{index}/keyword", "KEYWORD_IN_USE", message))
        if faults:
            raise InvalidRequest(faults)
