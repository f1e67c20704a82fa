"""Turn the authenticator app off."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.identity.domain.session import Session
from tocsin.identity.domain.user import User
from tocsin.identity.ports.keys import TenantRepository
from tocsin.identity.ports.people import People
from tocsin.identity.ports.provider import IdentityProvider
from tocsin.kernel.ports import Clock
from tocsin.sign_in.application.own_person import OwnPerson
from tocsin.sign_in.domain.steps import Browser, Denial, Denied


@dataclass(frozen=True, slots=True)
class TurnAppOff:
    """Ends the second factor of a signed-in person."""

    provider: IdentityProvider
    people: People
    tenants: TenantRepository
    own: OwnPerson
    clock: Clock

    def __call__(self, session: Session, user: User, browser: Browser) -> Denied | None:
        """Turn it off. None: done; otherwise NEEDS_PROOF, or REQUIRED by a tenant of the person."""
        now = self.clock()
        if user.sub is None or not session.is_proved(now):
            return Denied(Denial.NEEDS_PROOF)
        tenants = [self.tenants.get(member.tenant) for member in self.people.memberships(user.sub)]
        if any(tenant.mfa_required for tenant in tenants if tenant is not None):
            return Denied(Denial.REQUIRED)
        self.provider.end_mfa(user.sub)
        self.own.set_mfa(user.sub, browser, now, on=False)
        return None
