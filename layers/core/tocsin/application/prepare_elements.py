"""The part of a send that reads: who the elements mean and what they say, before anything is decided or written."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import NamedTuple

from tocsin.application.call_stores import CallStores, StoreUnusable
from tocsin.domain.alert import MAX_RECIPIENTS, EmailContent, SmsContent
from tocsin.domain.alert_content import email_content, sms_content
from tocsin.domain.allotment import PreparedElement
from tocsin.domain.contact import ContactGroup
from tocsin.domain.contact_group_json import contact_group_of
from tocsin.domain.csv_list import parse_list
from tocsin.domain.errors import InvalidRequest, RequestTooLarge
from tocsin.domain.mail_header import UnsafeMail
from tocsin.domain.receivers import Asked, Unresolved, resolve
from tocsin.domain.send_request import Element, EmailOptions, Receivers, SendRequest, SmsOptions, VoiceOptions
from tocsin.domain.stored_content import ContentType, StoreRef

_NO_VOICE = "the voice channel is not available yet"


class _Use(NamedTuple):
    ref: StoreRef
    kind: ContentType


@dataclass(frozen=True, slots=True)
class Prepared:
    """An element, and the stores that it uses if anybody of it is contacted."""

    element: PreparedElement
    uses: tuple[tuple[StoreRef, ContentType], ...]


def prepare_elements(request: SendRequest, stores: CallStores, reference: str) -> list[Prepared]:
    """Return the request's elements in order, resolved. An element that cannot be served says why.

    Args:
        reference: for the subjects of its emails.

    Raises:
        RequestTooLarge: more than MAX_RECIPIENTS receivers over all elements.
        StorageUnavailable: a store cannot be read.
    """
    group = _Group(request.group, stores)
    prepared: list[Prepared] = []
    requested = 0
    for element in request.elements:
        prepared.append(_prepare(element, group, stores, reference))
        requested += prepared[-1].element.requested
        if requested > MAX_RECIPIENTS:
            raise RequestTooLarge(MAX_RECIPIENTS, "recipients")
    return prepared


class _Group:
    """The contact group of the call, read when the first element asks for a contact."""

    def __init__(self, given: ContactGroup | StoreRef | None, stores: CallStores) -> None:
        self._given = given
        self._stores = stores
        self._read: ContactGroup | None = given if isinstance(given, ContactGroup) else None

    def read(self) -> ContactGroup | None:
        if self._read is None and isinstance(self._given, StoreRef):
            store = self._stores.load(self._given, ContentType.CONTACT_GROUP)
            try:
                self._read = contact_group_of(json.loads(store.content), "")
            except (ValueError, InvalidRequest) as error:
                # It was read before it was stored; an older version may have taken what this one does not.
                raise StoreUnusable("the stored contactGroup cannot be read; store it again") from error
        return self._read

    @property
    def uses(self) -> list[_Use]:
        return [_Use(self._given, ContentType.CONTACT_GROUP)] if isinstance(self._given, StoreRef) else []


def _prepare(element: Element, group: _Group, stores: CallStores, reference: str) -> Prepared:
    uses: list[_Use] = []

    def failed(reason: str, requested: int = 0) -> Prepared:
        return Prepared(PreparedElement(element.channel, element.tag, (), requested, None, reason), ())

    try:
        asked = _asked(element.receivers, stores, uses)
        contacts = group.read() if asked.contacts or asked.sets else None
    except StoreUnusable as error:
        return failed(str(error))
    if asked.contacts or asked.sets:
        uses += group.uses
    resolved = resolve(element.channel, asked, contacts)
    if isinstance(resolved, Unresolved):
        return failed(resolved.failure_reason)
    if isinstance(element.options, VoiceOptions):
        return failed(_NO_VOICE, resolved.requested)
    try:
        content = _content(element, element.options, stores, uses, reference)
    except StoreUnusable as error:
        return failed(str(error), resolved.requested)
    except UnsafeMail as error:
        return failed(f"no email can be built of it ({error})", resolved.requested)
    return Prepared(
        PreparedElement(
            element.channel, element.tag, resolved.recipients, resolved.requested, content, resolved.failure_reason
        ),
        tuple(uses),
    )


def _asked(receivers: Receivers, stores: CallStores, uses: list[_Use]) -> Asked:
    """Add what stands in stored lists to what stands in the request."""

    def stored(ref: StoreRef | None, kind: ContentType) -> tuple[str, ...]:
        if ref is None:
            return ()
        uses.append(_Use(ref, kind))
        return parse_list(stores.load(ref, kind).content)

    return Asked(
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
