"""Resolve the nine receiver forms of one element into addresses.

    recipients, recipientList, storedRecipients ────────── plain addresses ─┐
    contacts, contactList, storedContactList ──► contacts ─► their address ─┼─► union, each address once
    contactSets, contactSetList, storedContactSetList ──► contacts ─────────┘

Recipients keep the order above, by first mention. If a plain address is also a contact's, the contact is used, because
of its id and lookups. A contact who has answered is excluded. An address that the request also names directly, or by
another contact, is still contacted.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from types import MappingProxyType

from tocsin.alerts.domain.alert import MAX_RECIPIENTS
from tocsin.alerts.domain.exclusion import (
    KEPT_OF_AN_ADDRESS,
    NO_FAILURE,
    Exclusion,
    ExclusionReason,
    named_places,
)
from tocsin.alerts.domain.response_kind import Answered, ResponseKind, has_answered
from tocsin.contacts.domain.address import is_mailbox
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.contact import EVERYONE, Contact, ContactGroup
from tocsin.contacts.domain.email_address import InvalidEmail, mailbox_key, parse_email
from tocsin.contacts.domain.phone_number import InvalidPhone, parse_phone
from tocsin.contacts.domain.recipient import ANYBODY, Recipient
from tocsin.contacts.domain.written_address import plain_address
from tocsin.content.domain.sms_text import LONGEST
from tocsin.kernel.domain.counted import counted
from tocsin.kernel.domain.errors import RequestTooLarge
from tocsin.voice.domain.speech import SPOKEN_CHARACTERS

_NAMED_AT_MOST = 5
"""Most unknown ids or sets that a failure reason names."""

_SPELLINGS = 2 * MAX_RECIPIENTS
"""Most different spellings of addresses in one element: an address may be written in several ways."""

_SENTENCES = {
    "email_for_phone": "with an email address instead of a phone number",
    "phone_for_email": "with a phone number instead of an email address",
    "mail_too_large": "whose email would be too large",
    "text_too_long": f"whose text would have more than {LONGEST} characters",
    "speech_too_long": f"to whom more than {SPOKEN_CHARACTERS} characters would be said",
    "unsafe_value": "with a lookup value that no email can hold",
}


@dataclass(frozen=True, slots=True)
class RequestedReceivers:
    """The requested receivers of one element, stored lists included.

    Attributes:
        recipients: raw addresses.
        contacts: contact ids.
        sets: names of contact sets; `all` has every contact.
        places: where each of `recipients` stands; omitted = their place in the tuple.
    """

    recipients: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    def placed(self) -> Iterable[tuple[str, str]]:
        """Return each raw address with where it stands."""
        if self.places:
            return zip(self.recipients, self.places, strict=True)
        return ((raw, f"recipients[{number}]") for number, raw in enumerate(self.recipients))


@dataclass(frozen=True, slots=True)
class Resolved:
    """The receivers of one element.

    Attributes:
        recipients: the reachable receivers in order, each address once.
        excluded: the other receivers, each once. A contact without an address, or who has answered, is no failure.
    """

    recipients: tuple[Recipient, ...]
    excluded: tuple[Exclusion, ...] = ()

    @property
    def requested(self) -> int:
        """Number of requested receivers, each counted once; anybody is none."""
        return (0 if self.recipients == (ANYBODY,) else len(self.recipients)) + len(self.excluded)

    @property
    def without_address(self) -> int:
        """Number of contacts without an address on the channel."""
        return sum(who.category is ExclusionReason.NO_ADDRESS for who in self.excluded)

    @property
    def answered(self) -> int:
        """Number of contacts who have answered already."""
        return sum(who.category is ExclusionReason.ANSWERED for who in self.excluded)

    @property
    def failure_reason(self) -> str | None:
        """Which receivers were refused, and why, or why no receiver remains; None if all is well."""
        refused: dict[str, list[Exclusion]] = {}
        for who in self.excluded:
            if who.category not in NO_FAILURE:
                refused.setdefault(_sentence(who), []).append(who)
        reasons = [f"{len(these)} {reason}{named_places(these)}" for reason, these in refused.items()]
        if self.recipients:
            return f"receivers refused: {'; '.join(reasons)}" if reasons else None
        if self.excluded and self.answered == len(self.excluded):
            return "everybody has answered already"
        if self.without_address:
            reasons.append(f"{self.without_address} without an address on this channel")
        if self.answered:
            reasons.append(f"{counted(self.answered, 'has', 'have')} answered already")
        return f"no receiver can be reached: {'; '.join(reasons) or 'the lists are empty'}"

    def none_taken(self, category: ExclusionReason, detail: str = "") -> Resolved:
        """Return the same receivers, all of them excluded; those that were excluded before keep their reason."""
        named = (who for who in self.recipients if who != ANYBODY)
        return Resolved((), (*self.excluded, *(Exclusion.of(who, category, detail) for who in named)))


@dataclass(frozen=True, slots=True)
class Unresolved:
    """The element names a contact or set that does not exist; no receiver of the element is contacted.

    Attributes:
        excluded: the receivers that the element names, as far as they are known.
    """

    failure_reason: str
    category: ExclusionReason
    excluded: tuple[Exclusion, ...] = ()


def resolve(
    channel: Channel,
    requested: RequestedReceivers,
    group: ContactGroup | None,
    except_responded: frozenset[ResponseKind] = frozenset(),
    answered: Answered = MappingProxyType({}),
    *,
    stored_group: bool = False,
) -> Resolved | Unresolved:
    """Return the receivers of the element on the channel, in order.

    Args:
        group: the contact group of the call, None if it has none.
        except_responded: contacts who answered in one of these ways are excluded.
        answered: how contacts have answered.
        stored_group: whether the group is not part of the request itself.
    """
    named = _named_contacts(requested, group)
    contacts = named.found.values()
    in_group = "contacts[{}] of the stored group" if stored_group else "contactGroup.contacts[{}]"
    ids = group.contacts if group and contacts else ()
    places = {id: in_group.format(number) for number, id in enumerate(ids)}
    by_address: dict[str, Recipient] = {}
    refused: dict[str, Exclusion] = {}
    without: list[Exclusion] = []
    done: list[tuple[Contact, frozenset[ResponseKind]]] = []
    parse = parse_email if channel is Channel.EMAIL else parse_phone

    written: dict[str, str] = {}
    for raw, place in requested.placed():
        written.setdefault(raw, place)
    if len(written) > _SPELLINGS:
        raise RequestTooLarge(MAX_RECIPIENTS, "recipients")
    for raw, place in written.items():
        address = _address(parse, raw, None, refused, place)
        if address is not None:
            by_address.setdefault(mailbox_key(address), Recipient(address, place=place))
    for contact in contacts:
        if how := has_answered(contact.id, except_responded, answered):
            done.append((contact, how))
            continue
        place = places[contact.id]
        raw = contact.address_on(channel).strip()
        if not raw:
            without.append(Exclusion(contact.id, "", ExclusionReason.NO_ADDRESS, place=place))
            continue
        address = _address(parse, raw, contact.id, refused, place)
        if address is None:
            continue
        known = by_address.get(mailbox_key(address))
        if known is None or known.contact_id is None:
            anyway = known is not None and bool(except_responded)
            by_address[mailbox_key(address)] = Recipient(
                address, contact.id, contact.lookups, contact.quiet, by_address=anyway, place=place
            )
    seen = _answered_already(channel, done, by_address, places)
    resolved = Resolved(tuple(by_address.values()), (*without, *refused.values(), *seen))
    if (why := named.failure) is None:
        return resolved
    unknown = (Exclusion(id, "", why.category) for id in dict.fromkeys(named.missing))
    return replace(why, excluded=(*unknown, *resolved.none_taken(why.category).excluded))


def _answered_already(
    channel: Channel,
    done: Iterable[tuple[Contact, frozenset[ResponseKind]]],
    contacted: Container[str],
    places: Mapping[str, str],
) -> Iterable[Exclusion]:
    """Return the exclusions of contacts who have answered, unless their address is contacted for another reason."""
    out: dict[str, Exclusion] = {}
    for contact, how in done:
        raw = contact.address_on(channel).strip()
        address = _address(parse_email if channel is Channel.EMAIL else parse_phone, raw, None, {}) or raw
        who = mailbox_key(address) if address else contact.id
        if who not in contacted:
            ways = ",".join(kind.value for kind in ResponseKind if kind in how)
            kept = address[:KEPT_OF_AN_ADDRESS]
            out.setdefault(who, Exclusion(contact.id, kept, ExclusionReason.ANSWERED, ways, places[contact.id]))
    return out.values()


def _address(
    parse: Callable[[str], str], raw: str, contact_id: str | None, refused: dict[str, Exclusion], place: str = ""
) -> str | None:
    """Return the canonical address. On failure, add an exclusion under the raw text, so that it counts once."""
    try:
        return parse(raw)
    except InvalidPhone as error:
        detail = "email_for_phone" if is_mailbox(raw) else f"phone:{error.code}"
    except InvalidEmail as error:
        detail = "phone_for_email" if plain_address(raw)[:1] == "+" else f"email:{error.code}"
    kept = raw[:KEPT_OF_AN_ADDRESS]
    refused.setdefault(raw, Exclusion(contact_id, kept, ExclusionReason.BAD_ADDRESS, detail, place))
    return None


def _sentence(who: Exclusion) -> str:
    """Return the sentence part that follows the number of such receivers."""
    if who.category is ExclusionReason.BAD_ADDRESS:
        kind, _, code = who.detail.partition(":")
        if code:
            return f"with an invalid {'phone number' if kind == 'phone' else 'email address'} ({code})"
    return f"{_SENTENCES[who.detail]} ({who.detail})" if who.detail in _SENTENCES else who.detail


@dataclass(frozen=True, slots=True)
class _NamedContacts:
    """The contacts that ids and sets name, each once, in order of first mention.

    Attributes:
        missing: ids that are not in the group.
        failure: why no receiver is contacted, None if all ids and sets are known.
    """

    found: Mapping[str, Contact]
    missing: Sequence[str] = ()
    failure: Unresolved | None = None


def _named_contacts(requested: RequestedReceivers, group: ContactGroup | None) -> _NamedContacts:
    if not (requested.contacts or requested.sets):
        return _NamedContacts({})
    if group is None:
        reason = "contacts and contactSets need a contact group"
        return _NamedContacts({}, requested.contacts, Unresolved(reason, ExclusionReason.NO_CONTACT_GROUP))
    members = [group.contacts if name == EVERYONE else group.sets.get(name, ()) for name in requested.sets]
    found: dict[str, Contact] = {}
    missing: list[str] = []
    for contact_id in chain(requested.contacts, *members):
        contact = group.contacts.get(contact_id)
        if contact is None:
            missing.append(contact_id)
        else:
            found[contact_id] = contact
    failure: Unresolved | None = None
    if missing_sets := [name for name in requested.sets if name != EVERYONE and name not in group.sets]:
        reason = f"not in the contact group: contact set {_named(missing_sets)}"
        failure = Unresolved(reason, ExclusionReason.UNKNOWN_SET)
    elif missing:
        reason = f"not in the contact group: contact {_named(missing)}"
        failure = Unresolved(reason, ExclusionReason.UNKNOWN_CONTACT)
    return _NamedContacts(found, missing, failure)


def _named(names: Iterable[str]) -> str:
    unique = list(dict.fromkeys(names))
    shown = ", ".join(f"'{name}'" for name in unique[:_NAMED_AT_MOST])
    return shown if len(unique) <= _NAMED_AT_MOST else f"{shown} and {len(unique) - _NAMED_AT_MOST} more"
