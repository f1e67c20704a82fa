"""The record of a settlement in memory."""

from __future__ import annotations

from datetime import datetime


class FakeRestoreLedger:
    """`recorded` may be inspected; `reads` counts questions."""

    def __init__(self) -> None:
        self.recorded: tuple[datetime, datetime] | None = None
        self.reads = 0

    def settled(self) -> bool:
        self.reads += 1
        return self.recorded is not None

    def record(self, restored_to: datetime, at: datetime) -> None:
        self.recorded = restored_to, at
