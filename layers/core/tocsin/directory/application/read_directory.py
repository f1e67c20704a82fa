"""Read the directory: one thing, or a page of a kind, as far as the caller may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tocsin.directory.application.references import References
from tocsin.directory.domain.authority import in_reach, is_own, may_read
from tocsin.directory.domain.fields import brief, resource
from tocsin.directory.domain.things import AnyThing, Kind, Line, PhoneNumber
from tocsin.directory.ports import Directory, DirectoryPage
from tocsin.identity.domain.permissions import CUSTOM, Permission, Reach, SystemRole
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.role import system_role
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.errors import Forbidden, NotFound
from tocsin.kernel.domain.ids import RoleId


@dataclass(frozen=True, slots=True)
class Page:
    """Things as the API shows them. A page may be short. `next` is opaque, None on the last page."""

    items: Sequence[Mapping[str, Any]]
    next: str | None


@dataclass(frozen=True, slots=True)
class ReadDirectory:
    """Reads things for a caller."""

    directory: Directory
    references: References

    def one(self, caller: Principal, kind: Kind, id: str) -> AnyThing:
        """Return a thing.

        Raises:
            Forbidden: the caller may not read things of this kind, or not this one.
            NotFound: the tenant has no such thing.
        """
        reach = may_read(caller, kind)
        found = self.found(caller, kind, id)
        if not self._sees(caller, found, reach, self._own_targets(caller, [found], reach)):
            raise Forbidden(f"this {kind.value} is not yours")
        return found

    def found(self, caller: Principal, kind: Kind, id: str) -> AnyThing:
        """Return a thing of the caller's tenant, a system role too. Raises NotFound."""
        if kind is Kind.ROLE:
            found: AnyThing | None = self.references.role(caller.tenant, RoleId(id))
        else:
            found = self.directory.get(caller.tenant, kind, id)
        if found is None:
            raise NotFound(kind.value)
        return found

    def page(self, caller: Principal, kind: Kind, limit: int, cursor: str | None) -> Page:
        """Return a page of what the caller may see; the system roles come before the custom ones.

        Raises:
            Forbidden: the caller may not read things of this kind.
            InvalidRequest: the cursor is not of this list.
        """
        page, reach = self.things(caller, kind, limit, cursor), may_read(caller, kind)
        return Page([self.shown(caller, thing, reach) for thing in page.things], page.next)

    def things(self, caller: Principal, kind: Kind, limit: int, cursor: str | None) -> DirectoryPage:
        """Return the same page as things."""
        reach = may_read(caller, kind)
        page = self.directory.list(caller.tenant, kind, limit, cursor)
        things = list(page.things)
        if kind is Kind.ROLE and cursor is None:
            things = [system_role(caller.tenant, role) for role in SystemRole] + things
        own = self._own_targets(caller, things, reach)
        return DirectoryPage([thing for thing in things if self._sees(caller, thing, reach, own)], page.next)

    def me(self, caller: Principal) -> User:
        """Return the caller as a person. Raises Forbidden for an API key, NotFound for a person who is gone."""
        caller.need(Permission.SELF)
        if caller.user is None:
            raise Forbidden("an API key is no person")
        found = self.found(caller, Kind.USER, caller.user.id)
        assert isinstance(found, User)
        return found

    def permissions(self, caller: Principal) -> list[str]:
        """Return the permissions that a custom role can have. Raises Forbidden."""
        may_read(caller, Kind.ROLE)
        return sorted(permission.value for permission in CUSTOM)

    def shown(self, caller: Principal, thing: AnyThing, reach: Reach) -> Mapping[str, Any]:
        """Return a thing as this caller sees it: of a colleague's line, people see whose it is and its extension."""
        if isinstance(thing, Line) and self.is_brief(caller, thing, reach):
            return brief(thing)
        return resource(thing)

    def is_brief(self, caller: Principal, thing: AnyThing, reach: Reach) -> bool:
        """Whether this caller sees id, extension and label of a thing, and nothing else."""
        return reach is Reach.OWN and isinstance(thing, Line) and not is_own(caller, thing)

    def _sees(self, caller: Principal, thing: AnyThing, reach: Reach, own_targets: frozenset[str]) -> bool:
        if reach is Reach.OWN and isinstance(thing, PhoneNumber):
            return thing.target is not None and thing.target.id in own_targets
        return in_reach(caller, thing, reach)

    def _own_targets(self, caller: Principal, things: Sequence[AnyThing], reach: Reach) -> frozenset[str]:
        """Return which targets of phone numbers are the caller's lines or groups."""
        if reach is not Reach.OWN:
            return frozenset()
        targets = [thing.target for thing in things if isinstance(thing, PhoneNumber) and thing.target]
        wanted = [(Kind.LINE if target.kind == "line" else Kind.GROUP, target.id) for target in targets]
        found = self.directory.get_many(caller.tenant, wanted) if wanted else ()
        return frozenset(thing.id for thing in found if is_own(caller, thing))
