"""One use of an Idempotency-Key, and what an earlier use came to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IdempotencyClaim:
    """One use of an Idempotency-Key.

    Attributes:
        route: the operation, e.g. `sendalert`.
        key: the client's key, 1..255 characters.
        fingerprint: SHA-256 (hex) of the canonical parsed body.
    """

    route: str
    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """The same request was accepted before; this was its answer."""

    answer: str


@dataclass(frozen=True, slots=True)
class KeyReused:
    """The Idempotency-Key belongs to a different request."""
