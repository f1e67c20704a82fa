"""Authenticate the caller."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from tocsin.identity.application.pepper import pepper_of
from tocsin.identity.domain.api_key import ApiKey
from tocsin.identity.domain.api_key_token import parse_token
from tocsin.identity.ports.keys import ApiKeyRepository
from tocsin.kernel.domain.errors import Forbidden, Unauthorized
from tocsin.kernel.ports import Clock, Sealer


@dataclass(frozen=True, slots=True)
class Authenticate:
    """Check a token and return its API key."""

    keys: ApiKeyRepository
    sealer: Sealer
    clock: Clock

    def __call__(self, token: str, source_ip: str | None) -> ApiKey:
        """Return the API key of a token.

        Args:
            source_ip: the caller's IPv4 or IPv6 address as API Gateway reports it; None if unknown.

        Raises:
            Unauthorized: no token, a malformed, unknown or disabled one, or a wrong secret; it does not say which.
            Forbidden: the key is valid, but not from this address.
            StorageUnavailable: the key cannot be read now.
        """
        parts = parse_token(token)
        if parts is None:
            raise Unauthorized
        key = self.keys.get(parts.tenant, parts.key_id)
        if key is None or not key.enabled:
            raise Unauthorized
        pepper = pepper_of(self.sealer, key.tenant)
        if not any(parts.matches(digest, pepper) for digest in key.digests(self.clock())):
            raise Unauthorized
        if key.networks and not _within(source_ip, key.networks):
            raise Forbidden("source address")
        return key


def _within(source_ip: str | None, networks: Iterable[str]) -> bool:
    try:
        address = ipaddress.ip_address(source_ip or "")
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return any(address in ipaddress.ip_network(network, strict=False) for network in networks)
