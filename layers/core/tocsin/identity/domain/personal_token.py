"""Personal tokens: with one, a program acts as its person. Form, digest, and what is kept of one.

    tcp _ tenant _ person's id and token's id _ 27 base62 characters of secret, 6 of checksum

Prefix, secret, checksum and digest serve as those of API keys do: see `api_key_token`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tocsin.identity.domain.api_key_token import SecretToken, checksum
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.errors import Fault
from tocsin.kernel.domain.ids import TenantId, UserId

LONGEST_DAYS = 365
NAME_CHARACTERS = 80
MOST = 50
"""Most personal tokens of one person in a tenant."""

USED_EVERY = timedelta(hours=1)
"""How often the time of the last use is written."""

_FORM = re.compile(
    r"(?P<body>tcp_(?P<tenant>[a-z0-9]{4,20})_(?P<user>[a-z0-9]{1,40})(?P<id>[a-z0-9]{12})_(?P<secret>[0-9A-Za-z]{27}))"
    r"(?P<check>[0-9A-Za-z]{6})"
)


@dataclass(frozen=True, slots=True)
class PersonalTokenText(SecretToken):
    """The parts of a well-formed token. They are not authenticated. `id` has 12 lower-case letters and digits."""

    tenant: TenantId
    user: UserId
    id: str
    secret: str = field(repr=False)

    def __str__(self) -> str:
        """Return the token as the client sends it: a credential, never to be logged."""
        body = f"tcp_{self.tenant}_{self.user}{self.id}_{self.secret}"
        return body + checksum(body)


def parse_personal_token(text: str) -> PersonalTokenText | None:
    """Return the parts of a token, None if it is malformed or its checksum is wrong."""
    found = _FORM.fullmatch(text)
    if found is None or checksum(found["body"]) != found["check"]:
        return None
    return PersonalTokenText(TenantId(found["tenant"]), UserId(found["user"]), found["id"], found["secret"])


@dataclass(frozen=True, slots=True)
class PersonalToken:
    """One personal token, as it is kept.

    Attributes:
        secret_hash: keyed hash of the token.
        read_only: it changes nothing.
        manages_people: it may manage people, roles and keys, as far as its person may.
        used_at: about when it was last used, an hour early at most; None = never.
    """

    tenant: TenantId
    user: UserId
    id: str
    secret_hash: str
    name: str
    created_at: datetime
    expires_at: datetime
    read_only: bool = False
    manages_people: bool = False
    used_at: datetime | None = None

    def admits(self, user: User, now: datetime) -> bool:
        """Whether the token still lets its person in."""
        return now < self.expires_at and user.state is UserState.ACTIVE


@dataclass(frozen=True, slots=True)
class NewToken:
    """What a person asks of a new token.

    Attributes:
        days: how long it lives, 1 to 365.
    """

    name: str
    days: int
    read_only: bool = False
    manages_people: bool = False

    def faults(self) -> list[Fault]:
        """Return what is wrong with it."""
        found = []
        if not self.name.strip() or len(self.name) > NAME_CHARACTERS or not self.name.isprintable():
            found.append(Fault("/name", "WRONG_FORM", f"must be one line of 1 to {NAME_CHARACTERS} characters"))
        if not 1 <= self.days <= LONGEST_DAYS:
            found.append(Fault("/days", "OUT_OF_RANGE", f"must be from 1 to {LONGEST_DAYS}"))
        if self.read_only and self.manages_people:
            found.append(Fault("/manages_people", "CONFLICT", "a token that only reads manages nothing"))
        return found
