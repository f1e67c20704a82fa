"""What a change in the directory means for a person's sign-in at the identity provider, their sessions and tokens.

The sign-in belongs to the person. With memberships of several tenants, no tenant changes it.
"""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.identity.domain.user import User, UserState
from tocsin.identity.ports.people import People, Sessions
from tocsin.identity.ports.provider import IdentityProvider
from tocsin.identity.ports.tokens import PersonalTokens
from tocsin.kernel.domain.errors import AlreadyExists, SharedSignIn


@dataclass(frozen=True, slots=True)
class PersonSignIn:
    """Keeps sign-in, sessions and tokens in step with the directory. Every method may be repeated."""

    people: People
    sessions: Sessions
    tokens: PersonalTokens
    provider: IdentityProvider

    def move(self, before: User, after: User) -> None:
        """Give the sign-in the address that its person is about to get. Only then the directory changes.

        Raises:
            SharedSignIn: the person signs in to other tenants too.
            AlreadyExists: another person of the tenant has the address.
        """
        if after.sub is None or before.email == after.email:
            return
        self.check_move(before, after)
        other = self.people.by_email(after.tenant, after.email)
        if other is not None and other.id != after.id:
            raise AlreadyExists("user", "email")
        self.provider.change_email(after.sub, after.email)

    def check_move(self, before: User, after: User) -> None:
        """Raise SharedSignIn if the person gets another address, and signs in to other tenants too."""
        if after.sub is not None and before.email != after.email and self._others(before):
            raise SharedSignIn

    def disabled(self, user: User) -> None:
        """End all sessions and tokens; refuse the sign-in too, if this tenant was the last one to let the person in."""
        self.sessions.end_all(user.tenant, user.id)
        self.tokens.delete_all(user.tenant, user.id)
        if user.sub is not None and not self._others(user):
            self.provider.enable(user.sub, enabled=False)

    def enabled(self, user: User) -> None:
        """Allow the sign-in again."""
        if user.sub is not None:
            self.provider.enable(user.sub, enabled=True)

    def ended(self, user: User) -> None:
        """End sessions and tokens of a person who was deleted; delete the sign-in, if this was the last membership."""
        self.sessions.end_all(user.tenant, user.id)
        self.tokens.delete_all(user.tenant, user.id)
        if user.sub is not None and not [other for other in self.people.memberships(user.sub) if other != user]:
            self.provider.delete(user.sub)

    def _others(self, user: User) -> list[User]:
        """Return the memberships of other tenants that count: accepted, and not disabled."""
        members = self.people.memberships(user.sub) if user.sub else ()
        return [each for each in members if each.tenant != user.tenant and each.state is UserState.ACTIVE]
