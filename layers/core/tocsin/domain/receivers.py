"""Who a call reaches: the nine receiver forms of one element, resolved into addresses.

    recipients, recipientList, storedRecipients ────────── plain addresses ─┐
    contacts, contactList, storedContactList ──► contacts ─► their address ─┼─► union, each address once
    contactSets, contactSetList, storedContactSetList ──► contacts ─────────┘

The order is the order above, first mention first. Where a plain address is also a contact's, the contact stays: its
id and lookups would be lost otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from tocsin.domain.alert import Channel, Recipient
from tocsin.domain.contact import EVERYONE, Contact, ContactGroup
from tocsin.domain.email_address import InvalidEmail, mailbox_key, parse_email
from tocsin.domain.phone_number import InvalidPhone, parse_phone

_NAMED_AT_MOST = 5
"""Unknown ids or sets that a failure reason spells out."""

_WANTED_PHONE = "with an email address instead of a phone number"
_WANTED_EMAIL = "with a phone number instead of an email address"


@dataclass(frozen=True, slots=True)
class Asked:
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
        without_address: contacts that have no address on the channel; skipped, and no failure.
        refused: how many receivers had an address of no use, by reason.
    """

    recipients: tuple[Recipient, ...]
    without_address: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)

    @property
    def requested(self) -> int:
        """Receivers asked for, each once."""
        return len(self.recipients) + self.without_address + sum(self.refused.values())

    @property
    def failure_reason(self) -> str | None:
        """Which receivers were refused, by count and reason, or why nobody is left; None if all is well."""
        reasons = [f"{count} {reason}" for reason, count in self.refused.items()]
        if self.recipients:
            return f"receivers refused: {'; '.join(reasons)}" if reasons else None
        if self.without_address:
            reasons.append(f"{self.without_address} without an address on this channel")
        return f"nobody can be reached: {'; '.join(reasons) or 'the lists are empty'}"


@dataclass(frozen=True, slots=True)
class Unresolved:
    """The element names somebody who does not exist; nobody of it is contacted."""

    failure_reason: str


def resolve(channel: Channel, asked: Asked, group: ContactGroup | None) -> Resolved | Unresolved:
    """Return who the element reaches on the channel, in order."""
    contacts = _contacts(asked, group)
    if isinstance(contacts, Unresolved):
        return contacts
    by_address: dict[str, Recipient] = {}
    refused: dict[str, str] = {}
    parse = parse_email if channel is Channel.EMAIL else parse_phone

    for raw in asked.recipients:
        address = _address(parse, raw, refused)
        if address is not None:
            by_address.setdefault(mailbox_key(address), Recipient(address))
    without_address = 0
    for contact in contacts:
        raw = contact.address_on(channel).strip()
        if not raw:
            without_address += 1
            continue
        address = _address(parse, raw, refused)
        if address is None:
            continue
        known = by_address.get(mailbox_key(address))
        if known is None or known.contact_id is None:
            by_address[mailbox_key(address)] = Recipient(address, contact.id, contact.lookups, contact.quiet)
    return Resolved(tuple(by_address.values()), without_address, Counter(refused.values()))


def _address(parse: Callable[[str], str], raw: str, refused: dict[str, str]) -> str | None:
    """Return the canonical address; on failure note the reason under the raw text, so that it counts once."""
    try:
        return parse(raw)
    except InvalidPhone as error:
        refused[raw] = _WANTED_PHONE if "@" in raw else f"with an invalid phone number ({error.code})"
    except InvalidEmail as error:
        refused[raw] = _WANTED_EMAIL if raw[:1] == "+" else f"with an invalid email address ({error.code})"
    return None


def _contacts(asked: Asked, group: ContactGroup | None) -> Iterable[Contact] | Unresolved:
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
