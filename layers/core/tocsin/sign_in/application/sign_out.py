"""End sessions: this one, another one, or all but this one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.audit.ports import AuditTrail
from tocsin.identity.domain.session import Session
from tocsin.identity.domain.user import User
from tocsin.identity.ports.people import Sessions
from tocsin.kernel.domain.errors import NotFound
from tocsin.kernel.ports import Clock
from tocsin.sign_in.application.open_session import OpenSession
from tocsin.sign_in.application.own_person import OwnPerson
from tocsin.sign_in.application.person_entries import PersonEntries
from tocsin.sign_in.domain.steps import Browser, Denial, Denied, Opened


@dataclass(frozen=True, slots=True)
class OwnSessions:
    """A person's own sessions in the tenant that they are in."""

    sessions: Sessions
    open: OpenSession
    own: OwnPerson
    trail: AuditTrail
    entries: PersonEntries
    clock: Clock

    def list(self, user: User) -> Sequence[Session]:
        """Return the sessions that have not ended, newest first."""
        now = self.clock()
        return [session for session in self.sessions.of(user.tenant, user.id, now) if session.admits(user, now)]

    def sign_out(self, session: Session, user: User, browser: Browser) -> None:
        """End this session."""
        self.sessions.end(session.tenant, session.user, session.id)
        self.trail.record([self.entries(user, "user.signed_out", self.clock(), browser)])

    def end(self, user: User, session_id: str, browser: Browser) -> None:
        """End another session of this person.

        Raises:
            NotFound: the person has no such session.
        """
        found = next((session for session in self.list(user) if session.id == session_id), None)
        if found is None:
            raise NotFound("session")
        self.sessions.end(user.tenant, user.id, session_id)
        told = {"device": found.device}
        self.trail.record([self.entries(user, "user.session_ended", self.clock(), browser, before=told)])

    def sign_out_everywhere(self, session: Session, user: User, browser: Browser) -> Opened | Denied:
        """End all other sessions, and refuse access tokens issued before, in every tenant of the person.

        This session goes on under a new id, and its twelve hours begin anew. So it needs a fresh proof.

        Returns:
            The session with its new cookie, or NEEDS_PROOF.
        """
        now = self.clock()
        if user.sub is None or not session.is_proved(now):
            return Denied(Denial.NEEDS_PROOF)
        opened = self.open.again(session, user, now, session.proved_at)
        self.own.sign_out_everywhere(user.sub, "user.signed_out_everywhere", browser, now, but=opened.session)
        return opened
