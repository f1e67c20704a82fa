"""What a change in the directory means for a person's sign-in at the identity provider, their sessions and tokens.

The sign-in belongs to the person. With memberships of several tenants, no tenant changes it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from tocsin.identity.domain.refusals import SharedSignIn
from tocsin.identity.domain.user import User, UserState
from tocsin.identity.ports.people import People, Sessions
from tocsin.identity.ports.provider import IdentityProvider
from tocsin.identity.ports.tokens import PersonalTokens
from tocsin.kernel.domain.errors import AlreadyExists
from tocsin.kernel.domain.ids import TenantId, UserId


class Tell(Protocol):
    """Mails a person; `sign_in.application.tell_person` has it."""

    def app_reset(self, user: User, console: str) -> None:
        """Tell that the authenticator app is off."""
        ...

    def address_moved(self, before: User, new: str) -> None:
        """Tell both addresses that the sign-in has moved from one to the other."""
        ...

    def asked_only(self, user: User, what: str) -> None:
        """Tell what an account asked for, which the person is no member of."""
        ...


@dataclass(frozen=True, slots=True)
class PersonSignIn:
    """Keeps sign-in, sessions and tokens in step with the directory. Every method may be repeated.

    An account whose invitation waits for acceptance changes nothing of the sign-in, and learns nothing. The person is
    told.

    Attributes:
        forget: removes what other subjects keep for a person who was deleted, such as the inbox.
    """

    people: People
    sessions: Sessions
    tokens: PersonalTokens
    provider: IdentityProvider
    tell: Tell
    forget: Callable[[TenantId, UserId], None]

    def move(self, before: User, after: User) -> None:
        """Give the sign-in the address that its person is about to get. Only then the directory changes.

        Raises:
            SharedSignIn: the person signs in to other tenants too.
            AlreadyExists: another person of the tenant has the address.
        """
        if before.sub is None or before.email == after.email:
            return
        if before.state is UserState.INVITED:
            if self._others(before):
                self.tell.asked_only(before, "change the address of your sign-in")
            return
        self.check_move(before, after)
        other = self.people.by_email(after.tenant, after.email)
        if other is not None and other.id != after.id:
            raise AlreadyExists("user", "email")
        self.provider.change_email(before.sub, after.email)
        self.tell.address_moved(before, after.email)

    def check_app(self, user: User) -> None:
        """Raise SharedSignIn if the person is a member of several accounts: then the app is theirs alone."""
        if user.state is not UserState.INVITED and self._others(user):
            raise SharedSignIn

    def app_off(self, user: User, console: str) -> None:
        """Turn the authenticator app off, and tell the person."""
        if user.sub is None:
            return
        if user.state is UserState.INVITED:
            if self._others(user):
                self.tell.asked_only(user, "turn your authenticator app off")
            return
        self.provider.end_mfa(user.sub)
        self.tell.app_reset(user, console)

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
        """End sessions and tokens of a person who was deleted, and forget what is kept for them.

        The sign-in is deleted too, if it was the last membership.

        An invitation that waits elsewhere keeps no sign-in that a member has used: that account invites again. It keeps
        an unused one, because the first password may be in the mail of that account.
        """
        self.sessions.end_all(user.tenant, user.id)
        self.tokens.delete_all(user.tenant, user.id)
        self.forget(user.tenant, user.id)
        if user.sub is None:
            return
        others = [other for other in self.people.memberships(user.sub) if other != user]
        if user.state is not UserState.INVITED:
            others = [other for other in others if other.state is not UserState.INVITED]
        if not others:
            self.provider.delete(user.sub)

    def _others(self, user: User) -> list[User]:
        """Return the memberships of other tenants that count: accepted, and not disabled."""
        members = self.people.memberships(user.sub) if user.sub else ()
        return [each for each in members if each.tenant != user.tenant and each.state is UserState.ACTIVE]
