"""Links of mails to one person: each names the person, and holds a keyed hash that only we can make."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass

from tocsin.identity.domain.user import User
from tocsin.kernel.domain.console_link import console_link
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.kernel.ports import Sealer

_FORM = re.compile(r"(?P<tenant>[a-z0-9]{4,20})\.(?P<user>[a-z0-9]{1,40})\.[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class PersonLinks:
    """Makes and checks the tokens of links. A token is for one purpose, one person and one address.

    The page behind each link has one button; opening the link changes nothing. `console` is as `console_link` takes it.
    """

    sealer: Sealer

    def not_me(self, user: User, console: str) -> str:
        """Return the link for a receiver who does not know the account. Another address voids it."""
        return console_link(console, f"not-me?token={self._token('not me', user, user.email)}")

    def is_not_me(self, user: User, token: str) -> bool:
        """Whether the token is that of `not_me`, compared in constant time."""
        return _equal(self._token("not me", user, user.email), token)

    def new_address(self, user: User, console: str) -> str:
        """Return the link that proves `new_email` of a person."""
        return console_link(console, f"me/address?token={self._token('new address', user, _wanted(user))}")

    def is_new_address(self, user: User, token: str) -> bool:
        """Whether the token is that of `new_address`, for what the person wants now."""
        return user.new_email is not None and _equal(self._token("new address", user, _wanted(user)), token)

    def stop_texts(self, user: User, number: str, console: str) -> str:
        """Return the link that ends the texts of notices to a number. Another number of the person voids it."""
        return console_link(console, f"stop-texts?token={self._token('stop texts', user, number)}")

    def is_stop_texts(self, user: User, number: str, token: str) -> bool:
        """Whether the token is that of `stop_texts`."""
        return _equal(self._token("stop texts", user, number), token)

    def _token(self, purpose: str, user: User, about: str) -> str:
        digest = self.sealer.fingerprint(user.tenant, f"link|{purpose}", f"{user.id}|{about}".encode())
        return f"{user.tenant}.{user.id}.{digest.hex()}"


def person_of(token: str) -> tuple[TenantId, UserId] | None:
    """Return whom a token names, not authenticated; None if it is malformed."""
    found = _FORM.fullmatch(token)
    return None if found is None else (TenantId(found["tenant"]), UserId(found["user"]))


def _wanted(user: User) -> str:
    """Return what the person wants, in whole seconds: a row keeps no microseconds."""
    return f"{user.new_email}|{int(user.new_email_at.timestamp()) if user.new_email_at else ''}"


def _equal(ours: str, given: str) -> bool:
    return hmac.compare_digest(ours.encode(), given.encode())
