"""Chance that comes out the same every time."""

from __future__ import annotations

import random


class SeededRandomness:
    """The same seed gives the same run."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)

    def token(self, size: int) -> bytes:
        return self._random.randbytes(size)

    def fraction(self) -> float:
        return self._random.random()
