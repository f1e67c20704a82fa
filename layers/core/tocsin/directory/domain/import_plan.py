"""The plan of an import: what the rows of a file ask for, compared with the directory.

    adds       rows that match nothing                     changes    rows that match a thing and differ from it
    missing    things that no row matches                  faults     what is wrong, by line and column

A row matches by external id, else by email, extension, number or name. A column that the file does not have keeps what
is there. Names are judged as they are after the import: two things may exchange theirs, and the order of rows never
matters. One exception: a person who signs in takes no address that another person has at the time of the
import.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tocsin.directory.domain.fields import settable
from tocsin.directory.domain.import_file import ImportFault, ImportKind
from tocsin.directory.domain.natural_keys import natural_keys
from tocsin.directory.domain.things import AnyThing
from tocsin.identity.domain.role import Role
from tocsin.identity.domain.user import User, UserState


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
    same: Sequence[AnyThing] = ()
    faults: Sequence[ImportFault] = field(default=())

    @property
    def unchanged(self) -> int:
        """How many rows match a thing and do not differ from it."""
        return len(self.same)

    @property
    def never_invited(self) -> list[User]:
        """The people of the file who have got no invitation yet."""
        people = [*(each.after for each in (*self.adds, *self.changes)), *self.same]
        return [
            each
            for each in people
            if isinstance(each, User)
            and each.state is UserState.INVITED
            and each.invited_at is None
            and each.not_me_at is None
        ]


class Matcher:
    """Finds the thing that a row means."""

    def __init__(self, existing: Iterable[AnyThing]) -> None:
        self._external: dict[str, AnyThing] = {}
        self._natural: dict[str, AnyThing] = {}
        for thing in existing:
            if not isinstance(thing, Role) and thing.external_id is not None:
                self._external[thing.external_id] = thing
            self._natural[natural_keys(thing)[0]] = thing

    def __call__(self, external_id: str | None, keys: Iterable[str]) -> AnyThing | None:
        """Return the thing with the external id, else with one of the keys (folded); None = there is none.

        A line's keys are its extension alone: an alias is no reason to change another line.
        """
        if external_id is not None and external_id in self._external:
            return self._external[external_id]
        return next((self._natural[key] for key in keys if key in self._natural), None)


def compared(existing: Sequence[AnyThing], wanted: Sequence[Wanted], others: Sequence[AnyThing] = ()) -> ImportPlan:
    """Return the plan of rows that are valid in themselves.

    Two rows that mean one thing are a fault of the second.

    Args:
        others: things that the caller may not change, and whose names are taken all the same.
    """
    holders = {name: thing.id for thing in (*existing, *others) for name in names_of(thing)}
    changing = {each.before.id for each in wanted if each.before is not None}
    staying = {name: id for name, id in holders.items() if id not in changing}
    faults: list[ImportFault] = []
    seen: set[str] = set()
    kept = []
    for each in wanted:
        names, mine = names_of(each.after), each.before.id if each.before is not None else None
        taken = holders if _moves_sign_in(each) else staying
        if any(taken.get(name, mine) != mine for name in names):
            message = "another thing has this name, alias, number or external id"
            faults.append(ImportFault(each.line, "", "ALREADY_EXISTS", message))
        elif seen & (names | {f"id {mine}"}):
            faults.append(ImportFault(each.line, "", "DUPLICATE", "an earlier line means the same, or takes its name"))
        else:
            seen |= names if mine is None else names | {f"id {mine}"}
            kept.append(each)
    matched = {each.before.id for each in kept if each.before is not None}
    return ImportPlan(
        adds=[each for each in kept if each.before is None],
        changes=[each for each in kept if each.before is not None and each.after != each.before],
        missing=[thing for thing in existing if thing.id not in matched],
        same=[each.before for each in kept if each.before is not None and each.after == each.before],
        faults=faults,
    )


def field_changes(wanted: Wanted) -> list[tuple[str, Any, Any]]:
    """Return field, value before and value after of everything that a row changes."""
    before, after = (_told(each) for each in (wanted.before, wanted.after))
    return [(name, before.get(name), value) for name, value in after.items() if before.get(name) != value]


def joined(plans: Iterable[ImportPlan]) -> ImportPlan:
    """Return the plans of several kinds as one."""
    found = ImportPlan()
    for plan in plans:
        found = replace(
            found,
            adds=[*found.adds, *plan.adds],
            changes=[*found.changes, *plan.changes],
            missing=[*found.missing, *plan.missing],
            same=[*found.same, *plan.same],
            faults=[*found.faults, *plan.faults],
        )
    return found


def plan_id(kind: ImportKind, text: str, fields: Sequence[str], existing: Iterable[AnyThing]) -> str:
    """Return the id of a plan: equal as long as neither the file nor the directory changes.

    Args:
        fields: what each column of the file is.
        existing: everything that the plan read: things of the kind, and things that its rows name.
    """
    versions = sorted((thing.id, thing.version) for thing in existing)
    lines = text.replace("\r\n", "\n").replace("\r", "\n")  # a form of a page sends line breaks in its own way
    told = json.dumps([kind.value, lines, list(fields), versions])
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:32]


def confirmation(ids: Iterable[str]) -> str:
    """Return the token that says that exactly this list was seen."""
    return hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest()[:32]


def names_of(thing: AnyThing | None) -> set[str]:
    """Return what no other thing of the kind may have: natural keys and external id; empty for no thing."""
    if thing is None:
        return set()
    names = {f"key {key}" for key in natural_keys(thing)}
    if not isinstance(thing, Role) and thing.external_id is not None:
        names.add(f"external {thing.external_id}")
    return names


def _moves_sign_in(wanted: Wanted) -> bool:
    """Whether a person who signs in gets another address: the sign-in takes it before the directory does."""
    before, after = wanted.before, wanted.after
    if not isinstance(before, User) or not isinstance(after, User):
        return False
    return before.email != after.email and before.sub is not None and before.state is not UserState.INVITED


def _told(thing: AnyThing | None) -> dict[str, Any]:
    if thing is None or isinstance(thing, Role):
        return {}
    return {**settable(thing), "external_id": thing.external_id}
