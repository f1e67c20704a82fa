"""The directory in DynamoDB: a row for each thing, and a row for each natural key and external id."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TypeGuard

from tocsin.adapters.dynamodb.audit import entry_row
from tocsin.adapters.dynamodb.directory.keys import (
    PREFIX,
    directory_pk,
    external_key,
    natural_key,
    owners_key,
    subject_key,
    thing_key,
)
from tocsin.adapters.dynamodb.directory.rows import row_of, thing_of
from tocsin.adapters.dynamodb.identity.key_rows import tenant_pk
from tocsin.adapters.dynamodb.preferences import forgotten
from tocsin.adapters.dynamodb.responses.two_way_numbers import NUMBER_PREFIX
from tocsin.adapters.dynamodb.table import cursors
from tocsin.adapters.dynamodb.table.actions import FREE, delete, put, update
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import key_of, number
from tocsin.adapters.dynamodb.table.sealing import place_of
from tocsin.adapters.dynamodb.table.table import Table, condition_failed
from tocsin.directory.domain.natural_keys import FIELD, kind_of, natural_keys
from tocsin.directory.domain.things import AnyThing, Kind, PhoneNumber
from tocsin.directory.domain.watched import is_watched
from tocsin.directory.ports import DirectoryChange, DirectoryPage, DirectoryWatch
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.role import Role, system_role
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.errors import AlreadyExists, LastOwner, StaleWrite, TocsinError
from tocsin.kernel.domain.ids import RoleId, TenantId, UserId
from tocsin.kernel.ports import Sealer

_ROWS = 100
"""Most rows of one transaction: DynamoDB's limit."""

_SYSTEM = frozenset(role.value for role in SystemRole)


