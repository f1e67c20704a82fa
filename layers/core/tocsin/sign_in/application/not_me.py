"""A person whom nobody should have invited stops all notices, by the link of the mail."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tocsin.identity.domain.user import User, UserState
from tocsin.identity.ports.keys import TenantRepository
from tocsin.identity.ports.people import People, PersonChanges
from tocsin.kernel.ports import Clock
from tocsin.sign_in.application.person_entries import PersonEntries
from tocsin.sign_in.application.person_links import PersonLinks, person_of
from tocsin.sign_in.domain.steps import Browser


@dataclass(frozen=True, slots=True)
class StrangerAsked:
    """What the page of the link says.

    Attributes:
        account: name of the account that sent the mail.
        stopped: the button was pressed already.
    """

    account: str
    stopped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NotMe:
    """Notes that the owner of a mailbox is not the person who was invited there."""

    people: People
    changes: PersonChanges
    tenants: TenantRepository
    links: PersonLinks
    entries: PersonEntries
    clock: Clock

    def read(self, token: str) -> StrangerAsked | None:
        """Return what the link is about; None: it is void, because the person has signed in, or is gone."""
        user = self._person(token)
        tenant = None if user is None else self.tenants.get(user.tenant)
        if user is None or tenant is None:
            return None
        return StrangerAsked(tenant.name, stopped=user.not_me_at is not None)

    def stop(self, token: str, browser: Browser) -> bool:
        """Stop all notices to the address. False: the link is void. A repeat changes nothing.

        Raises:
            StaleWrite: another call changed the person; repeat.
        """
        user = self._person(token)
        if user is None:
            return False
        if user.not_me_at is None:
            now = self.clock()
            after = replace(user, not_me_at=now, version=user.version + 1)
            self.changes.replace(user, after, self.entries(user, "user.not_me", now, browser))
        return True

    def _person(self, token: str) -> User | None:
        named = person_of(token)
        user = None if named is None else self.people.user(*named)
        if user is None or user.state is not UserState.INVITED or not self.links.is_not_me(user, token):
            return None
        return user
