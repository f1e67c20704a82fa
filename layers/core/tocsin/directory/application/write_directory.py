"""Create and change things of the directory, and upsert them by the id of another system.

Each call is judged in this order: right, existence, reach, version, body, state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from tocsin.audit.domain.actor import Via
from tocsin.directory.application.entries import Changes
from tocsin.directory.application.own_numbers import OwnNumbers, check_backup_phone
from tocsin.directory.application.person_sign_in import PersonSignIn
from tocsin.directory.application.read_directory import ReadDirectory
from tocsin.directory.application.references import References
from tocsin.directory.application.rules_of_directory import Narrowed, RulesOfDirectory
from tocsin.directory.domain.authority import check_result, check_touch, may_change
from tocsin.directory.domain.fields import Fields, made, settable, with_fields
from tocsin.directory.domain.natural_keys import kind_of, natural_keys
from tocsin.directory.domain.things import MOST, WORD, AnyThing, Kind
from tocsin.directory.domain.versions import check_match, merged
from tocsin.directory.ports import Directory
from tocsin.identity.domain.permissions import Permission, Reach, SystemRole
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.role import Role
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.errors import AlreadyExists, Forbidden, NotPossible, StaleWrite
from tocsin.kernel.domain.ids import time_ordered_uuid
from tocsin.kernel.ports import Clock, Randomness

ROUNDS = 3
"""How often a change is tried that loses against others."""

ReadFields = Callable[[Kind, Mapping[str, Any]], Fields]
"""Returns the fields of a body, complete and in canonical form. Raises InvalidRequest."""

_DECIDES_SCOPES = frozenset({"role", "companies", "scopes", "user", "company", "members", "managers", "target", "kind"})
"""Fields by which it is decided whose a thing is, and what a person may use."""

_OWN = ("name", "email", "zone", "backup_phone")
"""What people change of themselves."""


class NewAddress(Protocol):
    """Asks for a new address of one's own sign-in; `sign_in.application.own_address` has it."""

    def __call__(self, user: User, email: str, console: str, via: Via, request_id: str) -> User:
        """Mail a link to the address, unless it is the present one. Raises TooManyRequests, StaleWrite."""
        ...