class DynamoDbDirectory:
    """The directory, and the people in it as authentication reads them.

    Args:
        watch: returns what other subjects do when people and companies change; None = nothing is done.
    """

    def __init__(self, table: Table, sealer: Sealer, watch: Callable[[], DirectoryWatch] | None = None) -> None:
        self._table = table
        self._sealer = sealer
        self._watch = watch

    # --- reading ------------------------------------------------------------------------------------------------

    def get(self, tenant: TenantId, kind: Kind, id: str) -> AnyThing | None:
        """Return one thing, strongly consistent; None = there is none."""
        row = self._table.get(thing_key(tenant, kind, id))
        return None if row is None else self._things(tenant, [row])[0]

    def get_many(self, tenant: TenantId, wanted: Sequence[tuple[Kind, str]]) -> Sequence[AnyThing]:
        """Return those that are there, in no order."""
        keys = [thing_key(tenant, kind, id) for kind, id in dict.fromkeys(wanted)]
        return self._things(tenant, self._table.get_all(keys, "things of the directory"))

    def list(self, tenant: TenantId, kind: Kind, limit: int, cursor: str | None) -> DirectoryPage:
        """Return a page of one kind, by id."""
        query = f"{directory_pk(tenant)}|{kind.value}"
        after = "" if cursor is None else cursors.read(self._sealer, tenant, query, cursor)
        first = f"{PREFIX[kind]}{after}"
        rows = self._table.between(directory_pk(tenant), first, f"{PREFIX[kind]}~", Limit=limit + 2)
        fresh = (row for row in rows if row["sk"]["S"] != first)
        things = self._things(tenant, islice(fresh, limit + 1))
        if len(things) <= limit:
            return DirectoryPage(things, None)
        return DirectoryPage(things[:limit], cursors.issue(self._sealer, tenant, query, things[limit - 1].id))

    def all(self, tenant: TenantId, kind: Kind) -> Sequence[AnyThing]:
        """Return all things of one kind."""
        return self._things(tenant, self._table.beginning_with(directory_pk(tenant), PREFIX[kind]))

    def by_natural_key(self, tenant: TenantId, kind: Kind, key: str) -> AnyThing | None:
        """Return the thing with this natural key, case-blind; None = there is none."""
        return self._named(tenant, kind, natural_key(self._sealer, tenant, kind, key))

    def by_external_id(self, tenant: TenantId, kind: Kind, external_id: str) -> AnyThing | None:
        """Return the thing that a push or import knows by this id; None = there is none."""
        return self._named(tenant, kind, external_key(self._sealer, tenant, kind, external_id))

    # --- people, as authentication reads them ---------------------------------------------------------------------

    def user(self, tenant: TenantId, user: UserId) -> User | None:
        """Return a person, disabled or not, strongly consistent; None = there is none."""
        found = self.get(tenant, Kind.USER, user)
        return found if isinstance(found, User) else None

    def memberships(self, sub: str) -> Sequence[User]:
        """Return the person of each tenant that the subject of the identity provider belongs to."""
        row = self._table.get(subject_key(sub))
        pairs = [member.split("#", 1) for member in sorted(row["members"]["SS"])] if row and "members" in row else []
        found = (self.user(TenantId(tenant), UserId(user)) for tenant, user in pairs)
        return [user for user in found if user is not None]

    def by_email(self, tenant: TenantId, email: str) -> User | None:
        """Return the person with a canonical address; None = there is none."""
        found = self.by_natural_key(tenant, Kind.USER, email)
        return found if isinstance(found, User) else None

    def role(self, tenant: TenantId, role: RoleId) -> Role | None:
        """Return a system role, or a custom role of the tenant; None = there is none."""
        if role in _SYSTEM:
            return system_role(tenant, SystemRole(role))
        found = self.get(tenant, Kind.ROLE, role)
        return found if isinstance(found, Role) else None

    # --- writing ------------------------------------------------------------------------------------------------

    def commit(self, changes: Sequence[DirectoryChange]) -> None:
        """Write all changes with their audit entries, or none of them.

        Raises:
            StaleWrite: a thing is not in the version of `before` any more, or a new one exists.
            AlreadyExists: another thing has this natural key or external id.
            LastOwner: no active account owner would be left.
            ValueError: the changes need more than 100 rows, or both add and remove owners.
        """
        watched = [change for change in changes if is_watched(change.before, change.after)]
        watch = self._watch() if watched and self._watch is not None else None
        if watch is not None:
            watch.before(watched)
        self._write(changes)
        if watch is not None:
            watch.after(watched)

    def _write(self, changes: Sequence[DirectoryChange]) -> None:
        planned = [pair for change in changes for pair in self._actions(change)]
        planned += [*self._names(changes), *_owners(changes)]
        if len(planned) > _ROWS:
            raise ValueError(f"a commit of {len(planned)} rows; a transaction holds {_ROWS}")
        reasons = self._table.commit([action for action, _ in planned])
        if reasons is None:
            return
        raise next(error for (_, error), reason in zip(planned, reasons, strict=True) if condition_failed(reason))

    def _actions(self, change: DirectoryChange) -> Iterator[tuple[Item, TocsinError]]:
        """Yield the actions of a change, each with the error to raise if its condition does not hold."""
        yield self._replace(change), StaleWrite("another call changed this thing of the directory")
        yield put(entry_row(self._sealer, change.entry), FREE), StaleWrite("this audit entry exists")
        yield from _memberships(change)
        if isinstance(change.before, User) and change.after is None:
            for action in forgotten(change.before.tenant, change.before.id):
                yield action, StaleWrite("the settings of a person changed")

    def _replace(self, change: DirectoryChange) -> Item:
        before, after = change.before, change.after
        if before is None:
            assert after is not None
            return put(row_of(self._sealer, after), FREE)
        as_read = {":v": number(before.version)}
        if after is None:
            return delete(thing_key(before.tenant, kind_of(before), before.id), "v = :v", as_read)
        return put(row_of(self._sealer, after), "v = :v", as_read)

    def _names(self, changes: Sequence[DirectoryChange]) -> Iterator[tuple[Item, TocsinError]]:
        """Yield the changes of the rows by which things are found: one for each name, even if it is handed on."""
        had: dict[str, Item] = {}
        has: dict[str, tuple[Item, AlreadyExists]] = {}
        for change in changes:
            had |= {place: row for place, (row, _) in self._named_rows(change.before).items()}
            for place, (row, taken) in self._named_rows(change.after).items():
                if place in has:
                    raise taken
                has[place] = row, taken
        for place, (row, taken) in has.items():
            if place not in had:
                yield put(row, FREE), taken
            elif row != had[place]:
                yield put(row), taken  # the thing that gives it up is as it was read, so the name is that thing's
        for place, row in had.items():
            if place not in has:
                yield delete(key_of(row)), StaleWrite("a name of the directory changed")

    def _named_rows(self, thing: AnyThing | None) -> dict[str, tuple[Item, AlreadyExists]]:
        """Return the rows by which a thing is found, each with the error to raise if another thing has it."""
        if thing is None:
            return {}
        kind, id = kind_of(thing), {"id": {"S": thing.id}}
        rows = [(natural_key(self._sealer, thing.tenant, kind, key) | id, FIELD[kind]) for key in natural_keys(thing)]
        external = None if isinstance(thing, Role) else thing.external_id
        if external is not None:
            rows.append((external_key(self._sealer, thing.tenant, kind, external) | id, "external_id"))
        return {place_of(row, ""): (row, AlreadyExists(_WORDS[kind], field)) for row, field in rows}

    def _named(self, tenant: TenantId, kind: Kind, key: Item) -> AnyThing | None:
        row = self._table.get(key)
        return None if row is None else self.get(tenant, kind, row["id"]["S"])

    def _things(self, tenant: TenantId, rows: Iterable[Item]) -> Sequence[AnyThing]:
        """Return the things of rows. The rows of two-way numbers say which numbers can send texts."""
        kinds = {prefix: kind for kind, prefix in PREFIX.items()}
        things = [thing_of(self._sealer, tenant, kinds[row["sk"]["S"][:3]], row) for row in rows]
        if not any(isinstance(thing, PhoneNumber) for thing in things):
            return things
        given = {row["sk"]["S"] for row in self._table.beginning_with(tenant_pk(tenant), NUMBER_PREFIX)}
        return [
            replace(thing, sms_enabled=True)
            if isinstance(thing, PhoneNumber) and f"{NUMBER_PREFIX}{thing.e164}" in given
            else thing
            for thing in things
        ]


