"""Exchange a person's password, or a refresh token, for an access token: for programs that know OAuth only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin.audit.ports import AuditTrail
from tocsin.identity.domain.user import User, UserState
from tocsin.identity.ports.keys import TenantRepository
from tocsin.identity.ports.people import People
from tocsin.identity.ports.provider import Challenge, ChallengeKind, IdentityProvider, Refused, SignedIn
from tocsin.kernel.ports import Clock
from tocsin.sign_in.application.person_entries import PersonEntries
from tocsin.sign_in.application.refused_sign_ins import RecordRefusedSignIn
from tocsin.sign_in.application.sign_in_throttle import SignInThrottle
from tocsin.sign_in.domain.grant import GrantError, NotGranted
from tocsin.sign_in.domain.steps import Browser, Denied, canonical

_WRONG = NotGranted(GrantError.INVALID_GRANT, "wrong address or password")
_CODE = NotGranted(GrantError.MFA_REQUIRED, "this person signs in with a code too; use managed login")
_FIRST = NotGranted(GrantError.INVALID_GRANT, "this is the first password; sign in to the console with it")
_NOT_HERE = NotGranted(GrantError.UNAUTHORIZED_CLIENT, "an account of this person takes no passwords from programs")


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordGrant:
    """The exchange is a switch of the tenant, off by default: all tenants of the person must allow it.

    Failures count as those at the form do. Whether an address is known, locked or disabled cannot be told from answers.

    Raises:
        ProviderUnavailable, StorageUnavailable: repeat the call.
    """

    provider: IdentityProvider
    people: People
    tenants: TenantRepository
    throttle: SignInThrottle
    refused: RecordRefusedSignIn
    trail: AuditTrail
    entries: PersonEntries
    clock: Clock

    def password(self, email: str, password: str, source: Browser) -> SignedIn | NotGranted:
        """Exchange address and password."""
        now, address = self.clock(), canonical(email)
        visitor = self.throttle.visitor(address, source)
        limits = self.throttle.settings.passwords(visitor)
        answer = self.throttle.attempt(limits, now, lambda: self.provider.sign_in(address, password))
        match answer:
            case Denied():
                return NotGranted(_WRONG.error, _WRONG.sentence, retry_after=60 * answer.minutes)
            case Refused.OFTEN:
                self.throttle.give_back(limits, now)
                return NotGranted(_WRONG.error, _WRONG.sentence, retry_after=60)
            case Challenge():
                self.throttle.give_back(limits, now)
                return _CODE if answer.kind is ChallengeKind.CODE else _FIRST
            case SignedIn() if members := self._members(answer.sub):
                self.throttle.give_back(limits, now)
                return self._granted(answer, members, source, now)
        self.refused(address, source, "password", now)
        return _WRONG

    def refresh(self, refresh_token: str) -> SignedIn | NotGranted:
        """Exchange a refresh token."""
        answer = self.provider.refresh(refresh_token)
        if not isinstance(answer, SignedIn):
            return NotGranted(GrantError.INVALID_GRANT, "the refresh token is unknown, too old or revoked")
        members = self._members(answer.sub)
        return answer if members and self._allowed(members) else _NOT_HERE

    def _granted(
        self, signed_in: SignedIn, members: list[User], source: Browser, now: datetime
    ) -> SignedIn | NotGranted:
        if not self._allowed(members):
            return _NOT_HERE
        after = {"proof": "password", "device": source.device}
        self.trail.record([self.entries(user, "user.signed_in", now, source, after=after) for user in members])
        return signed_in

    def _members(self, sub: str) -> list[User]:
        return [user for user in self.people.memberships(sub) if user.state is UserState.ACTIVE]

    def _allowed(self, members: list[User]) -> bool:
        found = [self.tenants.get(user.tenant) for user in members]
        return all(tenant is not None and tenant.password_grant for tenant in found)
