"""Removes one person from stored JSON values, which stay valid.

    result events            the event stays, without the person's address and without what the person wrote
    contact groups, lists    the contact is removed, from sets too
    anything else            every mention of an address is removed

The values are the JSON that clients send and read. A value without the person is returned unchanged.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote, quote_plus

from tocsin.contacts.domain.address import parse_address
from tocsin.contacts.domain.email_address import InvalidEmail, mailbox_key
from tocsin.contacts.domain.phone_number import InvalidPhone
from tocsin.contacts.domain.phone_region import region_of
from tocsin.contacts.domain.recipient import ERASED_ADDRESS
from tocsin.kernel.domain.csv_list import parse_list


@dataclass(frozen=True, slots=True)
class Person:
    """The person to erase.

    Attributes:
        contact_ids: ids in contact groups; an id means the same person in all groups of the tenant.
        addresses: canonical numbers and email addresses.
        things: ids of the person in the directory, and of the person's lines there.
    """

    contact_ids: frozenset[str] = frozenset()
    addresses: frozenset[str] = frozenset()
    things: frozenset[str] = frozenset()

    def means(self, address: object, contact_id: object = None) -> bool:
        """Whether a receiver with this address (in any spelling) or contact id is the person."""
        return contact_id in self.contact_ids or (
            isinstance(address, str) and bool(address) and _compared(address) in {_compared(a) for a in self.addresses}
        )

    def written_in(self, text: str) -> bool:
        """Whether a text that is no valid address holds one of the person's, as in `07700 900123` or `Eve <eve@…>`.

        A number is found by its digits without the calling code, whatever stands between them.
        """
        with suppress(ValueError):
            canonical(text)
            return False
        lowered = text.lower()
        digits = "".join(filter(str.isdecimal, text))
        return any(
            _national_digits(address) in digits if address.startswith("+") else mailbox_key(address) in lowered
            for address in self.addresses
        )

    def and_also(self, other: Person) -> Person:
        """Return the person with the ids and addresses of both."""
        return Person(
            self.contact_ids | other.contact_ids, self.addresses | other.addresses, self.things | other.things
        )


def canonical(address: str) -> str:
    """Return the canonical form of a number or email address.

    Raises:
        ValueError: the text is neither.
    """
    try:
        return parse_address(address)
    except (InvalidEmail, InvalidPhone) as error:
        raise ValueError("must be a phone number like +447777100100, or an email address") from error


def _national_digits(number: str) -> str:
    place = region_of(number)
    return number[1 + len(place.calling_code) :] if place else number[1:]


def _compared(address: str) -> str:
    try:
        return mailbox_key(canonical(address))
    except ValueError:
        return address


def known_by(contact: Mapping[str, Any]) -> Person:
    """Return the id and the valid addresses of a contact in a group."""
    addresses = set()
    for name in ("sms", "email", "call"):
        try:
            addresses.add(canonical(contact.get(name) or ""))
        except ValueError:
            continue
    contact_id = contact.get("id")
    return Person(frozenset([contact_id] if isinstance(contact_id, str) else ()), frozenset(addresses))


def found_in_group(group: Mapping[str, Any], person: Person) -> Person:
    """Return the ids and addresses of all contacts in a group that are the person."""
    found = Person()
    for contact in group.get("contacts") or ():
        if any(person.means(contact.get(name), contact.get("id")) for name in ("sms", "email", "call")):
            found = found.and_also(known_by(contact))
    return found


_OF_ANY_EVENT = {
    "eventId", "clientRef", "alertId", "alertRef", "type", "tag", "event", "whence", "reason", "reasonText",
    "possibleDuplicate", "version",
}  # fmt: skip


def without_alertee(body: str, person: Person) -> str:
    """Return the JSON text of a result event without the person's address and without what the person wrote."""
    event = json.loads(body)
    if not any(person.means(address, event.get("contactId")) for address in event.get("alertees") or ()):
        return body
    kept = {
        name: [ERASED_ADDRESS] if name == "alertees" else value
        for name, value in event.items()
        if name in _OF_ANY_EVENT or name == "alertees"
    }
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def without_contact(group: dict[str, Any], person: Person) -> dict[str, Any]:
    """Return a contact group without the person's contacts; their ids are removed from its sets too."""
    gone = {
        contact.get("id")
        for contact in group.get("contacts") or ()
        if any(person.means(contact.get(name), contact.get("id")) for name in ("sms", "email", "call"))
    }
    if not gone:
        return group
    kept = [contact for contact in group["contacts"] if contact.get("id") not in gone]
    sets = [{**each, "ids": [id for id in each.get("ids") or () if id not in gone]} for each in group.get("sets") or ()]
    return {**group, "contacts": kept, **({"sets": sets} if "sets" in group else {})}


def without_entry(csv: str, person: Person) -> str:
    """Return a CSV list of addresses or contact ids without those of the person."""
    entries = parse_list(csv)
    kept = [entry for entry in entries if not person.means(entry, entry)]
    return csv if len(kept) == len(entries) else ", ".join(kept)


_LISTS = {"recipients", "contacts"}


_CSVS = {"recipientList", "contactList"}


