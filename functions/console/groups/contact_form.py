"""The form of one person of a contact group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from console.visit import Form
from console.words import sentence
from tocsin.calendar.domain.quiet_hours import QuietHours, Reachable
from tocsin.contacts.domain.contact import Contact
from tocsin.contacts.domain.contact_group_json import contact_of
from tocsin.contacts.domain.email_address import InvalidEmail, parse_email
from tocsin.contacts.domain.phone_number import InvalidPhone, parse_phone
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.domain.plain_text import named

_FIELDS = {"id": "name", "sms": "sms", "email": "email", "call": "call", "lookups": "words"}
_QUIET_FIELDS = {"from": "Quiet from", "to": "Quiet until", "zone": "Time zone"}


@dataclass(frozen=True, slots=True)
class TypedContact:
    """The form as it was typed.

    Attributes:
        quiet: "account" (its quiet hours hold), "never", or "own" with `start`, `end` and `zone`.
        words: a line `name = value` for each word that texts may use.
    """

    name: str = ""
    sms: str = ""
    email: str = ""
    call: str = ""
    quiet: str = "account"
    start: str = ""
    end: str = ""
    zone: str = ""
    words: str = ""


def typed_contact(form: Form, name: str = "") -> TypedContact:
    """Return what was typed. `name`: of the person who is edited; "" = it is a field of the form."""
    return TypedContact(
        name=name or named(form.get("name")),
        sms=form.get("sms"),
        email=form.get("email"),
        call=form.get("call"),
        quiet=form.get("quiet", "account"),
        start=form.get("from"),
        end=form.get("to"),
        zone=form.get("zone"),
        words=form.text("words"),
    )


def shown_contact(contact: Contact) -> TypedContact:
    """Return the form of a person as they are stored."""
    own = contact.quiet if isinstance(contact.quiet, QuietHours) else None
    return TypedContact(
        name=contact.id,
        sms=contact.sms,
        email=contact.email,
        call=contact.call,
        quiet="own" if own else "never" if contact.quiet is Reachable.ALWAYS else "account",
        start=f"{own.start:%H:%M}" if own else "",
        end=f"{own.end:%H:%M}" if own else "",
        zone=own.zone or "" if own else "",
        words="\n".join(f"{name} = {value}" for name, value in contact.lookups.items()),
    )


def contact_typed(form: TypedContact) -> Contact:
    """Return the person. Raises InvalidRequest; the pointers are names of the form's fields."""
    faults = []
    lookups: dict[str, str] = {}
    for number, line in enumerate(form.words.splitlines(), 1):
        name, equals, value = line.partition("=")
        if not line.strip():
            continue
        if not equals or not name.strip():
            faults.append(Fault("words", "WRONG_FORM", f"Line {number} is not of the form: name = value"))
        lookups[name.strip()] = value.strip()
    data: dict[str, Any] = {"sms": form.sms, "email": form.email, "call": form.call, "lookups": lookups}
    if form.quiet == "never":
        data["quietHours"] = Reachable.ALWAYS.value
    elif form.quiet == "own":
        data["quietHours"] = {"from": form.start, "to": form.end} | ({"zone": form.zone} if form.zone else {})
    if not form.name:
        faults.append(Fault("name", "REQUIRED", "Give the person a name."))
    else:
        try:
            contact = contact_of(data, form.name)
        except InvalidRequest as error:
            faults += [_on_the_form(fault) for fault in error.faults]
    faults += address_faults(Contact(form.name, form.sms, form.email, form.call))
    if faults:
        raise InvalidRequest(faults)
    return contact


def _on_the_form(fault: Fault) -> Fault:
    """Return a fault of a contact's JSON as a fault of the field that it comes from."""
    first, _, rest = fault.pointer.strip("/").partition("/")
    if first == "quietHours":
        label = _QUIET_FIELDS.get(rest, "Quiet hours")
        return Fault(rest or "quiet", fault.code, sentence(f"{label}: {fault.message}"))
    return Fault(_FIELDS.get(first, "name"), fault.code, sentence(fault.message))


def address_faults(contact: Contact) -> Iterator[Fault]:
    """Yield what is wrong with the numbers and the address of a person; the pointers are `sms`, `email` and `call`."""
    judged: Mapping[str, Any] = {"sms": parse_phone, "email": parse_email, "call": parse_phone}
    for field, parse in judged.items():
        try:
            if text := getattr(contact, field):
                parse(text)
        except (InvalidPhone, InvalidEmail) as error:
            yield Fault(field, error.code.value, sentence(str(error)))
