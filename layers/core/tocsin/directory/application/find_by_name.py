"""Find things of the directory by any name that an event gives them, as they are now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tocsin.directory.domain.things import Group, Kind, Line, PhoneNumber
from tocsin.directory.ports import Directory
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.ids import TenantId


@dataclass(frozen=True, slots=True)
class FindByName:
    """Finds things of one account. None = there is none. Raises StorageUnavailable."""

    directory: Directory
    tenant: TenantId

    def line(self, name: str) -> Line | None:
        """Return the line with this id, extension or alias."""
        found = self.directory.get(self.tenant, Kind.LINE, name)
        found = found or self.directory.by_natural_key(self.tenant, Kind.LINE, name)
        return found if isinstance(found, Line) else None

    def group(self, *names: str) -> Group | None:
        """Return the group with the first of these ids, numbers and aliases that a group has."""
        wanted = [name.casefold() for name in names]
        groups = self.directory.all(self.tenant, Kind.GROUP) if wanted else ()
        known: dict[str, Group] = {}
        for group in groups:
            if isinstance(group, Group):
                known |= {name.casefold(): group for name in (group.id, group.number, *group.aliases) if name}
        return next((known[name] for name in wanted if name in known), None)

    def target(self, number: str) -> Line | Group | None:
        """Return the line or group that calls to a number of the account go to."""
        found = self.directory.by_natural_key(self.tenant, Kind.PHONE_NUMBER, number)
        if not isinstance(found, PhoneNumber) or found.target is None:
            return None
        kind = Kind.LINE if found.target.kind == "line" else Kind.GROUP
        target = self.directory.get(self.tenant, kind, found.target.id)
        return target if isinstance(target, Line | Group) else None

    def user(self, name: str) -> User | None:
        """Return the person with this id, external id or address."""
        found = self.directory.get(self.tenant, Kind.USER, name)
        found = found or self.directory.by_external_id(self.tenant, Kind.USER, name)
        found = found or self.directory.by_natural_key(self.tenant, Kind.USER, name)
        return found if isinstance(found, User) else None

    def people(self, ids: Iterable[str]) -> tuple[User, ...]:
        """Return people in the order of their ids as given; who is gone is omitted."""
        wanted = list(ids)
        things = self.directory.get_many(self.tenant, [(Kind.USER, id) for id in wanted]) if wanted else ()
        found: dict[str, User] = {each.id: each for each in things if isinstance(each, User)}
        return tuple(found[id] for id in wanted if id in found)
