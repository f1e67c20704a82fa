"""Authenticate the caller: from the token of a call to its principal."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.identity.application.authenticate import Authenticate
from tocsin.identity.application.authenticate_access import AuthenticateAccess
from tocsin.identity.application.authenticate_token import AuthenticateToken
from tocsin.identity.application.principals import KeyPrincipal
from tocsin.identity.domain.principal import Principal
from tocsin.identity.ports.people import People


@dataclass(frozen=True, slots=True)
class AuthenticateCaller:
    """Checks a token of any kind, and says what its holder may do now."""

    by_key: Authenticate
    by_personal_token: AuthenticateToken
    by_access_token: AuthenticateAccess
    people: People

    def __call__(self, token: str, source_ip: str | None, tenant: str | None = None) -> Principal:
        """Return who calls.

        Args:
            source_ip: the caller's IPv4 or IPv6 address as API Gateway reports it; None if unknown.
            tenant: what the header X-Tenant names. Keys and personal tokens are of one tenant; the person of an access
                token may be in several.

        Raises:
            Unauthorized: no token, a malformed, unknown, disabled or expired one, a wrong secret, or a person who is
                disabled; it does not say which.
            Forbidden: the token is valid, but not from this address, or its person is not in this tenant.
            TenantRequired: an access token of a person of several tenants, and `tenant` is None.
            StorageUnavailable, ProviderUnavailable: the token cannot be checked now.
        """
        if token.startswith("tcp_"):
            return self.by_personal_token(token)
        if token.count(".") == 2:
            return self.by_access_token(token, tenant)
        return KeyPrincipal(self.people)(self.by_key(token, source_ip))
