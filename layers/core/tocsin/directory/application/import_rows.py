"""What a row of an import asks for: names become ids, and the fields of a thing are judged as the API judges them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from tocsin.directory.application.own_numbers import OwnNumbers, check_backup_phone
from tocsin.directory.application.person_sign_in import PersonSignIn
from tocsin.directory.application.references import References
from tocsin.directory.application.write_directory import ReadFields
from tocsin.directory.domain.authority import check_result, check_touch
from tocsin.directory.domain.fields import made, settable, with_fields
from tocsin.directory.domain.import_file import ImportFault, ImportTable, Row
from tocsin.directory.domain.import_plan import Matcher, Wanted
from tocsin.directory.domain.natural_keys import FIELD, folded, natural_keys
from tocsin.directory.domain.things import EXTERNAL_ID_CHARACTERS, AnyThing, Group, Kind
from tocsin.directory.ports import Directory
from tocsin.identity.domain.permissions import Reach, SystemRole
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.refusals import SharedSignIn
from tocsin.identity.domain.role import Role
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.errors import ExceedsYours, Forbidden, InvalidRequest
from tocsin.kernel.domain.ids import TenantId, time_ordered_uuid
from tocsin.kernel.ports import Clock, Randomness

_NAMES: Mapping[str, Kind] = {
    "role": Kind.ROLE,
    "companies": Kind.COMPANY,
    "company": Kind.COMPANY,
    "user": Kind.USER,
    "members": Kind.USER,
    "managers": Kind.USER,
    "line": Kind.LINE,
    "group": Kind.GROUP,
}
"""Columns that name other things: by id, external id or natural key; a group by its name, too."""

_SYSTEM = frozenset(role.value for role in SystemRole)


class Known:
    """The things of a tenant that an import has to do with, each kind read once, and how a file names them."""

    def __init__(self, directory: Directory, tenant: TenantId) -> None:
        self._directory, self._tenant = directory, tenant
        self._things: dict[Kind, list[AnyThing]] = {}
        self._names: dict[Kind, dict[str, str]] = {}

    @property
    def read(self) -> list[AnyThing]:
        """Everything that was read so far."""
        return [thing for things in self._things.values() for thing in things]

    def things(self, kind: Kind) -> Sequence[AnyThing]:
        """Return all things of a kind, as they stand."""
        if kind not in self._things:
            self._things[kind] = list(self._directory.all(self._tenant, kind))
        return self._things[kind]

    def id_of(self, kind: Kind, name: str) -> str | None:
        """Return the id of what a file calls by this name; None = nothing."""
        if kind not in self._names:
            self._names[kind] = dict(_ways_to_name(self.things(kind)))
        return self._names[kind].get(folded(name))

    def learn(self, kind: Kind, wanted: Sequence[Wanted]) -> None:
        """Let later rows name what a file adds or changes."""
        self.id_of(kind, "")
        self._names[kind] |= _ways_to_name([each.after for each in wanted])


class RowReader:
    """Reads rows of one kind; what is wrong with them goes to `faults`."""

    def __init__(
        self,
        caller: Principal,
        table: ImportTable,
        kind: Kind,
        reach: Reach,
        existing: Sequence[AnyThing],
        known: Known,
        faults: list[ImportFault],
        *,
        fields: ReadFields,
        references: References,
        own_numbers: OwnNumbers,
        sign_in: PersonSignIn,
        clock: Clock,
        randomness: Randomness,
    ) -> None:
        self._caller, self._table, self._kind, self._reach, self._known = caller, table, kind, reach, known
        self._match, self._faults = Matcher(existing), faults
        self._fields, self._references, self._sign_in = fields, references, sign_in
        self._clock, self._randomness = clock, randomness
        self._own_numbers = cache(own_numbers.all)  # read with the first backup phone that is new
        self._roles: dict[str, Role | None] = {}

    def read(self, row: Row) -> Wanted | None:
        """Return what a row asks for; None = it has a fault."""
        before = len(self._faults)
        cells = self._resolved(row)
        if len(self._faults) > before:
            return None
        try:
            return self._wanted(row, cells)
        except InvalidRequest as error:
            for fault in error.faults:
                self._fault(row, fault.pointer.strip("/").partition("/")[0], fault.code, fault.message)
        except (Forbidden, ExceedsYours, SharedSignIn) as error:
            self._fault(row, "", error.code, str(error))
        return None

    def _wanted(self, row: Row, cells: dict[str, Any]) -> Wanted | None:
        external_id = cells.pop("external_id", None) or None
        key = str(row.cells.get(FIELD[self._kind], ""))
        before = self._match(
            external_id, [folded(f"{row.cells.get('kind', '')}:{key}" if self._kind is Kind.GROUP else key)]
        )
        new = None
        if before is None:
            new = made(self._kind, self._caller.tenant, self._new_id(), self._fields(self._kind, cells), self._clock())
            before = self._match(external_id, natural_keys(new)[:1])  # an address or number in another spelling
        if before is not None:
            check_touch(self._caller, before, self._reach, self._role(before))
            after = with_fields(before, self._fields(self._kind, {**settable(before), **cells}))
        else:
            assert new is not None
            after = new
        if external_id is not None and not isinstance(after, Role) and after.external_id != external_id:
            if after.external_id is not None:
                self._fault(row, "external_id", "ALREADY_EXISTS", "it has another external id")
                return None
            version = before.version + 1 if before is not None else after.version
            after = replace(after, external_id=external_id, source="import", version=version)
        self._judge(before, after)
        return Wanted(row.line, before, after)

    def _judge(self, before: AnyThing | None, after: AnyThing) -> None:
        check_backup_phone(before, after, lambda tenant, number: number in self._own_numbers(tenant))
        was = before if isinstance(before, User) else None
        if isinstance(after, User) and SystemRole.OWNER.value in (after.role, was.role if was else None):
            if after != before:
                raise Forbidden("an import makes and changes no owners")
            return
        if isinstance(after, User) and was is not None:
            self._sign_in.check_move(was, after)
        check_result(self._caller, before, after, self._reach, self._role(after))

    def _resolved(self, row: Row) -> dict[str, Any]:
        """Return the cells as the API takes them: ids for names, null for blank references."""
        cells: dict[str, Any] = {}
        for column, cell in row.cells.items():
            if column == "role" and _word(cell) in _SYSTEM:
                cells[column] = _word(cell)
            elif column in _NAMES:
                many = isinstance(cell, list)
                ids = [self._id_of(row, column, name) for name in (cell if many else [cell] if cell else [])]
                cells[column] = ids if many else ids[0] if ids else None
            elif column in ("zone", "backup_phone"):
                cells[column] = cell or None
            else:
                cells[column] = cell
        if len(row.cells.get("external_id", "")) > EXTERNAL_ID_CHARACTERS:
            self._fault(row, "external_id", "TOO_LONG", f"must have at most {EXTERNAL_ID_CHARACTERS} characters")
        if cells.get("role", "") is None:
            del cells["role"]  # blank: as it is
        if self._kind is Kind.PHONE_NUMBER and {"line", "group"} & cells.keys():
            line, group = cells.pop("line", None), cells.pop("group", None)
            if line and group:
                self._fault(row, "group", "CONFLICT", "a number leads to a line or to a group")
            chosen = ("line", line) if line else ("group", group)
            cells["target"] = {"kind": chosen[0], "id": chosen[1]} if chosen[1] else None
        return cells

    def _id_of(self, row: Row, column: str, name: str) -> str:
        found = self._known.id_of(_NAMES[column], name)
        if found is None:
            what = _NAMES[column].value.replace("_", " ")
            self._fault(row, column, "NO_SUCH_THING", f"names nothing in {what}")
        return found or ""

    def _role(self, thing: AnyThing) -> Role | None:
        if not isinstance(thing, User):
            return None
        if thing.role not in self._roles:
            self._roles[thing.role] = self._references.role(thing.tenant, thing.role)
        return self._roles[thing.role]

    def _new_id(self) -> str:
        return time_ordered_uuid(self._clock(), self._randomness.token(10)).replace("-", "")

    def _fault(self, row: Row, field: str, code: str, message: str) -> None:
        self._faults.append(ImportFault(row.line, self._table.column(self._kind, field), code, message))


def _word(cell: str) -> str:
    """Return a word of the API that people write with capitals and blanks."""
    return folded(cell).replace(" ", "_")


def _ways_to_name(things: Sequence[AnyThing]) -> Iterator[tuple[str, str]]:
    """Yield name and id; a name that comes later counts more."""
    plain = Counter(folded(thing.name) for thing in things if isinstance(thing, Group))
    for thing in things:
        if isinstance(thing, Group) and plain[folded(thing.name)] == 1:  # else say "queue:Sales"
            yield folded(thing.name), thing.id
        for key in natural_keys(thing):
            yield key, thing.id
    for thing in things:
        if not isinstance(thing, Role) and thing.external_id is not None:
            yield folded(thing.external_id), thing.id
    for thing in things:
        yield folded(thing.id), thing.id
