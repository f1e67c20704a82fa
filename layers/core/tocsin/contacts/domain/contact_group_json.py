"""A contact group in the form clients write it and stores keep it.

{"name": "crew",
 "contacts": [{"id": "c1", "sms": "+447777100100", "email": "", "call": "", "lookups": {"firstname": "Ana"},
               "quietHours": {"from": "22:00", "to": "07:00", "zone": "Europe/London"}}],
 "sets": [{"name": "night", "ids": ["c1"]}]}
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import time
from typing import Any

from tocsin.calendar.domain.quiet_hours import QuietChoice, QuietHours, Reachable, parse_quiet_time
from tocsin.calendar.domain.time_zone import zone
from tocsin.contacts.domain.contact import EVERYONE, Contact, ContactGroup
from tocsin.contacts.domain.lookup_names import is_reserved
from tocsin.kernel.domain.errors import FAULTS_LISTED, Fault, InvalidRequest
from tocsin.kernel.domain.plain_text import composed, named, written_number
from tocsin.kernel.domain.suggestions import did_you_mean

MAX_NAME = 128
"""Characters of a group's or set's name, a contact id or a lookup key."""

MAX_VALUE = 1024
"""Characters of an address or a lookup value."""

MAX_FAULTS = FAULTS_LISTED + 1
"""Faults after which reading stops: a group of 10,000 contacts can have the same mistake 10,000 times."""

_ADDRESSES = ("sms", "email", "call")


def contact_group_of(data: object, pointer: str) -> ContactGroup:
    """Return the group that parsed JSON describes.

    Addresses are not judged here: one wrong number must not take the whole group away, it is refused when a call
    uses it.

    Args:
        pointer: JSON pointer of `data` in the request; the faults' pointers continue it.

    Raises:
        InvalidRequest: names everything that is wrong, up to MAX_FAULTS.
    """
    reader = _GroupReader()
    group = reader.group(data, pointer)
    if reader.faults:
        raise InvalidRequest(reader.faults)
    return group


def contact_of(data: object, contact_id: str) -> Contact:
    """Return the contact of parsed JSON, whose `id` is `contact_id` or missing. Raises InvalidRequest: all faults."""
    reader = _GroupReader()
    contact = reader.contact({"id": contact_id, **data} if isinstance(data, dict) else data)
    if contact is not None and contact.id != named(contact_id):
        reader.faults.append(Fault("/id", "CONFLICT", "must be the id in the path, or missing"))
    if contact is None or reader.faults:
        raise InvalidRequest(reader.faults)
    return contact


def set_of(data: object, name: str, group: ContactGroup) -> tuple[str, tuple[str, ...]]:
    """Return the name and ids of the set of parsed JSON, whose `name` is `name` or missing; its ids are in the group.

    Raises:
        InvalidRequest: with all faults; the name may be reserved, or none.
    """
    reader = _GroupReader()
    found = reader.set({"name": name, **data} if isinstance(data, dict) else data, group)
    if list(found) != [named(name)] or reader.faults:
        raise InvalidRequest(reader.faults or [Fault("/name", "CONFLICT", "must be the name in the path, or missing")])
    return next(iter(found.items()))


def data_of(group: ContactGroup) -> dict[str, Any]:
    """Return the group in the form `contact_group_of` reads; empty fields are omitted."""
    return {
        "name": group.name,
        "contacts": [contact_data(contact) for contact in group.contacts.values()],
        "sets": [{"name": name, "ids": list(ids)} for name, ids in group.sets.items()],
    }


def contact_data(contact: Contact) -> dict[str, Any]:
    """Return the contact in the form `contact_of` reads; empty fields are omitted."""
    data: dict[str, Any] = {"id": contact.id}
    data |= {field: raw for field in _ADDRESSES if (raw := getattr(contact, field))}
    if contact.lookups:
        data["lookups"] = dict(contact.lookups)
    if contact.quiet is not None:
        data["quietHours"] = _quiet_data(contact.quiet)
    return data


def _quiet_data(quiet: QuietHours | Reachable) -> str | dict[str, str]:
    if isinstance(quiet, Reachable):
        return quiet.value
    data = {"from": f"{quiet.start:%H:%M}", "to": f"{quiet.end:%H:%M}"}
    return data if quiet.zone is None else {**data, "zone": quiet.zone}


class _Full(Exception):
    """Enough faults were found."""


class _GroupReader:
    """Reads one group and gathers what is wrong with it."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def group(self, data: object, at: str) -> ContactGroup:
        try:
            return self._group(data, at)
        except _Full:
            return ContactGroup("", {})

    def contact(self, data: object) -> Contact | None:
        try:
            return self._contact(data, "")
        except _Full:
            return None

    def set(self, data: object, group: ContactGroup) -> dict[str, tuple[str, ...]]:
        sets: dict[str, tuple[str, ...]] = {}
        try:
            self._set(data, "", group.contacts, sets)
        except _Full:
            return {}
        return sets

    def _fault(self, at: str, code: str, message: str) -> None:
        self.faults.append(Fault(at, code, message))
        if len(self.faults) >= MAX_FAULTS:
            raise _Full

    def _group(self, data: object, at: str) -> ContactGroup:
        fields = self._object(data, at, ("name", "contacts", "sets"))
        if fields is None:
            return ContactGroup("", {})
        name = self._text(fields.get("name", ""), f"{at}/name", MAX_NAME)
        contacts: dict[str, Contact] = {}
        for index, entry in enumerate(self._array(fields, "contacts", at)):
            here = f"{at}/contacts/{index}"
            contact = self._contact(entry, here)
            if contact is None:
                continue
            if contact.id in contacts:
                self._fault(f"{here}/id", "DUPLICATE", "every contact of a group needs an id of its own")
            contacts.setdefault(contact.id, contact)
        sets: dict[str, tuple[str, ...]] = {}
        for index, entry in enumerate(self._array(fields, "sets", at, required=False)):
            self._set(entry, f"{at}/sets/{index}", contacts, sets)
        return ContactGroup(name, contacts, sets)

    def _contact(self, data: object, at: str) -> Contact | None:
        fields = self._object(data, at, ("id", *_ADDRESSES, "lookups", "quietHours"))
        if fields is None:
            return None
        contact_id = self._name(fields, "id", at)
        sms, email, call = (self._address(fields.get(field), f"{at}/{field}") for field in _ADDRESSES)
        lookups = self._lookups(fields.get("lookups"), f"{at}/lookups")
        quiet = self._quiet(fields.get("quietHours"), f"{at}/quietHours")
        return None if contact_id is None else Contact(contact_id, sms, email, call, lookups, quiet)

    def _address(self, data: object, at: str) -> str:
        return "" if data is None else self._text(data, at, MAX_VALUE).strip()

    def _lookups(self, data: object, at: str) -> dict[str, str]:
        if data is None or _blank(data):
            return {}
        if not isinstance(data, dict):
            self._fault(at, "WRONG_TYPE", "must be an object of texts")
            return {}
        lookups = {}
        for written, value in data.items():
            key = composed(written)
            here = f"{at}/{_escaped(key)}"
            if not key or len(key) > MAX_NAME or "{" in key or "}" in key:
                self._fault(here, "WRONG_FORM", f"a lookup's name has 1 to {MAX_NAME} characters and no braces")
            elif is_reserved(key):
                self._fault(here, "RESERVED", "this keyword has a meaning of its own; choose another name")
            lookups[key] = self._text(_digits(value), here, MAX_VALUE)
        return lookups

    def _quiet(self, data: object, at: str) -> QuietChoice:
        if data is None or _blank(data):
            return None
        if isinstance(data, str):
            if data != Reachable.ALWAYS:
                self._fault(at, "NOT_ALLOWED", "must be `none`, or an object with `from` and `to`")
            return Reachable.ALWAYS
        fields = self._object(data, at, ("from", "to", "zone"))
        if fields is None:
            return None
        start, end = (self._time_of_day(fields, field, at) for field in ("from", "to"))
        given = fields.get("zone")
        name = None if given is None or _blank(given) else self._text(given, f"{at}/zone", MAX_NAME)
        if name and zone(name) is None:
            self._fault(f"{at}/zone", "UNKNOWN_ZONE", "must be the name of a time zone, like Europe/London")
        if start is None or end is None:
            return None
        if start == end:
            self._fault(f"{at}/to", "NEVER", "must be another time than `from`; quiet hours end")
            return None
        return QuietHours(start, end, zone=name)

    def _time_of_day(self, fields: Mapping[str, Any], field: str, at: str) -> time | None:
        here = f"{at}/{field}"
        if field not in fields:
            self._fault(here, "REQUIRED", f"{field} is missing")
            return None
        text = self._text(fields[field], here, MAX_NAME)
        if not isinstance(fields[field], str):
            return None
        try:
            return parse_quiet_time(text)
        except ValueError as error:
            self._fault(here, "WRONG_FORM", str(error))
            return None

    def _set(self, data: object, at: str, contacts: Container[str], sets: dict[str, tuple[str, ...]]) -> None:
        fields = self._object(data, at, ("name", "ids"))
        if fields is None:
            return
        name = self._name(fields, "name", at)
        if name == EVERYONE:
            self._fault(f"{at}/name", "RESERVED", "every group has the set 'all' already; choose another name")
        elif name in sets:
            self._fault(f"{at}/name", "DUPLICATE", "every set of a group needs a name of its own")
        ids: dict[str, None] = {}
        for index, entry in enumerate(self._array(fields, "ids", at)):
            here = f"{at}/ids/{index}"
            contact_id = named(self._text(_digits(entry), here, MAX_NAME))
            if contact_id and contact_id not in contacts:
                self._fault(here, "UNKNOWN_CONTACT", "no contact of this group has this id")
            ids[contact_id] = None
        if name is not None:
            sets.setdefault(name, tuple(ids))

    def _name(self, fields: Mapping[str, Any], field: str, at: str) -> str | None:
        """Return an id or a set's name, None if it is of no use. It must survive a comma-separated list."""
        here = f"{at}/{field}"
        if field not in fields:
            self._fault(here, "REQUIRED", f"{field} is missing")
            return None
        given = _digits(fields[field])
        name = named(self._text(given, here, MAX_NAME))
        if isinstance(given, str) and (not name or "," in name or not name.isprintable()):
            self._fault(here, "WRONG_FORM", "must not be empty or hold commas or control characters")
        return name or None

    def _object(self, data: object, at: str, known: tuple[str, ...]) -> Mapping[str, Any] | None:
        if not isinstance(data, dict):
            self._fault(at, "WRONG_TYPE", "must be an object")
            return None
        for field in data:
            if field not in known:
                meant = did_you_mean(field, known)
                hint = f"did you mean '{meant}'?" if meant else f"known are {', '.join(known)}"
                self._fault(f"{at}/{_escaped(field)}", "UNKNOWN_FIELD", f"no such field; {hint}")
        return data

    def _array(self, fields: Mapping[str, Any], field: str, at: str, *, required: bool = True) -> list[Any]:
        data = fields.get(field)
        if isinstance(data, list):
            return data
        if data is not None and (required or not _blank(data)):
            self._fault(f"{at}/{field}", "WRONG_TYPE", "must be an array")
        elif required:
            self._fault(f"{at}/{field}", "REQUIRED", f"{field} is missing")
        return []

    def _text(self, data: object, at: str, longest: int) -> str:
        if not isinstance(data, str):
            self._fault(at, "WRONG_TYPE", "must be a text")
            return ""
        if len(data) > longest:
            self._fault(at, "TOO_LONG", f"has at most {longest} characters")
            return ""
        return composed(data)


def _blank(data: object) -> bool:
    """An optional field that is blank counts as omitted."""
    return isinstance(data, str) and not data.strip()


def _digits(data: object) -> object:
    """Return a number as the text that was meant, anything else as it is."""
    return written_number(data) if isinstance(data, (int, float)) and not isinstance(data, bool) else data


def _escaped(name: str) -> str:
    """Return a field name as a part of a JSON pointer (RFC 6901), at most its first 64 characters."""
    return name[:64].replace("~", "~0").replace("/", "~1")