def without_receiver(body: Any, person: Person) -> Any:
    """Return the JSON of a stored alert without the person in its contact group and its receivers."""
    if isinstance(body, list):
        return [without_receiver(each, person) for each in body]
    if not isinstance(body, dict):
        return body
    if any(isinstance(contact, dict) for contact in body.get("contacts") or ()):
        return without_contact(body, person)
    kept: dict[str, Any] = {}
    for name, value in body.items():
        if name in _LISTS and isinstance(value, list):
            kept[name] = [entry for entry in value if not person.means(entry, entry)]
        elif name in _CSVS and isinstance(value, str):
            kept[name] = without_entry(value, person)
        else:
            kept[name] = without_receiver(value, person)
    return kept


_RECEIVER_FORMS = ("recipients", "contacts", "recipientList", "contactList")


def step_without(text: str, person: Person) -> str:
    """Return the JSON text of an escalation step without the person. An element without other receivers is removed."""
    body = json.loads(text)
    kept = without_mention(without_receiver(body, person), person)
    if kept == body:
        return text
    elements = zip(body["alert"], kept["alert"], strict=True)
    kept["alert"] = [after for before, after in elements if _has_receivers(after) or not _has_receivers(before)]
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def _has_receivers(element: dict[str, Any]) -> bool:
    stored = (name for name in element if name.startswith("stored") and name != "storedContent")
    return any(element.get(form) for form in (*_RECEIVER_FORMS, "contactSets", "contactSetList", *stored))


def without_mention(value: Any, person: Person) -> Any:
    """Return a JSON value whose strings contain no address of the person.

    A number is also found as people write it. The encodings are those that Tocsin writes: URL, JSON, and base64 of a
    whole string.
    """
    if isinstance(value, str):
        return _unmentioned(value, _written_forms(person))
    if isinstance(value, list):
        return [without_mention(each, person) for each in value]
    if isinstance(value, dict):
        return {without_mention(name, person): without_mention(each, person) for name, each in value.items()}
    return value


def mentioned_in(text: str, person: Person) -> bool:
    """Whether a text holds an address of the person, in any form in which it is written."""
    forms = _written_forms(person)
    return forms is not None and forms.may_be_in(text) and forms.pattern.search(text) is not None


@dataclass(frozen=True, slots=True)
class _WrittenForms:
    """How addresses are written.

    Attributes:
        pattern: finds them.
        literal: addresses as they are and as they are encoded, case-folded.
        national: the digits of numbers without the calling code.
    """

    pattern: re.Pattern[str]
    literal: tuple[str, ...]
    national: tuple[str, ...]

    def may_be_in(self, text: str) -> bool:
        """Whether the pattern can match. Most texts hold no address, and the pattern looks at each of their letters."""
        # İ and ı, which an expression that ignores case takes for i, do not fold to i
        folded = text.replace("\u0130", "i").replace("\u0131", "i").casefold()
        if any(form in folded for form in self.literal):
            return True
        joined = "".join(text.split())
        for between in "()./-":
            joined = joined.replace(between, "")
        return any(digits in joined for digits in self.national)

    def without(self, text: str) -> str:
        """Return the text without the addresses."""
        return self.pattern.sub(ERASED_ADDRESS, text) if self.may_be_in(text) else text


def _unmentioned(text: str, forms: _WrittenForms | None) -> str:
    if forms is None:
        return text
    plain = forms.without(text)
    if plain != text or len(text) < 8:
        return plain
    try:
        inside = base64.b64decode("".join(text.split()), validate=True).decode()
    except (binascii.Error, UnicodeError, ValueError):
        return text
    kept = forms.without(inside)
    return text if kept == inside else base64.b64encode(kept.encode()).decode()


@lru_cache(maxsize=16)
def _written_forms(person: Person) -> _WrittenForms | None:
    """Return how the person's addresses are written; None: there are none."""
    forms: set[str] = set()
    for address in person.addresses:
        escaped = json.dumps(address)[1:-1]
        forms |= {address, quote(address, safe=""), quote(address), quote_plus(address), escaped, address.lstrip("+")}
    if not forms:
        return None
    numbers = [address for address in sorted(person.addresses) if address.startswith("+")]
    longest_first = sorted(forms, key=len, reverse=True)
    return _WrittenForms(
        pattern=re.compile("|".join([*map(_spoken_form, numbers), *map(re.escape, longest_first)]), re.IGNORECASE),
        literal=tuple(form.casefold() for form in longest_first),
        national=tuple(map(_national_digits, numbers)),
    )


_ENOUGH_DIGITS = 8
"""A number without its calling code is only found if it has so many digits; a shorter one may be anything."""

_ANOTHER_CALLING_CODE = r"(?<!\+\d[\s-])(?<!\+\d\d[\s-])(?<!\+\d\d\d[\s-])"


def _spoken_form(number: str) -> str:
    """Return an expression that finds a number as people write it: `07700 900123`, `0044-7700-900123`, `(0)7700 …`."""
    between = r"[\s()./-]{0,3}"
    national = _national_digits(number)
    code = number[1 : len(number) - len(national)]
    prefix = rf"(?:(?:\+|00)?{code}{between}(?:0{between})?|0{between})"
    optional = "?" if len(national) >= _ENOUGH_DIGITS else ""
    return rf"(?<!\d){_ANOTHER_CALLING_CODE}{prefix}{optional}{between.join(national)}(?!\d)"
