"""The file of an import: bytes become text, text becomes a table, and a table becomes rows of each kind.

bytes    a byte order mark says UTF-8 or UTF-16; without one it is UTF-8, else Windows-1252
lines    Excel's `sep=;` may come first, then the names of the columns, in any case and order
cells    ="2001" is 2001, and '+44… is +44…, as spreadsheets write them; any other formula is plain text
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tocsin.directory.domain.natural_keys import FIELD
from tocsin.directory.domain.things import Kind
from tocsin.kernel.domain.csv_table import unguarded
from tocsin.kernel.domain.plain_text import composed, named


class ImportKind(StrEnum):
    """What the lines of a file are; the values are words of the API."""

    COMPANY = "companies"
    USER = "users"
    LINE = "lines"
    PHONE_NUMBER = "phone_numbers"
    GROUP = "groups"
    JOINED = "joined"

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Kinds of things that a line may be, in the order in which they need each other."""
        return _JOINED_KINDS if self is ImportKind.JOINED else (Kind(self.value),)


_JOINED_KINDS = (Kind.COMPANY, Kind.USER, Kind.LINE, Kind.PHONE_NUMBER)

COLUMNS: Mapping[ImportKind, tuple[str, ...]] = {
    ImportKind.COMPANY: ("external_id", "name"),
    ImportKind.USER: ("external_id", "email", "name", "role", "companies", "zone", "backup_phone"),
    ImportKind.LINE: ("external_id", "extension", "aliases", "label", "user", "company", "fisher_mode"),
    ImportKind.PHONE_NUMBER: ("external_id", "e164", "label", "line", "group", "company"),
    ImportKind.GROUP: ("external_id", "kind", "name", "number", "aliases", "members", "managers", "company"),
    ImportKind.JOINED: (
        "email", "name", "role", "companies", "zone", "backup_phone", "user_external_id",
        "extension", "aliases", "label", "fisher_mode", "line_external_id",
        "e164", "number_label", "number_external_id", "company",
    ),
}  # fmt: skip
"""What a file may say of each kind. Other columns are ignored: telephone systems export many."""

_OF_JOINED: Mapping[Kind, tuple[str, Mapping[str, str]]] = {
    Kind.USER: (
        "email",
        {name: name for name in ("email", "name", "role", "companies", "zone", "backup_phone")}
        | {"external_id": "user_external_id"},
    ),
    Kind.LINE: (
        "extension",
        {name: name for name in ("extension", "aliases", "label", "fisher_mode", "company")}
        | {"external_id": "line_external_id", "user": "email"},
    ),
    Kind.PHONE_NUMBER: (
        "e164",
        {"e164": "e164", "label": "number_label", "external_id": "number_external_id", "line": "extension"}
        | {"company": "company"},
    ),
}
"""Of each kind in a joined file: the column that must be filled in, and the column of each field."""

LISTS = frozenset({"companies", "aliases", "members", "managers"})
"""Columns whose cells hold several values, between semicolons."""

ROWS = 20_000
"""Most rows of one file."""

_TRUE, _FALSE = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0", ""})
_TEXT_FORMULA = re.compile(r'="([^"]*)"')
_SEPARATOR = re.compile(r'"?sep=([,;\t|])"?\r?(?:\n|$)', re.IGNORECASE)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16"),
)


@dataclass(frozen=True, slots=True)
class ImportFault:
    """What is wrong with a cell. Rows are counted as a spreadsheet does, line 1 is the header; column "" = the line."""

    line: int
    column: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Row:
    """What a line says of one thing: text by field; lists are split."""

    line: int
    cells: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ImportTable:
    """A file as a table.

    Attributes:
        header: names of the columns as the file has them, each with its field, "" = ignored.
        lines: number and cells by column of each line that is not blank.
    """

    kind: ImportKind
    header: Sequence[tuple[str, str]] = ()
    lines: Sequence[tuple[int, Mapping[str, Any]]] = ()
    faults: Sequence[ImportFault] = field(default=())

    def rows(self, kind: Kind) -> list[Row]:
        """Return what the lines say of one kind. Of a joined file, equal rows are one."""
        if self.kind is not ImportKind.JOINED:
            return [Row(line, cells) for line, cells in self.lines]
        found = self._companies() if kind is Kind.COMPANY else self._joined(kind)
        once: dict[str, Row] = {}
        for row in found:
            once.setdefault(repr(sorted(row.cells.items())), row)
        return list(once.values())

    def column(self, kind: Kind, name: str) -> str:
        """Return the column of a field, as faults name it."""
        if self.kind is not ImportKind.JOINED:
            return name
        return "company" if kind is Kind.COMPANY else _OF_JOINED[kind][1].get(name, name)

    def _joined(self, kind: Kind) -> Iterator[Row]:
        key, columns = _OF_JOINED[kind]
        for line, cells in self.lines:
            if cells.get(key):
                yield Row(line, {name: cells[column] for name, column in columns.items() if column in cells})

    def _companies(self) -> Iterator[Row]:
        for line, cells in self.lines:
            for name in (cells.get("company", ""), *cells.get("companies", ())):
                if name:
                    yield Row(line, {"name": name})


