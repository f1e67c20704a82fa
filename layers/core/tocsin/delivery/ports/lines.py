"""Port of the lines that calls need before they are claimed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from tocsin.alerts.domain.alert import Alert, ChunkKey
from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.domain.message import Message


class CallLines(Protocol):
    """Lines of the provider of calls, one for each try. Neither method ever raises."""

    def take(self, alert: Alert, key: ChunkKey, wanted: Sequence[tuple[Message, Recipient]]) -> Collection[int]:
        """Return the positions of the messages that hold a line now; only they may be claimed.

        A repeat for the same try returns the same line. If the lines cannot be asked for, no message gets one.

        Args:
            wanted: messages as they would be claimed, with their receivers.
        """
        ...

    def give_back(self, alert: Alert, key: ChunkKey, ended: Sequence[tuple[Message, Recipient]]) -> None:
        """Give back the lines of tries that are over, or that were not dialled. If it fails, their time runs out."""
        ...
