"""Open a session for a person who has proved who they are, and read it on each request."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tocsin.audit.domain.entry import changes
from tocsin.audit.ports import AuditTrail
from tocsin.identity.application.pepper import pepper_of
from tocsin.identity.domain.session import SEEN_EVERY, Proof, Session
from tocsin.identity.domain.user import User, UserState
from tocsin.identity.ports.people import People, PersonChanges, Sessions
from tocsin.kernel.domain.errors import StaleWrite
from tocsin.kernel.ports import Clock, Randomness, Sealer
from tocsin.sign_in.application.person_entries import PersonEntries
from tocsin.sign_in.domain.session_token import SECRET_BYTES, new_token, parse_session_token
from tocsin.sign_in.domain.steps import Browser, Opened

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OpenSession:
    """Makes the row behind a new cookie.

    Order of effects: the audit entry, then what the sign-in makes of the person, then the row. If the function ends
    in between, an entry tells of a session that no browser has; a session without an entry is impossible.
    """

    sessions: Sessions
    people: People
    changes: PersonChanges
    trail: AuditTrail
    entries: PersonEntries
    sealer: Sealer
    randomness: Randomness

    def __call__(
        self, user: User, proof: Proof, browser: Browser, now: datetime, *, carried: Session | None = None
    ) -> Opened:
        """Open a session and return it with its cookie, `known` and `next` empty.

        Args:
            carried: a session of the same person in another account, whose age and proof the new one takes over.

        Raises:
            StorageUnavailable: repeat the sign-in.
        """
        session, cookie = self.fresh(user, proof, browser.device, now)
        if carried is not None:
            session = replace(session, created_at=carried.created_at, proved_at=carried.proved_at)
        after = {"proof": proof.value, "device": browser.device}
        self.trail.record([self.entries(user, "user.signed_in", now, browser, after=after)])
        if user.state is UserState.INVITED or not user.confirmed_email:
            user = self._entered(user, browser, now)
        self.sessions.add(session)
        self.sessions.seen(session, now)
        _log.info("signed_in", extra={"tenant": user.tenant, "user": user.id, "proof": proof.value})
        return Opened(session, user, cookie)

    def again(self, session: Session, user: User, now: datetime, proved_at: datetime) -> Opened:
        """Replace a session by one with a new id and secret; its twelve hours begin anew, so ask for a proof before."""
        fresh, cookie = self.fresh(user, session.proof, session.device, now)
        fresh = replace(fresh, proved_at=proved_at)
        self.sessions.add(fresh)
        self.sessions.end(session.tenant, session.user, session.id)
        return Opened(fresh, user, cookie)

    def fresh(self, user: User, proof: Proof, device: str, now: datetime) -> tuple[Session, str]:
        """Return a session that is not stored yet, and its cookie."""
        token = new_token(user.tenant, user.id, self.randomness.token(12 + SECRET_BYTES))
        digest = token.digest(pepper_of(self.sealer, user.tenant))
        form_secret = self.randomness.token(32)
        session = Session(user.tenant, user.id, token.id, digest, form_secret, now, now, now, proof, device)
        return session, str(token)

    def _entered(self, user: User, browser: Browser, now: datetime) -> User:
        """Make an invited person active: the first password, or the code, went to that address."""
        for _ in range(3):
            after = replace(
                user, state=UserState.ACTIVE, confirmed_email=True, not_me_at=None, version=user.version + 1
            )
            was, became = changes(_states(user), _states(after))
            entry = self.entries(user, "user.updated", now, browser, before=was, after=became)
            try:
                self.changes.replace(user, after, entry)
            except StaleWrite:
                again = self.people.user(user.tenant, user.id)
                if again is None or again.state is UserState.DISABLED:
                    raise
                if again.state is UserState.ACTIVE and again.confirmed_email:
                    return again
                user = again
            else:
                return after
        raise StaleWrite("another call kept changing this person")


def _states(user: User) -> dict[str, Any]:
    return {"state": user.state.value, "confirmed_email": user.confirmed_email}


@dataclass(frozen=True, slots=True)
class ReadSession:
    """Finds the session and the person behind a cookie, as they are now: one read, on each request."""

    sessions: Sessions
    sealer: Sealer
    clock: Clock

    def __call__(self, cookie: str) -> tuple[Session, User] | None:
        """Return session and person; None: sign in first. Moves the time of the last use, every five minutes.

        Raises:
            StorageUnavailable: the session cannot be read now.
        """
        token = parse_session_token(cookie)
        found = None if token is None else self.sessions.find(token.tenant, token.user, token.id)
        if token is None or found is None:
            return None
        session, user = found
        now = self.clock()
        if not token.matches(session.secret_hash, pepper_of(self.sealer, session.tenant)):
            return None
        if not session.admits(user, now):
            return None
        if now - session.seen_at >= SEEN_EVERY:
            self.sessions.seen(session, now)
            session = replace(session, seen_at=now)
        return session, user
