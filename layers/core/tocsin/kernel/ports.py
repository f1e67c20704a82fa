"""The world as the use cases see it. Adapters implement these; every one has a fake and a contract suite.

Conventions: times are aware UTC; a method that writes is safe to repeat; "not there", "expired" and "somebody
else's" look the same from here. Adapters raise `StorageUnavailable` when a store throttles or does not answer.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from tocsin.kernel.domain.ids import TenantId


class Clock(Protocol):
    """Hands out the time. The only source of "now"."""

    def __call__(self) -> datetime:
        """Return the current instant, aware UTC."""
        ...


class Randomness(Protocol):
    """The only source of chance, so that a run can be repeated from a seed."""

    def token(self, size: int) -> bytes:
        """Return `size` unpredictable bytes."""
        ...

    def fraction(self) -> float:
        """Return a uniform number in [0, 1), for jitter."""
        ...


class Sealer(Protocol):
    """Encryption at rest under keys of the tenant."""

    def seal(self, tenant: TenantId, place: str, plain: bytes) -> bytes:
        """Encrypt `plain`; it opens only for the same tenant and the same place (a row and field)."""
        ...

    def open(self, tenant: TenantId, place: str, sealed: bytes) -> bytes:
        """Decrypt. Raises SealBroken for another tenant, another place or altered bytes."""
        ...

    def fingerprint(self, tenant: TenantId, purpose: str, value: bytes) -> bytes:
        """Return a keyed hash (32 bytes): equal for equal input, and useless without the tenant's key."""
        ...
