"""Port of the event bus that takes results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from tocsin.webhooks.domain.bus_entry import BusEntry


class ResultBus(Protocol):
    """The bus of the stack. It may take an entry twice, and in any order."""

    def put(self, entries: Sequence[BusEntry]) -> Mapping[str, str]:
        """Put the entries of one call (`calls_of`).

        Returns:
            For each `event_id` that was not taken, or may not be: the code of EventBridge, or the name of the fault
            without an answer. Nothing is raised for them.
        """
        ...
