"""Authenticate whoever calls: from the token of a call to its principal."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.identity.application.authenticate import Authenticate
from tocsin.identity.application.principals import KeyPrincipal
from tocsin.identity.domain.principal import Principal
from tocsin.identity.ports.people import People


@dataclass(frozen=True, slots=True)
class AuthenticateCaller:
    """Checks a token of any kind, and says what its holder may do now."""

    authenticate_key: Authenticate
    people: People

    def __call__(self, token: str, source_ip: str | None) -> Principal:
        """Return who calls.

        Args:
            source_ip: the caller's IPv4 or IPv6 address as API Gateway reports it; None if unknown.

        Raises:
            Unauthorized: no token, a malformed, unknown or disabled one, or a wrong secret; it does not say which.
            Forbidden: the token is valid, but not from this address.
            StorageUnavailable: the token cannot be checked now.
        """
        return KeyPrincipal(self.people)(self.authenticate_key(token, source_ip))
