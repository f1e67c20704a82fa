"""Ports of restore: whether an operator has settled a restored table."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class RestoreLedger(Protocol):
    """The record of the last settlement. It holds for one table by name: a backup of a settled table is not settled."""

    def settled(self) -> bool:
        """Whether a settlement was recorded, strongly consistent."""
        ...

    def record(self, restored_to: datetime, at: datetime) -> None:
        """Record that the table, as of `restored_to`, was settled at `at`. Replaces an earlier record."""
        ...
