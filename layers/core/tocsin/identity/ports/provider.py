"""Port of the identity provider, which keeps passwords and second factors. On AWS it is Cognito."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class ChallengeKind(StrEnum):
    """What the provider asks for after a right password."""

    CODE = "code"  # the code of an authenticator app
    NEW_PASSWORD = "new_password"  # noqa: S105 - the first password of an invited person


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person is who they say. The token is kept only while MFA is set up."""

    sub: str
    access_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Challenge:
    """The provider asks for more. `state` is a secret of this attempt."""

    kind: ChallengeKind
    state: str = field(repr=False)


class Refused(StrEnum):
    """Why the provider refused."""

    WRONG = "wrong"  # unknown address, wrong password or code: the provider does not say which
    DISABLED = "disabled"
    EXPIRED = "expired"  # the attempt, the first password or the code is too old
    WEAK_PASSWORD = "weak_password"  # noqa: S105 - the new password does not meet the rules
    OFTEN = "often"  # the provider's own limit


@dataclass(frozen=True, slots=True)
class Invited:
    """A sign-in for an address.

    Attributes:
        fresh: the first password is valid. False: the person has signed in before, and keeps their own password.
    """

    sub: str
    fresh: bool


class IdentityProvider(Protocol):
    """Proves who a person is. Methods raise ProviderUnavailable when the provider does not answer."""

    def subject_of(self, email: str) -> str | None:
        """Return the subject of an address; None = there is no sign-in with it."""
        ...

    def sign_in(self, email: str, password: str) -> SignedIn | Challenge | Refused:
        """Check an address and a password."""
        ...

    def answer(self, challenge: Challenge, email: str, given: str) -> SignedIn | Challenge | Refused:
        """Answer a challenge with a code, or with the new password."""
        ...

    def invite(self, email: str, password: str) -> Invited:
        """Create a sign-in with a first password, or replace the first password of one that was never used."""
        ...

    def forgot(self, email: str) -> None:
        """Mail a code for a new password, if there is such a person."""
        ...

    def reset(self, email: str, code: str, password: str) -> Refused | None:
        """Set a new password by the mailed code; None = done."""
        ...

    def set_password(self, sub: str, password: str) -> Refused | None:
        """Replace the password of a person whose present one was just checked; None = done."""
        ...

    def begin_mfa(self, access_token: str) -> str:
        """Return a new secret (base32) for an authenticator app. It counts only after `confirm_mfa`."""
        ...

    def confirm_mfa(self, access_token: str, code: str) -> Refused | None:
        """Turn the second factor on, if the code is right; None = done."""
        ...

    def end_mfa(self, sub: str) -> None:
        """Turn the second factor off."""
        ...

    def enable(self, sub: str, *, enabled: bool) -> None:
        """Allow or refuse any sign-in."""
        ...

    def sign_out_everywhere(self, sub: str) -> None:
        """Revoke all tokens of the provider."""
        ...

    def change_email(self, sub: str, email: str) -> None:
        """Replace the address of the sign-in. Raises AlreadyExists if another sign-in has it."""
        ...

    def delete(self, sub: str) -> None:
        """Delete the sign-in. One that is not there is no error."""
        ...
