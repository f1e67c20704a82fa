"""Randomness of the operating system."""

from __future__ import annotations

import secrets


class SystemRandomness:
    """The operating system's randomness. Serves the `Randomness` port.

    It holds no state, so a process restored from a snapshot draws fresh values.
    """

    def token(self, size: int) -> bytes:
        """Return `size` unpredictable bytes."""
        return secrets.token_bytes(size)

    def fraction(self) -> float:
        """Return a uniform number in [0, 1)."""
        return secrets.randbits(53) / (1 << 53)