def decoded(raw: bytes) -> tuple[str, str]:
    """Return the text of a file, and the encoding by which it was read: utf-8, utf-16 or cp1252."""
    for mark, codec, encoding in _MARKS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(codec, "replace"), encoding
    try:
        return raw.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace"), "cp1252"


def table_of(text: str, kind: ImportKind, mapping: Mapping[str, str]) -> ImportTable:
    """Return a CSV text as a table.

    Args:
        mapping: field by name of a column, where the file calls it otherwise; "" ignores the column.
    """
    try:
        numbered = [(number, line) for number, line in enumerate(_lines(text), 1) if any(map(str.strip, line))]
    except csv.Error as error:
        return ImportTable(kind, faults=[ImportFault(0, "", "WRONG_FORM", f"is no CSV: {error}")])
    if not numbered:
        return ImportTable(kind, faults=[ImportFault(1, "", "REQUIRED", "the file has no header")])
    (first, names), body = numbered[0], numbered[1:]
    header, faults = _header(first, names, kind, mapping)
    if len(body) > ROWS:
        faults.append(ImportFault(body[ROWS][0], "", "TOO_MANY", f"at most {ROWS:,} rows"))
    lines = []
    for number, line in body[:ROWS]:
        lines.append((number, {name: _cell(name, text) for (_, name), text in zip(header, line, strict=False) if name}))
        if any(cell.strip() for cell in line[len(header) :]):
            faults.append(ImportFault(number, "", "TOO_MANY", "the line has more cells than the header"))
        if kind is ImportKind.JOINED and not any(lines[-1][1].get(key) for key, _ in _OF_JOINED.values()):
            faults.append(ImportFault(number, "", "REQUIRED", "the line has neither email nor extension nor e164"))
    return ImportTable(kind, header, lines, faults)


def _lines(text: str) -> Iterator[list[str]]:
    """Yield the cells of each line; with line breaks within quotation marks it is still one. Raises csv.Error."""
    text = composed(text.removeprefix("\ufeff"))
    declared = _SEPARATOR.match(text)
    if declared is not None:  # spreadsheets do not show this line, so it does not count
        text = text[declared.end() :]
    between = declared[1] if declared is not None else _delimiter(text)
    return csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=between)


def _header(
    line: int, names: Iterable[str], kind: ImportKind, mapping: Mapping[str, str]
) -> tuple[list[tuple[str, str]], list[ImportFault]]:
    renamed = {_folded(column): name for column, name in mapping.items()}
    faults = [
        ImportFault(line, column, "UNKNOWN_FIELD", f"`mapping` says {name[:40]!r}, which is no column of {kind.value}")
        for column, name in mapping.items()
        if name and name not in COLUMNS[kind]
    ]
    header: list[tuple[str, str]] = []
    for column in names:
        name = renamed.get(_folded(column), _folded(column))
        name = name if name in COLUMNS[kind] else ""
        if name and name in (each for _, each in header):
            faults.append(ImportFault(line, name, "DUPLICATE", "two columns are this field"))
        header.append((named(column), name))
    if not any(name for _, name in header):
        faults.append(ImportFault(line, "", "REQUIRED", "no column is one of " + ", ".join(COLUMNS[kind])))
    elif kind is not ImportKind.JOINED and not {FIELD[Kind(kind.value)], "external_id"} & {name for _, name in header}:
        faults.append(ImportFault(line, FIELD[Kind(kind.value)], "REQUIRED", "no column is this: say which one is"))
    return header, faults


def _folded(column: str) -> str:
    return "_".join(named(column).replace("-", " ").replace("_", " ").split()).casefold()


def _delimiter(text: str) -> str:
    head = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=head.count)


def _cell(name: str, text: str) -> Any:
    text = text.strip()
    if formula := _TEXT_FORMULA.fullmatch(text):
        text = formula[1].strip()
    text = unguarded(text)
    if name in LISTS:
        return [part for part in (each.strip() for each in text.split(";")) if part]
    if name == "kind":
        return "_".join(text.casefold().split())
    if name == "fisher_mode" and text.casefold() in _TRUE | _FALSE:
        return text.casefold() in _TRUE
    return text
