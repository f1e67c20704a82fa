"""Ports of the directory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tocsin.audit.domain.entry import AuditEntry
from tocsin.directory.domain.things import AnyThing, Kind
from tocsin.kernel.domain.ids import TenantId


@dataclass(frozen=True, slots=True)
class DirectoryChange:
    """One thing to write: `before` None = new, `after` None = delete, both = replace the version of `before`."""

    before: AnyThing | None
    after: AnyThing | None
    entry: AuditEntry


@dataclass(frozen=True, slots=True)
class DirectoryPage:
    """Things of one kind. `next` is opaque, None on the last page."""

    things: Sequence[AnyThing]
    next: str | None


class Directory(Protocol):
    """The directory of each tenant: names, addresses and numbers are sealed and found by fingerprint."""

    def get(self, tenant: TenantId, kind: Kind, id: str) -> AnyThing | None:
        """Return one thing, strongly consistent; None = there is none."""
        ...

    def get_many(self, tenant: TenantId, wanted: Sequence[tuple[Kind, str]]) -> Sequence[AnyThing]:
        """Return those that are there, in no order."""
        ...

    def list(self, tenant: TenantId, kind: Kind, limit: int, cursor: str | None) -> DirectoryPage:
        """Return a page of one kind, by id."""
        ...

    def all(self, tenant: TenantId, kind: Kind) -> Sequence[AnyThing]:
        """Return all things of one kind: for imports and for checks over the whole directory."""
        ...

    def by_natural_key(self, tenant: TenantId, kind: Kind, key: str) -> AnyThing | None:
        """Return the thing with this natural key, case-blind; None = there is none.

        It is the email of a user, the extension or an alias of a line, the E.164 of a number, `kind:name` of a group,
        and the name of a company or role.
        """
        ...

    def by_external_id(self, tenant: TenantId, kind: Kind, external_id: str) -> AnyThing | None:
        """Return the thing that a push or import knows by this id; None = there is none."""
        ...

    def commit(self, changes: Sequence[DirectoryChange]) -> None:
        """Write all changes with their audit entries, or none of them.

        They are 100 rows at most: two for each thing, and one for each of its names. A name that one change gives up
        may be taken by another.

        Raises:
            StaleWrite: a thing is not in the version of `before` any more, or a new one exists.
            AlreadyExists: another thing has this natural key or external id.
        """
        ...


class DirectoryWatch(Protocol):
    """What other subjects do when a change is one that `is_watched`. It may be repeated."""

    def before(self, changes: Sequence[DirectoryChange]) -> None:
        """Do what must be done before these changes are written. Raises StorageUnavailable: nothing is written."""
        ...

    def after(self, changes: Sequence[DirectoryChange]) -> None:
        """Do what follows from changes that were written. Never raises StorageUnavailable."""
        ...
