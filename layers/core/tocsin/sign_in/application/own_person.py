"""What a person changes of their own sign-in, in every tenant they are a member of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tocsin.audit.domain.entry import changes
from tocsin.audit.ports import AuditTrail
from tocsin.identity.domain.session import Session
from tocsin.identity.domain.user import User, UserState
from tocsin.identity.ports.people import People, PersonChanges, Sessions
from tocsin.identity.ports.provider import IdentityProvider
from tocsin.identity.ports.tokens import PersonalTokens
from tocsin.kernel.domain.errors import StaleWrite
from tocsin.sign_in.application.person_entries import PersonEntries
from tocsin.sign_in.domain.steps import Browser, enterable

_TRIES = 5


@dataclass(frozen=True, slots=True)
class OwnPerson:
    """Writes to all memberships of a subject. Every method may be repeated."""

    provider: IdentityProvider
    people: People
    changes: PersonChanges
    sessions: Sessions
    tokens: PersonalTokens
    trail: AuditTrail
    entries: PersonEntries

    def note(self, sub: str, action: str, browser: Browser, now: datetime) -> None:
        """Add an audit entry to each tenant."""
        self.trail.record([self.entries(user, action, now, browser) for user in self._members(sub)])

    def set_mfa(self, sub: str, browser: Browser, now: datetime, *, on: bool) -> None:
        """Note on each membership whether the person has an authenticator app."""
        action = "user.mfa_enabled" if on else "user.mfa_disabled"
        for user in self._members(sub):
            if user.mfa is not on:
                self._change(user, lambda it: replace(it, mfa=on), action, browser, now)

    def sign_out_everywhere(
        self, sub: str, action: str, browser: Browser, now: datetime, but: Session | None = None
    ) -> None:
        """End all sessions, and refuse access tokens that began before `now`, in every tenant.

        Args:
            but: a session that stays; it must have begun at `now` or later.
        """
        self.provider.sign_out_everywhere(sub)
        for user in self._members(sub):
            self._change(user, lambda it: replace(it, signed_out_at=now), action, browser, now)
            kept = but.id if but is not None and (but.tenant, but.user) == (user.tenant, user.id) else None
            self.sessions.end_all(user.tenant, user.id, kept)

    def delete_tokens(self, sub: str, browser: Browser, now: datetime) -> None:
        """Delete all personal tokens in every tenant."""
        for user in self._members(sub):
            if standing := self.tokens.of(user.tenant, user.id, now):
                before = {"tokens": len(standing)}
                self.trail.record([self.entries(user, "user.tokens_deleted", now, browser, before=before)])
                self.tokens.delete_all(user.tenant, user.id)

    def end_sessions(self, sub: str) -> None:
        """End all sessions in every tenant."""
        for user in self._members(sub):
            self.sessions.end_all(user.tenant, user.id)

    def _members(self, sub: str) -> list[User]:
        people = list(self.people.memberships(sub))
        entered = enterable(people).open
        return [user for user in people if user.state is not UserState.INVITED or user in entered]

    def _change(
        self, user: User, changed: Callable[[User], User], action: str, browser: Browser, now: datetime
    ) -> None:
        for _ in range(_TRIES):
            after = replace(changed(user), version=user.version + 1)
            was, became = changes(_told(user), _told(after))
            try:
                self.changes.replace(user, after, self.entries(user, action, now, browser, before=was, after=became))
            except StaleWrite:
                again = self.people.user(user.tenant, user.id)
                if again is None:
                    return
                user = again
            else:
                return
        raise StaleWrite("another call kept changing this person")


def _told(user: User) -> Mapping[str, Any]:
    return {"mfa": user.mfa}
