"""Sessions of the console: a row behind an opaque cookie."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.ids import TenantId, UserId

IDLE = timedelta(minutes=60)
"""A session that is not used for so long is over."""

WHOLE = timedelta(hours=12)
"""A session is over after so long, used or not."""

PROOF = timedelta(minutes=15)
"""How long a password or code counts as proof for an action that asks for it (step-up)."""

SEEN_EVERY = timedelta(minutes=5)
"""How often the time of the last use is written."""


class Proof(StrEnum):
    """How the person signed in."""

    PASSWORD = "password"  # noqa: S105
    MFA = "mfa"  # password and a code of an authenticator app
    COMPANY = "company"  # the company's own sign-in, or a passkey, by managed login


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in browser.

    Attributes:
        secret_hash: keyed hash of the cookie's secret.
        form_secret: from which the token in each form is derived.
        proved_at: when the person last gave a password or a code.
        device: browser and system in words, for example "Firefox on Windows".
    """

    tenant: TenantId
    user: UserId
    id: str
    secret_hash: str
    form_secret: bytes = field(repr=False)
    created_at: datetime = field()
    seen_at: datetime = field()
    proved_at: datetime = field()
    proof: Proof = Proof.PASSWORD
    device: str = ""

    def ends_at(self) -> datetime:
        """Return when the session is over unless it is used again."""
        return min(self.seen_at + IDLE, self.created_at + WHOLE)

    def is_over(self, now: datetime) -> bool:
        """Whether the session has ended by time."""
        return now >= self.ends_at()

    def is_proved(self, now: datetime) -> bool:
        """Whether the last proof is fresh enough for an action that asks for one (step-up)."""
        return now < self.proved_at + PROOF

    def admits(self, user: User, now: datetime) -> bool:
        """Whether the session still lets its person in: neither over, nor disabled, nor signed out everywhere."""
        ended = user.signed_out_at is not None and self.created_at < user.signed_out_at
        return not self.is_over(now) and user.state is UserState.ACTIVE and not ended
