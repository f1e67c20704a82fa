"""Show again what a begun sign-in waits for: after a wrong answer, or when the page is loaded anew."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.identity.ports.keys import TenantRepository
from tocsin.identity.ports.people import People
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.sign_in.application.sign_in_states import SignInStates
from tocsin.sign_in.domain.authenticator import app_code, app_uri
from tocsin.sign_in.domain.steps import Asked, Denial, Denied, SignInStep, enterable

_ASKING = (SignInStep.CODE, SignInStep.NEW_PASSWORD, SignInStep.MFA_SETUP, SignInStep.TENANT)


@dataclass(frozen=True, slots=True)
class ResumeSignIn:
    """Reads the short cookie, and changes nothing."""

    states: SignInStates
    people: People
    tenants: TenantRepository
    clock: Clock

    def __call__(self, cookie: str) -> Asked | Denied:
        """Return what is asked, with the same cookie; EXPIRED: begin again."""
        state = self.states.read(cookie, self.clock(), *_ASKING)
        if state is None:
            return Denied(Denial.EXPIRED)
        if state.step is SignInStep.MFA_SETUP:
            uri = app_uri(state.email, state.app_secret)
            return Asked(state.step, cookie, (), state.app_secret, uri, app_code(uri))
        return Asked(state.step, cookie, self._names(state.sub) if state.step is SignInStep.TENANT else ())

    def _names(self, sub: str) -> tuple[tuple[TenantId, str], ...]:
        members = enterable(list(self.people.memberships(sub))).open
        found = [self.tenants.get(member.tenant) for member in members]
        return tuple((tenant.id, tenant.name) for tenant in found if tenant is not None)
