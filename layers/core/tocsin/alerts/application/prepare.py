"""Decide a send: everything from a request that has passed the door to what would be committed. Writes nothing.

Whoever sends, plans or schedules decides here, so that a plan and the run that follows it cannot differ:

    terms ─► linked set (group, who has answered) ─► elements (receivers, texts) ─► filters (erased, another's
             number, brakes …) ─► a Draft
    Draft + what is left of the capacities ─► Ready: the answer, and the acceptance that would make it true
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin.alerts.application.check_escalation import check_escalation, earliest, with_linked_set
from tocsin.alerts.application.draft import BeginEscalation, Draft, JoinLink, Origin
from tocsin.alerts.application.element_filter import ElementFilter
from tocsin.alerts.application.prepare_elements import Preparation, Prepared, prepare_elements
from tocsin.alerts.application.terms import decide_terms
from tocsin.alerts.domain.faults import send_faults
from tocsin.alerts.domain.request import SendRequest
from tocsin.content.domain.short_url import sample_link
from tocsin.egress.domain.url_policy import CLOSED, EgressPolicy
from tocsin.identity.application.account_clocks import AccountClocks
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import Fault, InvalidRequest, NotYetAvailable
from tocsin.kernel.ports import Randomness
from tocsin.stored_content.application.call_stores import CallStores
from tocsin.stored_content.ports import StoredContentRepository


@dataclass(frozen=True, slots=True)
class PrepareSend:
    """See the module.

    Attributes:
        link_base: what short links begin with, as far as it is known here; it decides how long a text is counted.
        join: finds the linked set of a request that has one; None = a place where nobody links alerts.
        clocks: the accounts' zones and quiet hours; None = UTC, and people are never asleep.
        filters: whom elements are not sent to, in the order they are asked in.
        begin_escalation: begins the escalation a request asks for; None = a place where nobody escalates.
    """

    stores: StoredContentRepository
    randomness: Randomness
    link_base: str = ""
    egress: EgressPolicy = CLOSED
    join: JoinLink | None = None
    clocks: AccountClocks | None = None
    filters: Sequence[ElementFilter] = ()
    begin_escalation: BeginEscalation | None = None

    def __call__(self, key: ApiKey, request: SendRequest, now: datetime, origin: Origin | None = None) -> Draft:
        """Return the request decided, as far as capacities do not matter.

        Raises:
            NotYetAvailable: it escalates, and nobody does here.
            Forbidden: it sets a lifetime and the key may not.
            InvalidRequest: with everything that is wrong.
            RequestTooLarge: over MAX_ITEMS elements, or over MAX_RECIPIENTS receivers after expansion
                (MAX_UNIQUE_RECIPIENTS with unique lookups or a shortlink); or a step of its escalation has.
            Superseded: it belongs to a linked set that was cancelled.
            StorageUnavailable: a store, the account's clock or what a filter asks cannot be read.
        """
        if request.escalation is not None and self.begin_escalation is None:
            raise NotYetAvailable("escalation")
        cause = origin.cause if origin else None
        terms, faults = decide_terms(key, request, now, cause, self.randomness, self.egress, self.clocks)
        if request.trigger is not None:
            # Whoever takes a trigger has taken it off by now; nobody else may send at once what is to wait.
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
        zone, answered = terms.account.zone_info, joined.answered if joined else {}
        preparation = Preparation(terms.ref, now, terms.reference, link, key.transliterate, zone, answered)
        prepared = self._elements(key, request, stores, preparation)
        if request.escalation is not None:
            ends = earliest(terms.expires_at, joined.link.expires_at if joined else None)

            def elements(asked: SendRequest) -> Sequence[Prepared]:
                return self._elements(key, asked, stores, preparation)

            check_escalation(request.escalation, request, prepared, elements, now, ends)
        if origin is not None and origin.step_of is not None:
            prepared = [origin.step_of.without_answered(each) for each in prepared]
        return Draft(key, request, terms, tuple(prepared), stores, origin, joined, self.begin_escalation)

    def _elements(
        self, key: ApiKey, request: SendRequest, stores: CallStores, preparation: Preparation
    ) -> Sequence[Prepared]:
        """Return the elements with whom they may be sent to, and from."""
        prepared: Sequence[Prepared] = prepare_elements(request, stores, preparation)
        for without in self.filters:
            prepared = without(key, request, prepared, stores)
        return prepared