ReadOwnFields = Callable[[Mapping[str, Any]], Fields]
"""The same for what people change of themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteDirectory:
    """Changes things for a caller. Every method may be repeated.

    Attributes:
        rules: returns what alert rules say; they are imported with the first question.
    """

    directory: Directory
    read: ReadDirectory
    references: References
    own_numbers: OwnNumbers
    changes: Changes
    sign_in: PersonSignIn
    fields: ReadFields
    own_fields: ReadOwnFields
    new_address: NewAddress
    rules: Callable[[], RulesOfDirectory]
    clock: Clock
    randomness: Randomness

    def create(self, caller: Principal, kind: Kind, body: Mapping[str, Any], id: str | None = None) -> AnyThing:
        """Create a thing.

        Args:
            id: the same for every repeat of the call; a repeat gets what was created. None = a new one.

        Raises:
            Forbidden, InvalidRequest, ExceedsYours.
            AlreadyExists: another thing has its name.
            NotPossible: the tenant has the most things of this kind.
        """
        reach = may_change(caller, kind)
        if id is not None and (earlier := self.directory.get(caller.tenant, kind, id)) is not None:
            return earlier
        thing = made(kind, caller.tenant, id or self._new_id(), self.fields(kind, body), self.clock())
        self._check(caller, None, thing, reach)
        self.directory.commit([self.changes(caller, None, thing)])
        if kind is Kind.PHONE_NUMBER:  # the operator may have given it to the tenant before
            return self.directory.get(caller.tenant, kind, thing.id) or thing
        return thing

    def change(
        self,
        caller: Principal,
        kind: Kind,
        id: str,
        patch: Mapping[str, Any],
        if_match: str | None = None,
        confirm: str | None = None,
    ) -> AnyThing:
        """Apply a JSON merge patch to a thing; what comes of it is judged. Nothing is written if nothing changes.

        Args:
            confirm: says that the list of triggers of alert rules that stop was seen.

        Raises:
            ConfirmFirst: triggers name what the owners of their rules may not use any more; they would be stopped.
            Forbidden, NotFound, PreconditionFailed, InvalidRequest, ExceedsYours, AlreadyExists, SharedSignIn.
            LastOwner: the person is the only active owner.
            StaleWrite: the thing kept changing.
        """
        reach = may_change(caller, kind)

        def changed(before: AnyThing) -> AnyThing:
            check_match(if_match, before)
            after = with_fields(before, self.fields(kind, merged(settable(before), patch)))
            self._check(caller, before, after, reach)
            return after

        if patch.keys().isdisjoint(_DECIDES_SCOPES):
            return self._replace(caller, kind, id, reach, changed)
        rules: list[Narrowed] = []

        def judged(before: AnyThing) -> AnyThing:
            after = changed(before)
            rules[:] = [self.rules().narrow(caller, [after])]
            rules[0].check(confirm)
            return after

        after = self._replace(caller, kind, id, reach, judged)
        rules[0].cut()
        return after

    def change_me(self, caller: Principal, patch: Mapping[str, Any], console: str, if_match: str | None = None) -> User:
        """Apply a merge patch to what people may change of themselves. A new address holds once it is confirmed.

        Args:
            console: where the console is, as `console_link` takes it.

        Raises:
            Forbidden, NotFound, PreconditionFailed, InvalidRequest, StaleWrite.
            TooManyRequests: five new addresses within a day.
        """
        for _ in range(ROUNDS):
            before = self.read.me(caller)
            if caller.read_only:
                raise Forbidden(Permission.SELF.value)
            check_match(if_match, before)
            now = settable(before)
            mine = dict(self.own_fields(merged({name: now[name] for name in _OWN}, patch)))
            email = mine.pop("email")
            after = with_fields(before, {**now, **mine})
            assert isinstance(after, User)
            check_backup_phone(before, after, self.own_numbers.has)
            if after == before or self._committed(caller, before, after):
                return self.new_address(after, email, console, caller.via, caller.request_id)
        raise StaleWrite("another call kept changing this person")

    def upsert(
        self,
        caller: Principal,
        kind: Kind,
        external_id: str,
        body: Mapping[str, Any],
        if_match: str | None = None,
        confirm: str | None = None,
    ) -> tuple[AnyThing, bool]:
        """Make or replace the thing that another system knows by an id; return it and whether it is new.

        A thing that was made by hand is found by its natural key and taken over.

        Args:
            confirm: as for `change`.

        Raises:
            ConfirmFirst: as for `change`.
            Forbidden: also for a person with a role above `user` who was not linked to this id by an administrator.
            PreconditionFailed, InvalidRequest, ExceedsYours, SharedSignIn, StaleWrite.
            AlreadyExists: the natural key belongs to a thing with another external id.
            NotPossible: roles have no external id; or the tenant has the most things of this kind.
        """
        reach = may_change(caller, kind)
        if kind is Kind.ROLE:
            raise NotPossible("a role has no external id; use /roles")
        for _ in range(ROUNDS):
            linked = self.directory.by_external_id(caller.tenant, kind, external_id)
            if linked is not None:
                self._check_touch(caller, linked, reach)
            check_match(if_match, linked)
            fields = self.fields(kind, body)
            before = linked or self._by_hand(made(kind, caller.tenant, "", fields, self.clock()), external_id)
            if before is not None:
                self._check_touch(caller, before, reach)
            if isinstance(before, User) and "contacts" not in body:  # other systems do not know them
                fields = {**fields, "contacts": before.contacts}
            after = self._pushed(caller, kind, before, fields, external_id)
            rules = Narrowed() if before is None else self.rules().narrow(caller, [after])
            if after == before:
                rules.check(confirm)  # an earlier call may have died before it cut them
                rules.cut()
                return after, False
            _check_push(before, after, external_id)
            self._check(caller, before, after, reach)
            rules.check(confirm)
            if isinstance(before, User) and isinstance(after, User):
                self.sign_in.move(before, after)
            if self._committed(caller, before, after):
                rules.cut()
                return after, before is None
        raise StaleWrite("another call kept changing this thing of the directory")

    def _pushed(
        self, caller: Principal, kind: Kind, before: AnyThing | None, fields: Fields, external_id: str
    ) -> AnyThing:
        """Return the thing as the push says, in its next version; `before` itself if the push changes nothing."""
        after = (
            with_fields(before, fields) if before else made(kind, caller.tenant, self._new_id(), fields, self.clock())
        )
        if isinstance(after, Role) or (after.external_id == external_id and after.source is not None):
            return after
        version = before.version + 1 if before else after.version
        return replace(after, external_id=external_id, source=str(caller.actor), version=version)

    def _new_id(self) -> str:
        return time_ordered_uuid(self.clock(), self.randomness.token(10)).replace("-", "")

    def _by_hand(self, new: AnyThing, external_id: str) -> AnyThing | None:
        """Return the thing that already has the natural key. Raises AlreadyExists if it has another external id."""
        kind = kind_of(new)
        found = self.directory.by_natural_key(new.tenant, kind, natural_keys(new)[0])
        if found is not None and not isinstance(found, Role) and found.external_id not in (None, external_id):
            raise AlreadyExists(WORD[kind].replace("_", " "), "natural key, and another external_id")
        return found

    def _replace(
        self, caller: Principal, kind: Kind, id: str, reach: Reach, changed: Callable[[AnyThing], AnyThing]
    ) -> AnyThing:
        for _ in range(ROUNDS):
            before = self._touchable(caller, kind, id, reach)
            after = changed(before)
            if after == before:
                return before
            if isinstance(before, User) and isinstance(after, User):
                self.sign_in.move(before, after)
            if self._committed(caller, before, after):
                return after
        raise StaleWrite("another call kept changing this thing of the directory")

    def _touchable(self, caller: Principal, kind: Kind, id: str, reach: Reach) -> AnyThing:
        found = self.read.found(caller, kind, id)
        self._check_touch(caller, found, reach)
        return found

    def _check_touch(self, caller: Principal, thing: AnyThing, reach: Reach) -> None:
        role = self.references.role(thing.tenant, thing.role) if isinstance(thing, User) else None
        check_touch(caller, thing, reach, role)

    def _check(self, caller: Principal, before: AnyThing | None, after: AnyThing, reach: Reach) -> None:
        """Judge a new or changed thing: references, what it grants, and how many there are."""
        self.references.check(after)
        check_backup_phone(before, after, self.own_numbers.has)
        role = self.references.role(after.tenant, after.role) if isinstance(after, User) else None
        check_result(caller, before, after, reach, role)
        kind = kind_of(after)
        if before is None and len(self.directory.all(after.tenant, kind)) >= MOST[kind]:
            raise NotPossible(f"an account has at most {MOST[kind]} {kind.value.replace('_', ' ')}")

    def _committed(self, caller: Principal, before: AnyThing | None, after: AnyThing | None) -> bool:
        try:
            self.directory.commit([self.changes(caller, before, after)])
        except StaleWrite:
            return False
        return True


def _check_push(before: AnyThing | None, after: AnyThing, external_id: str) -> None:
    """Raise Forbidden if a push makes or changes an owner, or takes over a person with a role above `user`."""
    if not isinstance(after, User):
        return
    was = before if isinstance(before, User) else None
    if SystemRole.OWNER.value in (after.role, was.role if was else None):
        raise Forbidden("a push makes and changes no owners")
    if was is not None and was.external_id != external_id and was.role != SystemRole.USER.value:
        raise Forbidden("an administrator links the external id of a person with this role")
