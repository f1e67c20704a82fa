"""People of a contact group as a table: a first row with the names of the columns, then a row for each person."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from console.groups.contact_form import address_faults
from console.words import counted, sentence
from tocsin.contacts.domain.contact import Contact, ContactGroup
from tocsin.contacts.domain.contact_group_json import contact_data, contact_of
from tocsin.kernel.domain.errors import InvalidRequest
from tocsin.kernel.domain.plain_text import named

_COLUMNS = {
    "id": ("id", "name", "contact", "person"),
    "sms": ("sms", "text", "mobile", "mobile phone", "mobile number", "cell", "number", "phone"),
    "email": ("email", "e-mail", "mail", "email address"),
    "call": ("call", "calls", "voice", "landline"),
    "quiet": ("quiet", "quiet hours"),
}
"""The words by which a column is known, in any case. Any other column is a word that texts may use."""

_FIELD_WORDS = {"sms": "text", "email": "email", "call": "call"}

_FAULTS = 100
"""Most faults that are listed."""


@dataclass(frozen=True, slots=True)
class TableFault:
    """What is wrong with a table. `line` is that of the text, from 1; `column` is the name of the column, or ""."""

    line: int
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a person that a table changes."""

    contact: str
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class TablePlan:
    """What a table does to a group.

    Attributes:
        contacts: people as they are afterwards: those who are new, and those who change.
        added: names of new people.
        changes: of people who are there.
        same: number of people in the table who stay as they are.
        absent: number of people of the group who are not in the table; they stay.
        words: columns that became words for texts.
    """

    contacts: tuple[Contact, ...] = ()
    added: tuple[str, ...] = ()
    changes: tuple[FieldChange, ...] = ()
    same: int = 0
    absent: int = 0
    words: tuple[str, ...] = ()
    faults: tuple[TableFault, ...] = ()

    @property
    def changed(self) -> int:
        """Number of people who change."""
        return len(self.contacts) - len(self.added)


@dataclass(slots=True)
class _Reading:
    faults: list[TableFault] = field(default_factory=list)
    first_lines: dict[str, int] = field(default_factory=dict)

    def fault(self, line: int, column: str, message: str) -> None:
        self.faults.append(TableFault(line, column, message))


def plan_of(text: str, group: ContactGroup) -> TablePlan:
    """Return what a pasted table does to a group. With faults nothing may be changed.

    A person of the group is found by name. Columns that the table lacks, and people who are not in it, stay. An empty
    cell empties the field.
    """
    reading = _Reading()
    rows = _rows(text, reading)
    if not rows:
        return TablePlan(faults=tuple(reading.faults) or (TableFault(1, "", "There is no table here."),))
    (line, head), people = rows[0], rows[1:]
    columns = [_column(name) for name in head]
    if "id" not in columns:
        message = "The first row must name the columns, and one of them must be “name”."
        return TablePlan(faults=(TableFault(line, "", message),))
    for place, column in enumerate(columns):
        if column and column in columns[:place]:
            reading.fault(line, head[place], "This column is there twice.")
    contacts = [
        contact for at, cells in people if (contact := _contact(at, head, columns, cells, group, reading)) is not None
    ]
    if not contacts and not reading.faults:
        reading.fault(line, "", "No row names a person.")
    words = tuple(column for column in columns if column and column not in _COLUMNS)
    if reading.faults:
        return TablePlan(words=words, faults=tuple(reading.faults[:_FAULTS]))
    return _compared(contacts, group, words)


def _compared(contacts: list[Contact], group: ContactGroup, words: tuple[str, ...]) -> TablePlan:
    moved = [contact for contact in contacts if group.contacts.get(contact.id) != contact]
    changes = [
        change
        for contact in moved
        if (there := group.contacts.get(contact.id)) is not None
        for change in _changes(there, contact)
    ]
    return TablePlan(
        contacts=tuple(moved),
        added=tuple(contact.id for contact in moved if contact.id not in group.contacts),
        changes=tuple(changes),
        same=len(contacts) - len(moved),
        absent=len(group.contacts.keys() - {contact.id for contact in contacts}),
        words=words,
    )


