"""The part of a send that reads: who the elements mean and what they say, before anything is decided or written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tocsin.alerts.domain.alert import MAX_RECIPIENTS, MAX_UNIQUE_RECIPIENTS
from tocsin.alerts.domain.answered import Answered
from tocsin.alerts.domain.capacity import PreparedElement
from tocsin.alerts.domain.elements import Element, Receivers
from tocsin.alerts.domain.exclusion import Exclusion, ExclusionReason
from tocsin.alerts.domain.faults import lookup_faults, lookup_keys
from tocsin.alerts.domain.personal_element import Unreadable, rendered, terms_of
from tocsin.alerts.domain.receivers import RequestedReceivers, Resolved, Unresolved, resolve
from tocsin.alerts.domain.request import SendRequest
from tocsin.calendar.domain.account_clock import PLAIN
from tocsin.calendar.domain.time_window import open_at
from tocsin.contacts.domain.contact import ContactGroup
from tocsin.content.domain.compose import email_content, sms_content
from tocsin.content.domain.content import EmailContent, SmsContent
from tocsin.content.domain.mail_header import UnsafeMail
from tocsin.content.domain.options import EmailOptions, SmsOptions, VoiceOptions
from tocsin.kernel.domain.csv_list import parse_list
from tocsin.kernel.domain.errors import Fault, InvalidRequest, RequestTooLarge
from tocsin.kernel.domain.ids import AlertRef
from tocsin.stored_content.application.call_stores import CallStores, StoreUnusable
from tocsin.stored_content.domain.stored_content import ContentType, StoreRef

_NO_VOICE = "the voice channel is not available yet"
OUTSIDE_WINDOWS = "outside its time windows"
"""The failure reason of an element all whose time windows are closed."""


class _Use(NamedTuple):
    ref: StoreRef
    kind: ContentType


@dataclass(frozen=True, slots=True)
class Prepared:
    """An element, and the stores that it uses if anybody of it is contacted."""

    element: PreparedElement
    uses: tuple[tuple[StoreRef, ContentType], ...]


@dataclass(frozen=True, slots=True)
class Preparation:
    """What preparing needs beside the request and its stores.

    Attributes:
        alert: the alert the call is about to become.
        reference: for the subjects of its emails.
        link: a short link as long as the real ones.
        gsm_only: text messages are put into the GSM alphabet.
        zone: the account's, in which time windows are meant.
        answered: how contacts of the linked set have answered.
    """

    alert: AlertRef
    now: datetime
    reference: str
    link: str
    gsm_only: bool = False
    zone: ZoneInfo = PLAIN.zone_info
    answered: Answered = field(default_factory=dict)


def prepare_elements(request: SendRequest, stores: CallStores, terms: Preparation) -> list[Prepared]:
    """Return the request's elements in order, resolved. An element that cannot be served says why.

    Raises:
        InvalidRequest: a text in the request uses a keyword that it may not use with the call's stored group.
        RequestTooLarge: more receivers over all elements than one call may have.
        StorageUnavailable: a store cannot be read.
    """
    call = _Call(request, stores, terms, _Group(request.group, stores))
    prepared = [_prepare(element, call) for element in request.elements]
    faults = [
        fault for index, element in enumerate(request.elements) for fault in _keyword_faults(element, index, call)
    ]
    if faults:
        raise InvalidRequest(faults)
    return prepared


class _Call:
    """The call being prepared, and how many receivers it has asked for so far."""

    def __init__(self, request: SendRequest, stores: CallStores, terms: Preparation, group: _Group) -> None:
        self.request = request
        self.stores = stores
        self.terms = terms
        self.group = group
        self._unique = any(element.lookups and element.lookups.unique for element in request.elements)
        self._requested = 0

    def count(self, receivers: int) -> None:
        """Count them, once a limit is passed for the last time: before they cost anything more."""
        self._requested += receivers
        if self._unique and self._requested > MAX_UNIQUE_RECIPIENTS:
            raise RequestTooLarge(MAX_UNIQUE_RECIPIENTS, "recipients with unique lookups or a shortlink")
        if self._requested > MAX_RECIPIENTS:
            raise RequestTooLarge(MAX_RECIPIENTS, "recipients")


def _keyword_faults(element: Element, index: int, call: _Call) -> Iterator[Fault]:
    """Yield what could not be seen before the stored group was read."""
    if element.lookups is not None and isinstance(call.request.group, StoreRef):
        try:
            custom = call.group.lookup_keys()
        except StoreUnusable:
            return  # its elements say so
        yield from lookup_faults(element, custom, f"/alert/{index}")


class _Group:
    """The contact group of the call, read when the first element asks for a contact or has lookups."""

    def __init__(self, given: ContactGroup | StoreRef | None, stores: CallStores) -> None:
        self._given = given
        self._stores = stores
        self._read: ContactGroup | None = given if isinstance(given, ContactGroup) else None
        self._keys: frozenset[str] | None = None

    def read(self) -> ContactGroup | None:
        if self._read is None and isinstance(self._given, StoreRef):
            self._read = self._stores.contact_group(self._given)
        return self._read

    def lookup_keys(self) -> frozenset[str]:
        """Return the lookup keys of its contacts; gathered once, a group may have 10,000."""
        if self._keys is None:
            self._keys = lookup_keys(self.read())
        return self._keys

    @property
    def uses(self) -> list[_Use]:
        return [_Use(self._given, ContentType.CONTACT_GROUP)] if isinstance(self._given, StoreRef) else []


def _prepare(element: Element, call: _Call) -> Prepared:
    uses: list[_Use] = []
    group, stores, terms = call.group, call.stores, call.terms

    def failed(reason: str, requested: int = 0) -> Prepared:
        return Prepared(PreparedElement(element.channel, element.tag, (), requested, None, reason), ())

    try:
        asked = _asked(element.receivers, stores, uses)
        needs_group = bool(asked.contacts or asked.sets or element.lookups)
        contacts = group.read() if needs_group else None
    except StoreUnusable as error:
        return failed(str(error))
    if needs_group:
        uses += group.uses
    resolved = resolve(element.channel, asked, contacts, element.except_responded, terms.answered)
    if isinstance(resolved, Unresolved):
        return failed(resolved.failure_reason)
    call.count(resolved.requested)
    if not open_at(element.time_windows, terms.now, terms.zone):
        return _outside(element, resolved)
    if isinstance(element.options, VoiceOptions):
        return failed(_NO_VOICE, resolved.requested)
    try:
        content = _content(element, element.options, stores, uses, terms.reference)
        custom = group.lookup_keys() if element.lookups else frozenset()
        lookups = terms_of(content, element.lookups, custom, call.request.client_ref)
    except (StoreUnusable, Unreadable) as error:
        return failed(str(error), resolved.requested)
    except UnsafeMail as error:
        return failed(f"no email can be built of it ({error})", resolved.requested)
    said = rendered(content, lookups, resolved, terms.alert, terms.now, terms.link, gsm_only=terms.gsm_only)
    return Prepared(
        PreparedElement(
            element.channel,
            element.tag,
            said.resolved.recipients,
            resolved.requested,
            said.content,
            said.resolved.failure_reason,
            said.terms,
            said.segments,
            said.replaced,
            excluded=said.resolved.excluded,
            except_responded=element.except_responded,
        ),
        tuple(uses),
    )


def _outside(element: Element, resolved: Resolved) -> Prepared:
    """Return an element whose time windows are all closed: nobody of it is contacted, now or later."""
    out = [Exclusion(who.contact_id, who.address, ExclusionReason.OUTSIDE_WINDOWS) for who in resolved.recipients]
    excluded = (*resolved.excluded, *out)
    return Prepared(
        PreparedElement(element.channel, element.tag, (), resolved.requested, None, OUTSIDE_WINDOWS, excluded=excluded),
        (),
    )


def _asked(receivers: Receivers, stores: CallStores, uses: list[_Use]) -> RequestedReceivers:
    """Add what stands in stored lists to what stands in the request."""

    def stored(ref: StoreRef | None, kind: ContentType) -> tuple[str, ...]:
        if ref is None:
            return ()
        uses.append(_Use(ref, kind))
        return parse_list(stores.load(ref, kind).content)

    return RequestedReceivers(
        recipients=receivers.recipients + stored(receivers.stored_recipients, ContentType.RECIPIENT_LIST),
        contacts=receivers.contacts + stored(receivers.stored_contacts, ContentType.CONTACT_LIST),
        sets=receivers.sets + stored(receivers.stored_sets, ContentType.CONTACT_SET_LIST),
    )


def _content(
    element: Element, options: SmsOptions | EmailOptions, stores: CallStores, uses: list[_Use], reference: str
) -> SmsContent | EmailContent:
    if element.stored is None:
        text, extras = element.content or "", {}
    else:
        use = _Use(element.stored, ContentType(element.channel.value))
        uses.append(use)
        store = stores.load(*use)
        text, extras = store.content, dict(store.extras)
    match options:
        case SmsOptions():
            return sms_content(options, text)
        case EmailOptions():
            return email_content(options, text, extras, reference)
