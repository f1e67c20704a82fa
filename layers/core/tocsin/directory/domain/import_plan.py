"""An import: a CSV table becomes rows, rows become things, and things compared with the directory become a plan.

    adds       rows that match nothing                     changes    rows that match a thing and differ from it
    missing    things that no row matches                  faults     what is wrong, by line and column

A row matches by external id, else by a natural key. A column that the file does not have keeps what is there.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tocsin.directory.domain.fields import settable
from tocsin.directory.domain.natural_keys import natural_keys
from tocsin.directory.domain.things import AnyThing, Kind
from tocsin.identity.domain.role import Role

COLUMNS: Mapping[Kind, tuple[str, ...]] = {
    Kind.COMPANY: ("external_id", "name"),
    Kind.USER: ("external_id", "email", "name", "role", "companies", "zone", "backup_phone"),
    Kind.LINE: ("external_id", "extension", "aliases", "label", "user", "company", "fisher_mode"),
    Kind.PHONE_NUMBER: ("external_id", "e164", "label", "line", "group", "company"),
    Kind.GROUP: ("external_id", "kind", "name", "number", "aliases", "members", "managers", "company"),
}
"""What a file may say of each kind. Other columns are ignored: telephone systems export many."""

LISTS = frozenset({"companies", "aliases", "members", "managers"})
"""Columns whose cells hold several values, between semicolons."""

_TRUE, _FALSE = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0", ""})

ROWS = 20_000
"""Most rows of one file."""


@dataclass(frozen=True, slots=True)
class ImportFault:
    """What is wrong with a cell. Line 1 is the header; the column is a field, "" = the whole line."""

    line: int
    column: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a file: text by field; lists are split."""

    line: int
    cells: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a row asks for. `before` None = new."""

    line: int
    before: AnyThing | None
    after: AnyThing


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import does; nothing if there are faults."""

    adds: Sequence[Wanted] = ()
    changes: Sequence[Wanted] = ()
    missing: Sequence[AnyThing] = ()
    unchanged: int = 0
    faults: Sequence[ImportFault] = field(default=())


def rows_of(text: str, kind: Kind, mapping: Mapping[str, str]) -> tuple[list[Row], list[ImportFault]]:
    """Return the rows of a CSV text whose first line names the columns, in any case and order.

    Args:
        mapping: field by column name, where the file calls it otherwise.
    """
    renamed = {_folded(column): name for column, name in mapping.items()}
    try:
        lines = list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), strict=True, delimiter=_delimiter(text)))
    except csv.Error as error:
        return [], [ImportFault(0, "", "WRONG_FORM", f"is no CSV: {error}")]
    if not lines:
        return [], [ImportFault(1, "", "EMPTY", "the file has no header")]
    header = [renamed.get(_folded(column), _folded(column)) for column in lines[0]]
    known = [name if name in COLUMNS[kind] else None for name in header]
    faults = [
        ImportFault(1, name, "DUPLICATE", "two columns are this field")
        for n, name in enumerate(known)
        if name is not None and name in known[:n]
    ]
    if not any(known):
        faults.append(ImportFault(1, "", "REQUIRED", "no column is one of " + ", ".join(COLUMNS[kind])))
    if len(lines) > ROWS + 1:
        faults.append(ImportFault(ROWS + 2, "", "TOO_MANY", f"at most {ROWS:,} rows"))
    rows = []
    for number, line in enumerate(lines[1 : ROWS + 1], 2):
        if any(cell.strip() for cell in line):
            cells = {name: _cell(name, text) for name, text in zip(known, line, strict=False) if name is not None}
            rows.append(Row(number, cells))
            if len(line) > len(header):
                faults.append(ImportFault(number, "", "TOO_MANY", "the line has more cells than the header"))
    return rows, faults


class Matcher:
    """Finds the thing that a row means."""

    def __init__(self, existing: Iterable[AnyThing]) -> None:
        self._external: dict[str, AnyThing] = {}
        self._natural: dict[str, AnyThing] = {}
        for thing in existing:
            if not isinstance(thing, Role) and thing.external_id is not None:
                self._external[thing.external_id] = thing
            self._natural |= dict.fromkeys(natural_keys(thing), thing)

    def __call__(self, external_id: str | None, keys: Iterable[str]) -> AnyThing | None:
        """Return the thing with the external id, else with one of the natural keys (folded); None = there is none."""
        if external_id is not None and external_id in self._external:
            return self._external[external_id]
        return next((self._natural[key] for key in keys if key in self._natural), None)


def compared(existing: Sequence[AnyThing], wanted: Sequence[Wanted]) -> ImportPlan:
    """Return the plan of rows that are valid in themselves. Two rows that mean one thing are a fault of the second."""
    faults: list[ImportFault] = []
    seen: set[str] = set()
    kept = []
    for each in wanted:
        names = _names(each)
        if seen & names:
            faults.append(ImportFault(each.line, "", "DUPLICATE", "an earlier line means the same"))
            continue
        seen |= names
        kept.append(each)
    matched = {each.before.id for each in kept if each.before is not None}
    return ImportPlan(
        adds=[each for each in kept if each.before is None],
        changes=[each for each in kept if each.before is not None and each.after != each.before],
        missing=[thing for thing in existing if thing.id not in matched],
        unchanged=sum(each.after == each.before for each in kept),
        faults=faults,
    )


def field_changes(wanted: Wanted) -> list[tuple[str, Any, Any]]:
    """Return field, value before and value after of everything that a row changes."""
    before, after = (_told(each) for each in (wanted.before, wanted.after))
    return [(name, before.get(name), value) for name, value in after.items() if before.get(name) != value]


def plan_id(kind: Kind, text: str, mapping: Mapping[str, str], existing: Sequence[AnyThing]) -> str:
    """Return the id of a plan: equal as long as neither the file nor the directory changes."""
    versions = sorted((thing.id, thing.version) for thing in existing)
    told = json.dumps([kind.value, text, dict(mapping), versions], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def confirmation(ids: Iterable[str]) -> str:
    """Return the token that says that exactly this list was seen."""
    return hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest()[:32]


def _names(wanted: Wanted) -> set[str]:
    names = {f"key {key}" for key in natural_keys(wanted.after)}
    if not isinstance(wanted.after, Role) and wanted.after.external_id is not None:
        names.add(f"external {wanted.after.external_id}")
    return names | ({f"id {wanted.before.id}"} if wanted.before is not None else set())


def _told(thing: AnyThing | None) -> dict[str, Any]:
    if thing is None or isinstance(thing, Role):
        return {}
    return {**settable(thing), "external_id": thing.external_id}


def _folded(column: str) -> str:
    return "_".join(column.replace("-", " ").replace("_", " ").split()).casefold()


def _delimiter(text: str) -> str:
    head = text.partition("\n")[0]
    return max(",;\t", key=head.count)


def _cell(name: str, text: str) -> Any:
    text = text.strip()
    if name in LISTS:
        return [part for part in (each.strip() for each in text.split(";")) if part]
    if name == "fisher_mode" and text.casefold() in _TRUE | _FALSE:
        return text.casefold() in _TRUE
    return text