def _rows(text: str, reading: _Reading) -> list[tuple[int, list[str]]]:
    """Return the rows that are not blank, each with its line. Commas, semicolons or tabs separate cells."""
    text = text.removeprefix("\ufeff")
    first = next((line for line in text.splitlines() if line.strip()), "")
    between = max("\t;,", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True)
    rows, line = [], 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((line, [cell.strip() for cell in cells]))
            line = reader.line_num + 1
    except csv.Error:
        reading.fault(line, "", "A quotation mark is missing, or stands in the middle of a cell.")
    return rows


def _column(name: str) -> str:
    plain = " ".join(named(name).casefold().replace("_", " ").split())
    return next((column for column, words in _COLUMNS.items() if plain in words), named(name))


def _contact(
    line: int, head: list[str], columns: list[str], cells: list[str], group: ContactGroup, reading: _Reading
) -> Contact | None:
    if len(cells) > len(head):
        reading.fault(
            line, "", f"It has {counted(len(cells), 'cell')}, and the first row names {counted(len(head), 'column')}."
        )
        return None
    given = dict(zip(columns, cells, strict=False))
    name = named(given.pop("id", ""))
    if not name:
        reading.fault(line, head[columns.index("id")], "A name is missing.")
        return None
    if name in reading.first_lines:
        reading.fault(line, head[columns.index("id")], f"This person is on line {reading.first_lines[name]} already.")
        return None
    reading.first_lines[name] = line
    there = group.contacts.get(name)
    try:
        contact = contact_of(_data(given, there), name)
    except InvalidRequest as error:
        for fault in error.faults:
            reading.fault(line, _heading(fault.pointer, head, columns), sentence(fault.message))
        return None
    for fault in address_faults(contact):
        if there is None or getattr(there, fault.pointer) != getattr(contact, fault.pointer):
            reading.fault(line, _heading(fault.pointer, head, columns), fault.message)
    return contact


def _data(given: Mapping[str, str], there: Contact | None) -> dict[str, Any]:
    """Return a person's JSON: what the table gives, over what is there."""
    data: dict[str, Any] = contact_data(there) if there is not None else {}
    lookups = dict(data.get("lookups", {}))
    for column, cell in given.items():
        if column in ("sms", "email", "call"):
            data[column] = cell
        elif column == "quiet":
            data["quietHours"] = _quiet(cell, data.get("quietHours"))
        elif column and cell:
            lookups[column] = cell
        else:
            lookups.pop(column, None)
    return {**data, "lookups": lookups}


def _quiet(cell: str, there: object) -> object:
    start, dash, end = cell.replace("\u2013", "-").partition("-")
    if not dash:
        return cell.casefold() or None
    zone = {"zone": there["zone"]} if isinstance(there, dict) and "zone" in there else {}
    return {"from": start.strip(), "to": end.strip(), **zone}


def _heading(pointer: str, head: list[str], columns: list[str]) -> str:
    parts = pointer.strip("/").split("/")
    column = {"quietHours": "quiet", "lookups": parts[-1].replace("~1", "/").replace("~0", "~")}.get(parts[0], parts[0])
    return head[columns.index(column)] if column in columns else ""


def _changes(before: Contact, after: Contact) -> list[FieldChange]:
    was, now = _flat(before), _flat(after)
    return [
        FieldChange(before.id, name, was.get(name, ""), now.get(name, ""))
        for name in {**was, **now}
        if was.get(name) != now.get(name)
    ]


def _flat(contact: Contact) -> dict[str, str]:
    data = contact_data(contact)
    quiet = data.pop("quietHours", "")
    flat = {_FIELD_WORDS[name]: value for name, value in data.items() if name in _FIELD_WORDS}
    if quiet:
        flat["quiet hours"] = quiet if isinstance(quiet, str) else f"{quiet['from']}-{quiet['to']}"
    return flat | dict(data.get("lookups", {}))
