"""Authenticate a person by an access token of the identity provider."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tocsin.audit.domain.actor import Via
from tocsin.identity.application.principals import PersonPrincipal
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.refusals import TenantRequired
from tocsin.identity.domain.session import PROOF
from tocsin.identity.domain.user import User, UserState
from tocsin.identity.ports.keys import TenantRepository
from tocsin.identity.ports.people import People
from tocsin.identity.ports.tokens import AccessProof, CheckAccessToken
from tocsin.kernel.domain.errors import Forbidden, Unauthorized
from tocsin.kernel.ports import Clock


@dataclass(frozen=True, slots=True)
class AuthenticateAccess:
    """Checks an access token. The token proves who a person is; the directory says, with each call, what they may.

    Attributes:
        clock: the real time, because tokens are made by it.
    """

    check: CheckAccessToken
    people: People
    tenants: TenantRepository
    clock: Clock

    def __call__(self, token: str, tenant: str | None) -> Principal:
        """Return the person in a tenant.

        Args:
            tenant: the one that the call names; None = it names none.

        Raises:
            Unauthorized: no token of ours, one that is over, or a person who is in no tenant now.
            Forbidden: the person is not in the tenant that the call names.
            TenantRequired: the person is in several, and the call names none.
            ProviderUnavailable, StorageUnavailable: the token cannot be checked now.
        """
        proof = self.check(token)
        members = [] if proof is None else [user for user in self.people.memberships(proof.sub) if _admits(user, proof)]
        if proof is None or not members:
            raise Unauthorized
        if tenant is not None:
            members = [user for user in members if user.tenant == tenant]
            if not members:
                raise Forbidden("the account of X-Tenant")
        if len(members) > 1:
            raise TenantRequired
        (user,) = members
        self._check_second_factor(user, proof)
        caller = PersonPrincipal(self.people)(user, Via.API, "", proof.signed_in_at)
        return replace(caller, manages_people=self.clock() < proof.signed_in_at + PROOF)

    def _check_second_factor(self, user: User, proof: AccessProof) -> None:
        """Refuse a password alone where the tenant wants a code too. With an app, the provider has asked for one."""
        if not proof.by_password or user.mfa:
            return
        tenant = self.tenants.get(user.tenant)
        if tenant is None or tenant.mfa_required:
            raise Unauthorized


def _admits(user: User, proof: AccessProof) -> bool:
    """Whether the person is in the tenant, and has not signed out everywhere since this sign-in."""
    ended = user.signed_out_at is not None and proof.signed_in_at < user.signed_out_at
    return user.state is UserState.ACTIVE and not ended
