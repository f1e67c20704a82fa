"""Prepare a send: all decisions from a valid request to the acceptance that would be committed. Writes nothing.

Sending, planning and scheduling all use this module, so a plan cannot differ from the send:

    terms ─► linked set (group, who has answered) ─► elements (receivers, texts) ─► filters (erased, sender of
             another tenant, sending limits …) ─► Draft
    Draft + remaining capacities ─► Ready: the response, and the acceptance that would be committed
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin.alerts.application.check_escalation import check_escalation, earliest, with_linked_set
from tocsin.alerts.application.draft import BeginEscalation, Draft, JoinLink, Origin
from tocsin.alerts.application.element_filter import ElementFilter
from tocsin.alerts.application.preparation import Preparation, Prepared
from tocsin.alerts.application.prepare_elements import prepare_elements
from tocsin.alerts.application.terms import clicks_count, decide_terms
from tocsin.alerts.domain.faults import send_faults
from tocsin.alerts.domain.request import SendRequest
from tocsin.content.domain.short_url import sample_link
from tocsin.egress.domain.url_policy import CLOSED, EgressPolicy
from tocsin.identity.application.account_clocks import AccountClocks
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.ports import Randomness
from tocsin.stored_content.application.call_stores import CallStores
from tocsin.stored_content.ports import StoredContentRepository
from tocsin.voice.ports import DecodeAudio


@dataclass(frozen=True, slots=True)
class PrepareSend:
    """Turns a request into a `Draft`.

    Attributes:
        stores: the stored content of all tenants.
        link_base: the base URL of short links. Its length counts when text segments are counted.
        egress: the URLs that webhooks may have.
        join: finds or begins the linked set of a request; None = linked alerts are not available.
        clocks: the accounts' time zones and quiet hours; None = UTC without quiet hours.
        filters: exclude receivers, in this order.
        begin_escalation: begins the escalation of a request; None = no request escalates.
        decode: decodes the recordings of calls; None = the voice channel is not served.
    """

    stores: StoredContentRepository
    randomness: Randomness
    link_base: str = ""
    egress: EgressPolicy = CLOSED
    join: JoinLink | None = None
    clocks: AccountClocks | None = None
    filters: Sequence[ElementFilter] = ()
    begin_escalation: BeginEscalation | None = None
    decode: DecodeAudio | None = None

    def __call__(self, key: ApiKey, request: SendRequest, now: datetime, origin: Origin | None = None) -> Draft:
        """Return the draft of a request.

        Args:
            now: the aware time of acceptance; for a plan or check, the time at which the alert would be sent.
            origin: None = a client's own call.

        Raises:
            Forbidden: the request sets a lifetime, and the key lacks that right.
            InvalidRequest: with all faults.
            RequestTooLarge: over MAX_ITEMS elements, or over MAX_RECIPIENTS receivers after expansion
                (the key's `personal_cap` with unique lookups or a short link), in the request or in a step.
            Superseded: the linked set of the request was cancelled.
            StorageUnavailable: stored content, the account's clock or the data of a filter cannot be read.
        """
        cause = origin.cause if origin else None
        terms, faults = decide_terms(key, request, now, cause, self.randomness, self.egress, self.clocks)
        if request.trigger is not None:
            # The use case that stores triggers has removed the block by now. No other use case accepts one.
            message = "is for /sendalert alone: what is stored, scheduled or sent with others cannot wait for a keyword"
            faults.append(Fault("/trigger", "CONFLICT", message))
        stores = CallStores(self.stores, key, now)
        request = with_linked_set(request, terms.ref)
        joined = None
        if request.link is not None and self.join is not None:
            try:
                joined = self.join(key, request, stores, terms.ref, now)
                request = joined.request
            except InvalidRequest as error:
                faults += error.faults
        if faults := faults + send_faults(request):
            raise InvalidRequest(faults)
        link = sample_link(self.link_base)
        preparation = Preparation(
            alert=terms.ref,
            now=now,
            reference=terms.reference,
            link=link,
            gsm_only=key.transliterate,
            zone=terms.account.zone_info,
            answered=joined.answered if joined else {},
            click_counts=clicks_count(key, request),
            short_lived=terms.short_lived,
            personal_cap=key.personal_cap,
            mail_bytes=key.mail_bytes,
            decode=self.decode,
        )
        prepared = self._elements(key, request, stores, preparation)
        if request.escalation is not None:
            ends = earliest(terms.expires_at, joined.link.expires_at if joined else None)

            def prepare_step(step: SendRequest) -> Sequence[Prepared]:
                return self._elements(key, step, stores, preparation)

            check_escalation(request.escalation, request, prepared, prepare_step, now, ends)
        if origin is not None and origin.step_of is not None:
            prepared = [origin.step_of.without_answered(each) for each in prepared]
        return Draft(key, request, terms, tuple(prepared), stores, origin, joined, self.begin_escalation)

    def _elements(
        self, key: ApiKey, request: SendRequest, stores: CallStores, preparation: Preparation
    ) -> Sequence[Prepared]:
        """Return the prepared elements after all filters."""
        prepared: Sequence[Prepared] = prepare_elements(request, stores, preparation)
        for element_filter in self.filters:
            prepared = element_filter(key, request, prepared, stores)
        return prepared
