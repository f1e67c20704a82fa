"""An identity provider in memory. Its authenticator codes are real: RFC 6238, SHA-1, six digits, 30 seconds."""

from __future__ import annotations

import base64
import hmac
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from tests.fakes.time import NOON
from tocsin.identity.ports.provider import Challenge, ChallengeKind, Invited, Refused, SignedIn
from tocsin.kernel.domain.errors import AlreadyExists, ProviderUnavailable


def app_code(secret: str, now: datetime = NOON) -> str:
    """Return what an authenticator app shows now."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(now.timestamp()) // 30), "sha1")
    start = digest[-1] & 0xF
    (number,) = struct.unpack(">I", digest[start : start + 4])
    return f"{(number & 0x7FFFFFFF) % 10**6:06}"


@dataclass
class Person:
    """One sign-in."""

    sub: str
    email: str
    password: str
    first: bool = True
    enabled: bool = True
    secret: str | None = None
    mfa: bool = False
    reset_code: str | None = None


@dataclass
class FakeIdentityProvider:
    """A pool of people by subject.

    Attributes:
        mailed: addresses that a code was mailed to, in order.
        asked: how many passwords and codes were tried.
        signed_out: subjects whose tokens were revoked.
        failing: how many of the next calls get no answer.
    """

    clock: Callable[[], datetime] = lambda: NOON
    people: dict[str, Person] = field(default_factory=dict)
    mailed: list[str] = field(default_factory=list)
    asked: int = 0
    signed_out: list[str] = field(default_factory=list)
    failing: int = 0
    _states: dict[str, str] = field(default_factory=dict)

    def sign_in(self, email: str, password: str) -> SignedIn | Challenge | Refused:
        self._check()
        self.asked += 1
        person = self._of(email)
        if person is None:
            return Refused.WRONG
        if not person.enabled:
            return Refused.DISABLED
        if person.password != password:
            return Refused.WRONG
        if person.first:
            return self._challenge(ChallengeKind.NEW_PASSWORD, person)
        return self._challenge(ChallengeKind.CODE, person) if person.mfa else self._signed_in(person)

    def answer(self, challenge: Challenge, email: str, given: str) -> SignedIn | Challenge | Refused:
        self._check()
        self.asked += 1
        person = self.people.get(self._states.get(challenge.state, ""))
        if person is None or person.email.lower() != email.lower():
            return Refused.EXPIRED
        if challenge.kind is ChallengeKind.NEW_PASSWORD:
            if len(given) < 12:
                return Refused.WEAK_PASSWORD
            person.password, person.first = given, False
        elif given != app_code(person.secret or "", self.clock()):
            return Refused.WRONG
        return self._signed_in(person)

    def subject_of(self, email: str) -> str | None:
        person = self._of(email)
        return person.sub if person else None

    def invite(self, email: str, password: str) -> Invited:
        self._check()
        person = self._of(email)
        if person is None:
            person = Person(f"sub-{len(self.people) + 1}", email, password)
            self.people[person.sub] = person
        elif person.first:
            person.password = password
        return Invited(person.sub, person.first)

    def forgot(self, email: str) -> None:
        self._check()
        person = self._of(email)
        if person is not None and not person.first:
            person.reset_code = "654321"
            self.mailed.append(email)

    def reset(self, email: str, code: str, password: str) -> Refused | None:
        self._check()
        person = self._of(email)
        if person is not None and person.reset_code is None:
            return Refused.EXPIRED
        if person is None or person.reset_code != code:
            return Refused.WRONG
        if len(password) < 12:
            return Refused.WEAK_PASSWORD
        person.password, person.reset_code = password, None
        return None

    def set_password(self, sub: str, password: str) -> Refused | None:
        self._check()
        if len(password) < 12:
            return Refused.WEAK_PASSWORD
        self.people[sub].password, self.people[sub].first = password, False
        return None

    def begin_mfa(self, access_token: str) -> str:
        person = self._holder(access_token)
        person.secret = base64.b32encode(f"secret of {person.sub:>20}".encode()).decode().rstrip("=")
        return person.secret

    def confirm_mfa(self, access_token: str, code: str) -> Refused | None:
        person = self._holder(access_token)
        if code != app_code(person.secret or "", self.clock()):
            return Refused.WRONG
        person.mfa = True
        return None

    def end_mfa(self, sub: str) -> None:
        self.people[sub].mfa = False

    def enable(self, sub: str, *, enabled: bool) -> None:
        self.people[sub].enabled = enabled

    def sign_out_everywhere(self, sub: str) -> None:
        self.signed_out.append(sub)

    def change_email(self, sub: str, email: str) -> None:
        other = self._of(email)
        if other is not None and other.sub != sub:
            raise AlreadyExists("user", "email")
        self.people[sub].email = email

    def delete(self, sub: str) -> None:
        self.people.pop(sub, None)

    def _check(self) -> None:
        if self.failing:
            self.failing -= 1
            raise ProviderUnavailable("a test said so")

    def _of(self, email: str) -> Person | None:
        return next((p for p in self.people.values() if p.email.lower() == email.lower()), None)

    def _holder(self, access_token: str) -> Person:
        self._check()
        return self.people[access_token.removeprefix("access-")]

    def _signed_in(self, person: Person) -> SignedIn:
        return SignedIn(person.sub, f"access-{person.sub}")

    def _challenge(self, kind: ChallengeKind, person: Person) -> Challenge:
        state = f"state-{len(self._states) + 1}-{person.sub}"
        self._states[state] = person.sub
        return Challenge(kind, state)
