"""Import a CSV file into the directory: plan it, or apply it.

Nothing is applied while a line has a fault. What is applied is written in transactions of some rows each. An import
that was cut off is repeated: what it wrote is then unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tocsin.audit.domain.actor import Via
from tocsin.directory.application.entries import Changes
from tocsin.directory.application.person_sign_in import PersonSignIn
from tocsin.directory.application.person_states import PersonStates
from tocsin.directory.application.references import References
from tocsin.directory.application.write_directory import ReadFields
from tocsin.directory.domain.authority import check_result, check_touch, in_reach, may_change
from tocsin.directory.domain.fields import made, settable, with_fields
from tocsin.directory.domain.import_plan import (
    ImportFault,
    ImportPlan,
    Matcher,
    Row,
    Wanted,
    compared,
    confirmation,
    plan_id,
    rows_of,
)
from tocsin.directory.domain.natural_keys import FIELD, folded, natural_keys
from tocsin.directory.domain.things import MOST, AnyThing, Kind
from tocsin.directory.ports import Directory, DirectoryChange
from tocsin.identity.domain.permissions import Reach, SystemRole
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.role import Role
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.errors import (
    ConfirmFirst,
    ExceedsYours,
    Fault,
    Forbidden,
    ImportRefused,
    InvalidRequest,
    SharedSignIn,
    Superseded,
)
from tocsin.kernel.domain.ids import time_ordered_uuid
from tocsin.kernel.ports import Clock, Randomness

_ROWS_AT_ONCE = 90
"""Rows of one transaction, of the 100 that there may be."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """An import.

    Attributes:
        mapping: field by column name.
        disable_missing: of users: disable who is missing in the file.
        plan_id: apply this plan only.
        confirm: says that the list of people to be disabled was seen.
    """

    kind: Kind
    csv: str
    apply: bool = False
    mapping: Mapping[str, str] = field(default_factory=dict)
    disable_missing: bool = False
    plan_id: str | None = None
    confirm: str | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """A plan, and whether it was applied. `id` is the `plan_id` of a call that applies it."""

    id: str
    plan: ImportPlan
    disables: Sequence[User]
    applied: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportDirectory:
    """Plans and applies imports for a caller."""

    directory: Directory
    references: References
    changes: Changes
    sign_in: PersonSignIn
    states: PersonStates
    fields: ReadFields
    clock: Clock
    randomness: Randomness

    def __call__(self, caller: Principal, request: ImportRequest) -> Imported:
        """Plan an import, or apply it.

        Raises:
            Forbidden: the caller may not change things of this kind.
            ImportRefused: something in the file is wrong, and it was to be applied.
            Superseded: file or directory are not those of the plan.
            ConfirmFirst: people are to be disabled, and the list of them was not confirmed.
            StaleWrite: the directory changed meanwhile; repeat the import.
        """
        caller = replace(caller, via=Via.IMPORT)
        reach = may_change(caller, request.kind)
        everything = list(self.directory.all(caller.tenant, request.kind))
        planned = plan_id(request.kind, request.csv, request.mapping, everything)
        plan = self._plan(caller, request, [each for each in everything if in_reach(caller, each, reach)], reach)
        if not plan.faults and len(everything) + len(plan.adds) > MOST[request.kind]:
            most = ImportFault(0, "", "TOO_MANY", f"an account has at most {MOST[request.kind]:,} of them")
            plan = replace(plan, faults=[most])
        disables = _to_disable(caller, plan) if request.disable_missing and request.kind is Kind.USER else []
        if not request.apply:
            return Imported(planned, plan, disables, applied=False)
        if plan.faults:
            raise ImportRefused([Fault(f"/csv/{f.line}/{f.column}", f.code, f.message) for f in plan.faults])
        if request.plan_id is not None and request.plan_id != planned:
            raise Superseded("the file or the directory is not that of the plan; plan it again")
        ids = [user.id for user in disables]
        if ids and request.confirm != confirmation(ids):
            raise ConfirmFirst(f"{len(ids)} people would be disabled", ids, confirmation(ids))
        self._apply(caller, plan)
        for user in disables:
            self.states.disable(caller, user.id)
        return Imported(planned, plan, disables, applied=True)

    def _plan(self, caller: Principal, request: ImportRequest, existing: list[AnyThing], reach: Reach) -> ImportPlan:
        rows, faults = rows_of(request.csv, request.kind, request.mapping)
        reader = _RowReader(self, caller, request.kind, reach, Matcher(existing), faults)
        wanted = [found for row in rows if (found := reader.read(row)) is not None]
        plan = compared(existing, wanted)
        return replace(plan, faults=sorted([*faults, *plan.faults], key=lambda fault: (fault.line, fault.column)))

    def _apply(self, caller: Principal, plan: ImportPlan) -> None:
        together: list[DirectoryChange] = []
        rows = 0
        for wanted in (*plan.changes, *plan.adds):
            if isinstance(wanted.before, User) and isinstance(wanted.after, User):
                self.sign_in.move(wanted.before, wanted.after)
            names = len({*natural_keys(wanted.after), *(natural_keys(wanted.before) if wanted.before else ())})
            if together and rows + names + 4 > _ROWS_AT_ONCE:
                self.directory.commit(together)
                together, rows = [], 0
            together.append(self.changes(caller, wanted.before, wanted.after))
            rows += names + 4  # the thing, its entry, and external ids before and after
        if together:
            self.directory.commit(together)


class _RowReader:
    """Reads the rows of one import; what is wrong goes to `faults`."""

    def __init__(
        self,
        of: ImportDirectory,
        caller: Principal,
        kind: Kind,
        reach: Reach,
        match: Matcher,
        faults: list[ImportFault],
    ) -> None:
        self._of, self._caller, self._kind, self._reach, self._match = of, caller, kind, reach, match
        self._faults = faults
        self._named: dict[Kind, Mapping[str, str]] = {}
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

    def _wanted(self, row: Row, cells: dict[str, Any]) -> Wanted:
        external_id = cells.pop("external_id", None) or None
        key = str(row.cells.get(FIELD[self._kind], ""))
        keys = [folded(f"{row.cells.get('kind', '')}:{key}" if self._kind is Kind.GROUP else key)]
        before = self._match(external_id, keys)
        new = None
        if before is None:
            id = time_ordered_uuid(self._of.clock(), self._of.randomness.token(10)).replace("-", "")
            new = made(self._kind, self._caller.tenant, id, self._of.fields(self._kind, cells), self._of.clock())
            before = self._match(external_id, natural_keys(new))  # an address or number in another spelling
        if before is not None:
            check_touch(self._caller, before, self._reach, self._role(before))
            after = with_fields(before, self._of.fields(self._kind, {**settable(before), **cells}))
        else:
            assert new is not None
            after = new
        if external_id is not None and not isinstance(after, Role) and after.external_id != external_id:
            version = before.version + 1 if before is not None else after.version
            after = replace(after, external_id=external_id, source="import", version=version)
        if isinstance(after, User) and SystemRole.OWNER.value in (after.role, getattr(before, "role", None)):
            if after != before:
                raise Forbidden("an import makes and changes no owners")
        else:
            check_result(self._caller, before, after, self._reach, self._role(after))
        return Wanted(row.line, before, after)

    def _resolved(self, row: Row) -> dict[str, Any]:
        """Return the cells as the API takes them: ids for names, null for blank references."""
        cells: dict[str, Any] = {}
        for column, cell in row.cells.items():
            if column in _NAMES and not (column == "role" and cell in _SYSTEM):
                many = isinstance(cell, list)
                ids = [self._id_of(row, column, name) for name in (cell if many else [cell] if cell else [])]
                cells[column] = ids if many else ids[0] if ids else None
            elif column in ("zone", "backup_phone"):
                cells[column] = cell or None
            else:
                cells[column] = cell
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
        kind = _NAMES[column]
        if kind not in self._named:
            things = self._of.directory.all(self._caller.tenant, kind)
            self._named[kind] = dict(_ways_to_name(things))
        found = self._named[kind].get(folded(name))
        if found is None:
            self._fault(row, column, "NO_SUCH_THING", f"names nothing in {kind.value.replace('_', ' ')}")
        return found or ""

    def _role(self, thing: AnyThing) -> Role | None:
        if not isinstance(thing, User):
            return None
        if thing.role not in self._roles:
            self._roles[thing.role] = self._of.references.role(thing.tenant, thing.role)
        return self._roles[thing.role]

    def _fault(self, row: Row, column: str, code: str, message: str) -> None:
        self._faults.append(ImportFault(row.line, column, code, message))


def _ways_to_name(things: Sequence[AnyThing]) -> Iterator[tuple[str, str]]:
    for thing in things:
        for key in natural_keys(thing):
            yield key, thing.id
            yield key.partition(":")[2] or key, thing.id
    for thing in things:
        if not isinstance(thing, Role) and thing.external_id is not None:
            yield folded(thing.external_id), thing.id
    for thing in things:
        yield folded(thing.id), thing.id


def _to_disable(caller: Principal, plan: ImportPlan) -> list[User]:
    """Return the people who are missing, but for owners, the caller, and those who are disabled already."""
    return [
        thing
        for thing in plan.missing
        if isinstance(thing, User)
        and thing.state is not UserState.DISABLED
        and thing.role != SystemRole.OWNER.value
        and (caller.user is None or thing.id != caller.user.id)
    ]
