"""Bad weather for the fakes: the next calls find the store down."""

from __future__ import annotations

from tocsin.kernel.domain.errors import StorageUnavailable


class Outage:
    """Counts down calls that fail.

    Attributes:
        failing: how many of the next calls raise StorageUnavailable before they do anything.
    """

    def __init__(self) -> None:
        self.failing = 0

    def check(self) -> None:
        """Raise if this call is one of those that fail."""
        if self.failing:
            self.failing -= 1
            raise StorageUnavailable("the store is down (a test said so)")
