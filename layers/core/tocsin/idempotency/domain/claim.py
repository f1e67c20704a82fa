"""One use of an Idempotency-Key, and the outcome of an earlier use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tocsin.kernel.domain.errors import IdempotencyKeyReused

_Answer = TypeVar("_Answer")


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
    """The same request was accepted before; `answer` is the stored answer."""

    answer: str


@dataclass(frozen=True, slots=True)
class KeyReused:
    """The Idempotency-Key belongs to a different request."""


def replayed_or_raise(earlier: Replayed | KeyReused, decode: Callable[[str], _Answer]) -> _Answer:
    """Return the answer of an earlier use, as `decode` reads it.

    Raises:
        IdempotencyKeyReused: the earlier use was a different request.
    """
    match earlier:
        case Replayed(answer):
            return decode(answer)
        case KeyReused():
            raise IdempotencyKeyReused
