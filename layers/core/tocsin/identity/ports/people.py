"""Ports of people: who they are, their sessions and their tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from tocsin.audit.domain.entry import AuditEntry
from tocsin.identity.domain.role import Role
from tocsin.identity.domain.session import Session
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.ids import RoleId, TenantId, UserId


class People(Protocol):
    """People and roles, as authentication reads them. `directory.ports` has what changes them."""

    def user(self, tenant: TenantId, user: UserId) -> User | None:
        """Return a person, disabled or not, strongly consistent; None = there is none."""
        ...

    def memberships(self, sub: str) -> Sequence[User]:
        """Return the person of each tenant that the subject of the identity provider belongs to."""
        ...

    def by_email(self, tenant: TenantId, email: str) -> User | None:
        """Return the person with a canonical address; None = there is none."""
        ...

    def role(self, tenant: TenantId, role: RoleId) -> Role | None:
        """Return a system role, or a custom role of the tenant; None = there is none."""
        ...


class Sessions(Protocol):
    """Sessions of the console."""

    def add(self, session: Session) -> None:
        """Store a new session."""
        ...

    def find(self, tenant: TenantId, user: UserId, session_id: str) -> tuple[Session, User] | None:
        """Return a session and its person in one read, strongly consistent; None = one of them is not there."""
        ...

    def seen(self, session: Session, at: datetime) -> None:
        """Move the time of the last use. A session that has ended stays so."""
        ...

    def end(self, tenant: TenantId, user: UserId, session_id: str) -> None:
        """End one session. One that is not there is no error."""
        ...

    def end_all(self, tenant: TenantId, user: UserId, but: str | None = None) -> int:
        """End all sessions of a person, but for one if given. Return how many ended."""
        ...

    def of(self, tenant: TenantId, user: UserId, now: datetime) -> Sequence[Session]:
        """Return the sessions that have not ended, newest first."""
        ...


class PersonChanges(Protocol):
    """Changes of a person that follow from signing in. All others are the directory's."""

    def replace(self, before: User, after: User, entry: AuditEntry) -> None:
        """Write a person and the audit entry, or neither.

        Raises:
            StaleWrite: the person is not in the version of `before` any more.
        """
        ...
