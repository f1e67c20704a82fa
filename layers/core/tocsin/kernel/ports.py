"""Ports of time, randomness and encryption. Each port has an adapter, a fake and a contract suite for both.

Conventions of all ports: times are aware UTC. A method that writes is safe to repeat. A row that is missing, has
expired or belongs to another tenant gives the same result. Adapters raise `StorageUnavailable` when a store throttles
or does not answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from tocsin.kernel.domain.ids import TenantId


class Clock(Protocol):
    """The clock: the only source of the current time."""

    def __call__(self) -> datetime:
        """Return the current instant, aware UTC."""
        ...


class Randomness(Protocol):
    """The only source of randomness, so that a test can repeat a run from a seed."""

    def token(self, size: int) -> bytes:
        """Return `size` unpredictable bytes."""
        ...

    def fraction(self) -> float:
        """Return a uniform number in [0, 1), for jitter."""
        ...


class Sealer(Protocol):
    """Encryption at rest under keys of the tenant."""

    def seal(self, tenant: TenantId, place: str, plain: bytes) -> bytes:
        """Encrypt `plain` for a tenant and a place (row and field). Only the same tenant and place can decrypt it."""
        ...

    def open(self, tenant: TenantId, place: str, sealed: bytes) -> bytes:
        """Return the plain bytes. Raises SealBroken for another tenant, another place or altered bytes."""
        ...

    def fingerprint(self, tenant: TenantId, purpose: str, value: bytes) -> bytes:
        """Return a keyed hash (32 bytes), equal for equal input. Computing it needs the tenant's key."""
        ...

    def fingerprints(self, tenant: TenantId, purpose: str, values: Iterable[bytes]) -> Sequence[bytes]:
        """Return the keyed hash of each value, in order. The key is looked up once for all of them."""
        ...
