"""Invite a person by mail."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin.audit.application.new_entry import new_entry
from tocsin.audit.domain.actor import Actor, Via
from tocsin.audit.domain.entry import AuditEntry, Thing
from tocsin.identity.domain.user import User, UserState
from tocsin.identity.ports.keys import TenantRepository
from tocsin.identity.ports.people import PersonChanges
from tocsin.identity.ports.provider import IdentityProvider
from tocsin.kernel.domain.console_link import console_link
from tocsin.kernel.domain.errors import NotFound
from tocsin.kernel.ports import Clock, Randomness
from tocsin.sign_in.application.person_links import PersonLinks
from tocsin.sign_in.domain.personal_mail import PersonalMail, added_text, invitation_text
from tocsin.sign_in.domain.throttle import Limit
from tocsin.sign_in.ports.attempts import Attempts
from tocsin.sign_in.ports.system_mail import SystemMail

MOST_A_DAY = 5
"""Most invitations of one person within 24 hours."""

_DAY = timedelta(days=1)
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
"""32 characters that no font makes look alike."""


class NotInvited(StrEnum):
    """Why no invitation was sent."""

    ACTIVE = "active"  # the person has signed in
    DISABLED = "disabled"
    NOT_ME = "not_me"  # the owner of the mailbox wants no mail
    OFTEN = "often"  # MOST_A_DAY


def first_password(entropy: bytes) -> str:
    """Return a password of 80 random bits in four groups, from 16 random bytes."""
    letters = [_ALPHABET[byte % len(_ALPHABET)] for byte in entropy[:16]]
    return "-".join("".join(letters[start : start + 4]) for start in range(0, 16, 4))


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitePerson:
    """Gives a person of the directory a sign-in, and mails them. A new invitation ends the one before."""

    provider: IdentityProvider
    changes: PersonChanges
    tenants: TenantRepository
    attempts: Attempts
    mail: SystemMail
    links: PersonLinks
    randomness: Randomness
    clock: Clock

    def __call__(self, user: User, who: Actor, via: Via, console: str, request_id: str = "") -> User | NotInvited:
        """Invite the person, and return them as they are now, or why no mail went out.

        A person with a sign-in gets a mail without a password. If the function ends before the mail, invite again.

        Args:
            console: where the console is, as `console_link` takes it.

        Raises:
            StaleWrite: another call changed the person; read the person again.
            NotFound: there is no such tenant.
            ProviderUnavailable, StorageUnavailable: repeat the call.
        """
        if user.state is not UserState.INVITED:
            return NotInvited.DISABLED if user.state is UserState.DISABLED else NotInvited.ACTIVE
        if user.not_me_at is not None:
            return NotInvited.NOT_ME
        tenant = self.tenants.get(user.tenant)
        if tenant is None:
            raise NotFound("tenant")
        now = self.clock()
        limit = Limit(f"invite#{user.tenant}#{user.id}", MOST_A_DAY, _DAY)
        if self.attempts.take([limit], now) is not None:
            return NotInvited.OFTEN
        password = first_password(self.randomness.token(16))
        made = self.provider.invite(user.email, password)
        after = replace(user, sub=made.sub, invited_at=now, version=user.version + 1)
        self.changes.replace(user, after, self._entry(after, who, via, now, request_id))
        signin, not_me = console_link(console, "signin"), self.links.not_me(user, console)
        if made.fresh:
            subject = f"{tenant.name} invites you to Tocsin"
            text = invitation_text(tenant.name, signin, user.email, password, not_me)
        else:
            subject, text = f"{tenant.name} has added you to Tocsin", added_text(tenant.name, signin, not_me)
        change = f"invitation {user.id} {after.version}"
        self.mail.send(
            PersonalMail(tenant=user.tenant, change=change, dated=now, subject=subject, to=user.email, text=text)
        )
        return after

    def _entry(self, user: User, who: Actor, via: Via, now: datetime, request_id: str) -> AuditEntry:
        return new_entry(
            user.tenant,
            who,
            via,
            "user.invited",
            Thing("user", user.id, user.name),
            at=now,
            randomness=self.randomness,
            request_id=request_id,
        )
