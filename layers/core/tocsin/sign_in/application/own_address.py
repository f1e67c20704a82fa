"""A new address of one's own sign-in: asked for by the person, proved by a link, used in every account."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from tocsin.audit.domain.actor import Via
from tocsin.identity.domain.user import User, UserState
from tocsin.identity.ports.keys import TenantRepository
from tocsin.identity.ports.people import People, PersonChanges
from tocsin.identity.ports.provider import IdentityProvider
from tocsin.kernel.domain.errors import AlreadyExists, StaleWrite, TooManyRequests
from tocsin.kernel.ports import Clock
from tocsin.sign_in.application.person_entries import PersonEntries
from tocsin.sign_in.application.person_links import PersonLinks
from tocsin.sign_in.application.tell_person import TellPerson
from tocsin.sign_in.domain.personal_mail import NEW_ADDRESS_HOURS, PersonalMail, new_address_text
from tocsin.sign_in.domain.steps import Browser
from tocsin.sign_in.domain.throttle import Limit
from tocsin.sign_in.ports.attempts import Attempts
from tocsin.sign_in.ports.system_mail import SystemMail

MOST_A_DAY = 5
"""Most mails with such a link that one person can cause within 24 hours."""

_DAY = timedelta(days=1)


class NotMoved(StrEnum):
    """Why the address stays."""

    VOID = "void"  # not the link of what this person wants now, or too old
    TAKEN = "taken"  # another sign-in, or another person of an account, has the address


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAddress:
    """Asks for and confirms a new address. Only a session of the person who asked can confirm it."""

    provider: IdentityProvider
    people: People
    changes: PersonChanges
    tenants: TenantRepository
    attempts: Attempts
    mail: SystemMail
    tell: TellPerson
    links: PersonLinks
    entries: PersonEntries
    clock: Clock

    def ask(self, user: User, email: str, console: str, via: Via = Via.CONSOLE, request_id: str = "") -> User:
        """Mail a link to the new address; until its button is pressed, the old one stays. Return the person.

        Args:
            email: canonical; the present one changes nothing.
            console: where the console is, as `console_link` takes it.

        Raises:
            TooManyRequests: five such mails within a day.
            StaleWrite: another call changed the person; read the person again.
        """
        if email == user.email:
            return user
        now = self.clock()
        limit = Limit(f"new-address#{user.tenant}#{user.id}", MOST_A_DAY, _DAY)
        if self.attempts.take([limit], now) is not None:
            raise TooManyRequests("a person asks for a new address five times a day at most", int(_DAY.total_seconds()))
        after = replace(user, new_email=email, new_email_at=now, version=user.version + 1)
        browser = Browser("", request_id=request_id)
        self.changes.replace(user, after, self.entries(user, "user.address_asked", now, browser, via=via))
        tenant = self.tenants.get(user.tenant)
        self.mail.send(
            PersonalMail(
                tenant=user.tenant,
                change=f"new address {user.id} {after.version}",
                dated=now,
                subject="Confirm your new address",
                to=email,
                text=new_address_text(tenant.name if tenant else user.tenant, self.links.new_address(after, console)),
            )
        )
        return after

    def wanted(self, user: User, token: str) -> str | None:
        """Return the address that the link confirms for this person; None: the link is void."""
        if user.new_email_at is None or not self.links.is_new_address(user, token):
            return None
        return user.new_email if self.clock() - user.new_email_at < timedelta(hours=NEW_ADDRESS_HOURS) else None

    def confirm(self, user: User, token: str, browser: Browser) -> User | NotMoved:
        """Sign in with the new address from now on, in every account of the person; tell the old one.

        The person's own row comes last: if the function ends before, the link still does the rest.

        Raises:
            ProviderUnavailable, StorageUnavailable, StaleWrite: repeat the call.
        """
        email = self.wanted(user, token)
        if email is None or user.sub is None:
            return NotMoved.VOID
        members = [each for each in self.people.memberships(user.sub) if each.state is UserState.ACTIVE]
        members.sort(key=lambda each: each.tenant == user.tenant)
        for each in members:
            other = self.people.by_email(each.tenant, email)
            if other is not None and other.id != each.id:
                return NotMoved.TAKEN
        try:
            self.provider.change_email(user.sub, email)
        except AlreadyExists:
            return NotMoved.TAKEN
        self.tell.address_moved(user, email)
        moved = user
        for each in members:
            moved = self._moved(each, email, browser)
        return moved

    def _moved(self, user: User, email: str, browser: Browser) -> User:
        for _ in range(3):
            if user.email == email and user.new_email is None:
                return user
            after = replace(
                user, email=email, confirmed_email=True, new_email=None, new_email_at=None, version=user.version + 1
            )
            was, became = {"email": user.email}, {"email": email}
            now = self.clock()
            try:
                self.changes.replace(
                    user, after, self.entries(user, "user.address_changed", now, browser, before=was, after=became)
                )
            except StaleWrite:
                again = self.people.user(user.tenant, user.id)
                if again is None:
                    return user
                user = again
            else:
                return after
        raise StaleWrite("another call kept changing this person")
