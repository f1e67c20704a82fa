"""The accounts of a signed-in person: those to switch to, and those that wait for the person's acceptance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tocsin.audit.domain.entry import changes
from tocsin.identity.domain.user import User, UserState
from tocsin.identity.ports.keys import TenantRepository
from tocsin.identity.ports.people import People, PersonChanges
from tocsin.kernel.domain.errors import AlreadyExists, NotFound
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.sign_in.application.person_entries import PersonEntries
from tocsin.sign_in.domain.steps import Browser


@dataclass(frozen=True, slots=True)
class Accounts:
    """Accounts by id, with their names.

    Attributes:
        open: the person is an active member.
        waiting: the account has added the person, who has not accepted. It changes nothing yet.
    """

    open: Mapping[TenantId, str] = field(default_factory=dict)
    waiting: Mapping[TenantId, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OwnAccounts:
    """Reads and accepts memberships. An invitation by a further account counts only after its person has accepted."""

    people: People
    changes: PersonChanges
    tenants: TenantRepository
    entries: PersonEntries
    clock: Clock

    def of(self, user: User) -> Accounts:
        """Return the accounts of a person."""
        members = self._members(user)
        invited = [member for member in members if _waits(member)]
        return Accounts(self._names([m for m in members if m.state is UserState.ACTIVE]), self._names(invited))

    def accept(self, user: User, tenant: TenantId, browser: Browser) -> User:
        """Become an active member; return the person in that tenant.

        Raises:
            NotFound: that tenant has not added this person.
            AlreadyExists: the tenant has another person with the address that this person has by now.
            StaleWrite: another call changed the person; repeat.
        """
        other = self.people.by_email(tenant, user.email)
        before = self._waiting(user, tenant)
        if other is not None and other.id != before.id:
            raise AlreadyExists("user", "email")
        after = replace(before, state=UserState.ACTIVE, email=user.email, confirmed_email=True)
        return self._changed(before, after, "user.updated", browser)

    def decline(self, user: User, tenant: TenantId, browser: Browser) -> User:
        """Stay out, and stop all notices of that tenant; return the person there.

        Raises:
            NotFound: that tenant has not added this person.
            StaleWrite: another call changed the person; repeat.
        """
        before = self._waiting(user, tenant)
        return self._changed(before, replace(before, not_me_at=self.clock()), "user.not_me", browser)

    def _changed(self, before: User, after: User, action: str, browser: Browser) -> User:
        after = replace(after, version=before.version + 1)
        was, became = changes(_told(before), _told(after))
        entry = self.entries(before, action, self.clock(), browser, before=was, after=became)
        self.changes.replace(before, after, entry)
        return after

    def _waiting(self, user: User, tenant: TenantId) -> User:
        found = next((m for m in self._members(user) if m.tenant == tenant and _waits(m)), None)
        if found is None:
            raise NotFound("invitation")
        return found

    def _members(self, user: User) -> Sequence[User]:
        return [] if user.sub is None else self.people.memberships(user.sub)

    def _names(self, members: Sequence[User]) -> dict[TenantId, str]:
        tenants = [self.tenants.get(member.tenant) for member in members]
        return {tenant.id: tenant.name for tenant in tenants if tenant is not None}


def _waits(member: User) -> bool:
    return member.state is UserState.INVITED and member.not_me_at is None


def _told(user: User) -> dict[str, Any]:
    return {"state": user.state.value, "email": user.email}