def _memberships(change: DirectoryChange) -> Iterator[tuple[Item, TocsinError]]:
    """Yield the changes of the lookup from a sign-in to its people."""
    had = change.before.sub if isinstance(change.before, User) else None
    has = change.after.sub if isinstance(change.after, User) else None
    stale = StaleWrite("the sign-in of a person changed")
    for sub, verb in ((had, "DELETE"), (has, "ADD")):
        user = change.after or change.before
        if had != has and sub is not None and user is not None:
            member = {":member": {"SS": [f"{user.tenant}#{user.id}"]}}
            yield update(subject_key(sub), f"{verb} members :member", None, member), stale


def _owners(changes: Sequence[DirectoryChange]) -> Iterator[tuple[Item, TocsinError]]:
    """Yield the change of the list of active owners. Its condition keeps one, also if two calls write at once."""
    before = {change.before.id: change.before for change in changes if _is_owner(change.before)}
    after = {change.after.id: change.after for change in changes if _is_owner(change.after)}
    gained = [thing for id, thing in after.items() if id not in before]
    lost = [thing for id, thing in before.items() if id not in after]
    if gained and lost:
        raise ValueError("one commit both adds and removes owners; add first")
    owners: Item = {":owners": {"SS": [thing.id for thing in gained or lost]}}
    if gained:
        yield update(owners_key(gained[0].tenant), "ADD owners :owners", None, owners), LastOwner()
    if lost:
        owners[":lost"] = number(len(lost))
        yield (
            update(owners_key(lost[0].tenant), "DELETE owners :owners", "size(owners) > :lost", owners),
            LastOwner(),
        )


def _is_owner(thing: AnyThing | None) -> TypeGuard[User]:
    return isinstance(thing, User) and thing.role == SystemRole.OWNER.value and thing.state is UserState.ACTIVE


_WORDS = {
    Kind.COMPANY: "company",
    Kind.USER: "user",
    Kind.LINE: "line",
    Kind.PHONE_NUMBER: "phone number",
    Kind.GROUP: "group",
    Kind.ROLE: "role",
}
