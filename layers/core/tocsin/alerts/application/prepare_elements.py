"""Prepare the elements of a request: read stored content, resolve receivers, render and check contents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tocsin.alerts.application.call_group import CallGroup, StoreUse
from tocsin.alerts.application.element_warnings import element_warnings
from tocsin.alerts.application.preparation import Preparation, Prepared, failed
from tocsin.alerts.application.prepare_calls import CallPreparation, inline_speech
from tocsin.alerts.domain.alert import MAX_RECIPIENTS
from tocsin.alerts.domain.capacity import PreparedElement
from tocsin.alerts.domain.elements import Element, Receivers
from tocsin.alerts.domain.exclusion import ExclusionReason
from tocsin.alerts.domain.faults import lookup_faults
from tocsin.alerts.domain.personal_element import Unreadable, rendered, terms_of
from tocsin.alerts.domain.receivers import RequestedReceivers, Resolved, Unresolved, resolve
from tocsin.alerts.domain.request import SendRequest
from tocsin.calendar.domain.time_window import open_at
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.recipient import ANYBODY
from tocsin.content.domain.compose import email_content, sms_content
from tocsin.content.domain.content import EmailContent, SmsContent
from tocsin.content.domain.mail_faults import told
from tocsin.content.domain.mail_header import UnsafeMail
from tocsin.content.domain.options import EmailOptions, SmsOptions, VoiceOptions
from tocsin.content.domain.rendered_size import octets
from tocsin.kernel.domain.csv_list import placed_list
from tocsin.kernel.domain.errors import Fault, InvalidRequest, RequestTooLarge
from tocsin.stored_content.application.call_stores import CallStores, StoreUnusable
from tocsin.stored_content.domain.stored_content import ContentType, StoreRef

OUTSIDE_WINDOWS = "outside its time windows"
"""Failure reason of an element if none of its time windows is open."""


def prepare_elements(request: SendRequest, stores: CallStores, terms: Preparation) -> list[Prepared]:
    """Return the prepared elements in order. An element that cannot be sent has a `failure_reason`.

    Raises:
        InvalidRequest: a text in the request uses a lookup keyword that the stored contact group does not allow, or
            what a call says cannot be said.
        RequestTooLarge: all elements together have more receivers or bytes than one call may have, or every mail of
            an element is larger than one mail may be.
        StorageUnavailable: stored content cannot be read.
    """
    call = _Call(request, stores, terms, CallGroup(request.group, stores))
    received = [_receivers(element, call) for element in request.elements]
    call.check_personal_cap()
    speech = inline_speech(request.elements, terms.decode)
    calls = CallPreparation(terms, speech, stores, call.group, request.client_ref)
    if faults := [
        *speech.faults,
        *(fault for index, element in enumerate(request.elements) for fault in _keyword_faults(element, index, call)),
    ]:
        raise InvalidRequest(faults)
    return [
        each
        if isinstance(each, Prepared)
        else calls(index, element, each.resolved, each.uses)
        if isinstance(element.options, VoiceOptions)
        else _prepare(element, element.options, each, call)
        for index, (element, each) in enumerate(zip(request.elements, received, strict=True))
    ]


class _Call:
    """The call that is prepared, and its number of receivers so far."""

    def __init__(self, request: SendRequest, stores: CallStores, terms: Preparation, group: CallGroup) -> None:
        self.request = request
        self.stores = stores
        self.terms = terms
        self.group = group
        self._unique = any(element.lookups and element.lookups.unique for element in request.elements)
        self._requested = 0
        self.stored_group = group.given_inline is None or request.group_stored_at is not None

    def count(self, receivers: int) -> None:
        """Add receivers to the number so far. Raises RequestTooLarge over the limit of every call."""
        self._requested += receivers
        if self._requested > MAX_RECIPIENTS:
            raise RequestTooLarge(MAX_RECIPIENTS, "recipients")

    def check_personal_cap(self) -> None:
        """Raise RequestTooLarge if an element is personal, and all have more receivers than the key allows then."""
        cap = self.terms.personal_cap
        if self._unique and self._requested > cap:
            raise RequestTooLarge(cap, "recipients with unique lookups or a shortlink", self._requested)


def _keyword_faults(element: Element, index: int, call: _Call) -> Iterator[Fault]:
    """Yield the faults of lookup keywords that need the stored contact group."""
    if element.lookups is not None and isinstance(call.request.group, StoreRef):
        try:
            custom = call.group.lookup_keys()
        except StoreUnusable:
            return  # the elements have a failure reason for this
        yield from lookup_faults(element, custom, f"/alert/{index}")


@dataclass(frozen=True, slots=True)
class _Received:
    """The receivers of an element, and the stored content that names them."""

    resolved: Resolved
    uses: tuple[StoreUse, ...]


def _receivers(element: Element, call: _Call) -> _Received | Prepared:
    """Return the receivers of an element and count them; an element that fails is prepared at once."""
    uses: list[StoreUse] = []
    group, stores, terms = call.group, call.stores, call.terms
    called_in = element.channel is Channel.INBOUND_CALL
    if called_in and element.receivers.none_named:
        return _if_open(element, _Received(Resolved((ANYBODY,)), ()), terms)
    try:
        requested = _requested_receivers(element.receivers, stores, uses)
        needs_group = bool(requested.contacts or requested.sets or element.lookups)
        contacts = group.read() if needs_group else None
    except StoreUnusable as error:
        known = _named_in_call(element, group)
        call.count(known.requested)
        return failed(element, str(error), known, ExclusionReason.STORE_UNUSABLE)
    if needs_group:
        uses += group.uses
    # Who has answered hears a message for callers or not: that is decided when they call.
    answered = {} if called_in else terms.answered
    resolved = resolve(
        element.channel, requested, contacts, element.except_responded, answered, stored_group=call.stored_group
    )
    if isinstance(resolved, Unresolved):
        call.count(len(resolved.excluded))
        none = Resolved((), resolved.excluded)
        return failed(element, resolved.failure_reason, none, resolved.category)
    call.count(resolved.requested)
    return _if_open(element, _Received(resolved, tuple(uses)), terms)


def _if_open(element: Element, received: _Received, terms: Preparation) -> _Received | Prepared:
    if not open_at(element.time_windows, terms.now, terms.zone):
        return failed(element, OUTSIDE_WINDOWS, received.resolved, ExclusionReason.OUTSIDE_WINDOWS)
    return received


def _prepare(element: Element, options: SmsOptions | EmailOptions, received: _Received, call: _Call) -> Prepared:
    resolved, uses = received.resolved, list(received.uses)
    group, terms = call.group, call.terms
    try:
        content = _content(element, options, call, uses)
        custom = group.lookup_keys() if element.lookups else frozenset()
        lookups = terms_of(content, element.lookups, custom, call.request.client_ref)
    except StoreUnusable as error:
        return failed(element, str(error), resolved, ExclusionReason.STORE_UNUSABLE)
    except Unreadable as error:
        return failed(element, str(error), resolved, ExclusionReason.LOOKUP_UNUSABLE)
    except UnsafeMail as error:
        detail = f"unsafe_mail_{error.code.lower()}"
        return failed(element, told(error), resolved, ExclusionReason.UNSENDABLE, detail)
    result = rendered(
        content,
        lookups,
        resolved,
        terms.alert,
        terms.now,
        terms.link,
        gsm_only=terms.gsm_only,
        mail_bytes=terms.mail_bytes,
    )
    terms.totals.add_mails(result.octets)
    return Prepared(
        PreparedElement(
            element.channel,
            element.tag,
            result.resolved.recipients,
            resolved.requested,
            result.content,
            result.resolved.failure_reason,
            result.terms,
            result.segments,
            result.replaced,
            excluded=result.resolved.excluded,
            except_responded=element.except_responded,
            warnings=element_warnings(
                element, result, custom, click_counts=terms.click_counts, short_lived=terms.short_lived
            ),
        ),
        tuple(uses),
    )


def _named_in_call(element: Element, group: CallGroup) -> Resolved:
    """Return the receivers that the call itself names, for an element whose stored content cannot be read."""
    receivers = element.receivers
    asked = RequestedReceivers(receivers.recipients, receivers.contacts, receivers.sets, receivers.places)
    found = resolve(element.channel, asked, group.given_inline)
    if isinstance(found, Resolved):
        return found
    unread, unusable = ExclusionReason.NO_CONTACT_GROUP, ExclusionReason.STORE_UNUSABLE
    return Resolved((), tuple(replace(w, category=unusable) if w.category is unread else w for w in found.excluded))


def _requested_receivers(receivers: Receivers, stores: CallStores, uses: list[StoreUse]) -> RequestedReceivers:
    """Return the receivers of the request, with those of stored lists added."""

    def stored(ref: StoreRef | None, kind: ContentType) -> list[tuple[str, str]]:
        if ref is None:
            return []
        uses.append(StoreUse(ref, kind))
        return placed_list(stores.load(ref, kind).content)

    requested = RequestedReceivers(receivers.recipients, places=receivers.places)
    if listed := stored(receivers.stored_recipients, ContentType.RECIPIENT_LIST):
        placed = [*requested.placed(), *((raw, f"{at} of the stored list") for raw, at in listed)]
        requested = RequestedReceivers(tuple(raw for raw, _ in placed), places=tuple(at for _, at in placed))
    return replace(
        requested,
        contacts=receivers.contacts
        + tuple(id for id, _ in stored(receivers.stored_contacts, ContentType.CONTACT_LIST)),
        sets=receivers.sets + tuple(name for name, _ in stored(receivers.stored_sets, ContentType.CONTACT_SET_LIST)),
    )


def _content(
    element: Element, options: SmsOptions | EmailOptions, call: _Call, uses: list[StoreUse]
) -> SmsContent | EmailContent:
    if element.stored is None:
        text, extras = element.content or "", {}
    else:
        use = StoreUse(element.stored, ContentType(element.channel.value))
        uses.append(use)
        store = call.stores.load(*use)
        call.terms.totals.add_stored(octets(store.content))
        text, extras = store.content, dict(store.extras)
    match options:
        case SmsOptions():
            return sms_content(options, text)
        case EmailOptions():
            return email_content(options, text, extras, call.terms.reference)
