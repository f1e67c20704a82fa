"""Refused sign-ins of known people, in the audit trails of their tenants."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.audit.domain.entry import AuditEntry
from tocsin.audit.ports import AuditTrail
from tocsin.identity.domain.user import User, UserState
from tocsin.identity.ports.people import People
from tocsin.identity.ports.provider import IdentityProvider
from tocsin.sign_in.application.person_entries import PersonEntries
from tocsin.sign_in.domain.steps import Browser
from tocsin.sign_in.domain.throttle import Limit
from tocsin.sign_in.ports.attempts import Attempts

LISTED = 20
"""Most refused sign-ins of a person within an hour that have an entry each; the others are one entry with a count."""

_HOUR = timedelta(hours=1)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RecordRefusedSignIn:
    """Adds an entry to each tenant that the person is a member of. An unknown address leaves a log line only."""

    provider: IdentityProvider
    people: People
    attempts: Attempts
    trail: AuditTrail
    entries: PersonEntries

    def __call__(self, email: str, browser: Browser, reason: str, now: datetime) -> None:
        """Record one refusal.

        Args:
            reason: `password`, `code` or `locked`.
        """
        sub = self.provider.subject_of(email)
        members = [] if sub is None else [u for u in self.people.memberships(sub) if u.state is not UserState.INVITED]
        _log.info("sign_in_refused", extra={"reason": reason, "known": bool(members)})
        self.trail.record([entry for user in members for entry in self._of(user, browser, reason, now)])

    def _of(self, user: User, browser: Browser, reason: str, now: datetime) -> list[AuditEntry]:
        counted = self.attempts.add(Limit(f"refused#{user.tenant}#{user.id}", LISTED, _HOUR), now)
        made = []
        if counted.ended_count > LISTED and counted.ended_at is not None:
            more = counted.ended_count - LISTED
            made.append(self.entries(user, "user.sign_in_refused", counted.ended_at, browser, count=more))
        if counted.count <= LISTED:
            after = {"reason": reason, "device": browser.device}
            made.append(self.entries(user, "user.sign_in_refused", now, browser, after=after))
        return made
