"""Who a call reaches: the nine receiver forms of one element, resolved into addresses.

    recipients, recipientList, storedRecipients ────────── plain addresses ─┐
    contacts, contactList, storedContactList ──► contacts ─► their address ─┼─► union, each address once
    contactSets, contactSetList, storedContactSetList ──► contacts ─────────┘

The order is the order above, first mention first. Where a plain address is also a contact's, the contact stays: its
id and lookups would be lost otherwise. A contact who has answered is left out; an address that was asked for as such,
or for another contact's sake, is contacted all the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from types import MappingProxyType

from tocsin.alerts.domain.answered import Answered, has_answered
from tocsin.alerts.domain.exclusion import Exclusion, ExclusionReason
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.contact import EVERYONE, Contact, ContactGroup
from tocsin.contacts.domain.email_address import InvalidEmail, mailbox_key, parse_email
from tocsin.contacts.domain.phone_number import InvalidPhone, parse_phone
from tocsin.contacts.domain.recipient import Recipient
from tocsin.content.domain.sms_text import LONGEST

_NAMED_AT_MOST = 5
"""Unknown ids or sets that a failure reason spells out."""

_KEPT_OF_A_BAD_ADDRESS = 64
"""Characters: enough to know it again."""

_SAID = {
    "email_for_phone": "with an email address instead of a phone number",
    "phone_for_email": "with a phone number instead of an email address",
    "text_too_long": f"whose text would have more than {LONGEST} characters",
    "unsafe_value": "with a lookup value that no email can hold",
}


_NO_FAILURE = frozenset({ExclusionReason.NO_ADDRESS, ExclusionReason.ANSWERED})


@dataclass(frozen=True, slots=True)
class RequestedReceivers:
    """What one element asks for, stored lists already loaded and added to the inline ones.

    Attributes:
        recipients: raw addresses.
        contacts: contact ids.
        sets: names of contact sets; `all` is every contact.
    """

    recipients: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolved:
    """The receivers of one element.

    Attributes:
        recipients: reachable ones in order, each address once.
        excluded: the others, each once. That a contact has no address or has answered is no failure.
    """

    recipients: tuple[Recipient, ...]
    excluded: tuple[Exclusion, ...] = ()

    @property
    def requested(self) -> int:
        """Receivers asked for, each once."""
        return len(self.recipients) + len(self.excluded)

    @property
    def without_address(self) -> int:
        """Contacts that have no address on the channel."""
        return sum(who.category is ExclusionReason.NO_ADDRESS for who in self.excluded)

    @property
    def answered(self) -> int:
        """Contacts who have answered already."""
        return sum(who.category is ExclusionReason.ANSWERED for who in self.excluded)

    @property
    def failure_reason(self) -> str | None:
        """Which receivers were refused, by count and reason, or why nobody is left; None if all is well."""
        refused = Counter(_sentence(who) for who in self.excluded if who.category not in _NO_FAILURE)
        reasons = [f"{count} {reason}" for reason, count in refused.items()]
        if self.recipients:
            return f"receivers refused: {'; '.join(reasons)}" if reasons else None
        if self.excluded and self.answered == len(self.excluded):
            return "everybody has answered already"
        if self.without_address:
            reasons.append(f"{self.without_address} without an address on this channel")
        if self.answered:
            reasons.append(f"{self.answered} have answered already")
        return f"nobody can be reached: {'; '.join(reasons) or 'the lists are empty'}"


@dataclass(frozen=True, slots=True)
class Unresolved:
    """The element names somebody who does not exist; nobody of it is contacted."""

    failure_reason: str


def resolve(
    channel: Channel,
    asked: RequestedReceivers,
    group: ContactGroup | None,
    except_responded: frozenset[ResponseKind] = frozenset(),
    answered: Answered = MappingProxyType({}),
) -> Resolved | Unresolved:
    """Return who the element reaches on the channel, in order.

    Args:
        except_responded: contacts who answered in one of these ways are left out.
        answered: how contacts have answered.
    """
    contacts = _contacts(asked, group)
    if isinstance(contacts, Unresolved):
        return contacts
    by_address: dict[str, Recipient] = {}
    refused: dict[str, Exclusion] = {}
    without: list[Exclusion] = []
    done: list[tuple[Contact, frozenset[ResponseKind]]] = []
    parse = parse_email if channel is Channel.EMAIL else parse_phone

    for raw in asked.recipients:
        address = _address(parse, raw, None, refused)
        if address is not None:
            by_address.setdefault(mailbox_key(address), Recipient(address))
    for contact in contacts:
        if how := has_answered(contact.id, except_responded, answered):
            done.append((contact, how))
            continue
        raw = contact.address_on(channel).strip()
        if not raw:
            without.append(Exclusion(contact.id, "", ExclusionReason.NO_ADDRESS))
            continue
        address = _address(parse, raw, contact.id, refused)
        if address is None:
            continue
        known = by_address.get(mailbox_key(address))
        if known is None or known.contact_id is None:
            anyway = known is not None and bool(except_responded)
            by_address[mailbox_key(address)] = Recipient(
                address, contact.id, contact.lookups, contact.quiet, by_address=anyway
            )
    seen = _answered_already(channel, done, by_address)
    return Resolved(tuple(by_address.values()), (*without, *refused.values(), *seen))


def _answered_already(
    channel: Channel, done: Iterable[tuple[Contact, frozenset[ResponseKind]]], contacted: Container[str]
) -> Iterable[Exclusion]:
    """Return who of those who have answered is left out; nobody whose address is contacted for another reason."""
    out: dict[str, Exclusion] = {}
    for contact, how in done:
        raw = contact.address_on(channel).strip()
        address = _address(parse_email if channel is Channel.EMAIL else parse_phone, raw, None, {}) or raw
        place = mailbox_key(address) if address else contact.id
        if place not in contacted:
            ways = ",".join(kind.value for kind in ResponseKind if kind in how)
            out.setdefault(place, Exclusion(contact.id, address, ExclusionReason.ANSWERED, ways))
    return out.values()


def _address(
    parse: Callable[[str], str], raw: str, contact_id: str | None, refused: dict[str, Exclusion]
) -> str | None:
    """Return the canonical address; on failure note the receiver under the raw text, so that it counts once."""
    try:
        return parse(raw)
    except InvalidPhone as error:
        detail = "email_for_phone" if "@" in raw else f"phone:{error.code}"
    except InvalidEmail as error:
        detail = "phone_for_email" if raw[:1] == "+" else f"email:{error.code}"
    refused[raw] = Exclusion(contact_id, raw[:_KEPT_OF_A_BAD_ADDRESS], ExclusionReason.BAD_ADDRESS, detail)
    return None


def _sentence(who: Exclusion) -> str:
    """Return the rest of a sentence that begins with how many they are."""
    if who.category is ExclusionReason.BAD_ADDRESS:
        kind, _, code = who.detail.partition(":")
        if code:
            return f"with an invalid {'phone number' if kind == 'phone' else 'email address'} ({code})"
    return _SAID.get(who.detail, who.detail)


def _contacts(asked: RequestedReceivers, group: ContactGroup | None) -> Iterable[Contact] | Unresolved:
    """Return the contacts that ids and sets stand for, each once, in order of first mention."""
    if not (asked.contacts or asked.sets):
        return ()
    if group is None:
        return Unresolved("contacts and contactSets need a contact group")
    missing_sets = [name for name in asked.sets if name != EVERYONE and name not in group.sets]
    if missing_sets:
        return Unresolved(f"not in the contact group: contact set {_named(missing_sets)}")
    found: dict[str, Contact] = {}
    missing: list[str] = []
    members: list[Iterable[str]] = [group.contacts if name == EVERYONE else group.sets[name] for name in asked.sets]
    for ids in (asked.contacts, *members):
        for contact_id in ids:
            contact = group.contacts.get(contact_id)
            if contact is None:
                missing.append(contact_id)
            else:
                found[contact_id] = contact
    if missing:
        return Unresolved(f"not in the contact group: contact {_named(missing)}")
    return found.values()


def _named(names: Iterable[str]) -> str:
    unique = list(dict.fromkeys(names))
    shown = ", ".join(f"'{name}'" for name in unique[:_NAMED_AT_MOST])
    return shown if len(unique) <= _NAMED_AT_MOST else f"{shown} and {len(unique) - _NAMED_AT_MOST} more"
