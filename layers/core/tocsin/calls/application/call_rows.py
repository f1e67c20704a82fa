"""The message rows of calls that go on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from tocsin.delivery.domain.message import Message
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.ports.messages import MessageRows
from tocsin.kernel.domain.errors import StaleWrite
from tocsin.kernel.ports import Clock

_ROUNDS = 5
_KEPT = 256


class CallRows:
    """Reads and changes rows. It keeps the rows that it saved last, so that most steps of a call need no read.

    A kept row may be old. The store refuses a change that is made from an old row; the change is made anew then. One
    thread uses it.
    """

    def __init__(self, rows: MessageRows, clock: Clock) -> None:
        self._rows = rows
        self._clock = clock
        self._kept: dict[MessageId, Message] = {}

    def load(self, id: MessageId) -> Message | None:
        """Return the row as it is now, None if there is none. Raises StorageUnavailable."""
        self._kept.pop(id, None)
        row = self._rows.load(id.key, range(id.position, id.position + 1)).get(id.position)
        if row is not None:
            self._keep(id, row)
        return row

    def last_known(self, id: MessageId) -> Message | None:
        """Return the row as this worker knows it, else as it is now. Raises StorageUnavailable."""
        return self._kept.get(id) or self.load(id)

    def change(self, id: MessageId, change: Callable[[Message, datetime], Message | None]) -> Message | None:
        """Change a row.

        Args:
            change: returns the row after a change at the given time; None = no change. It may be called again.

        Returns:
            The row after the change, or as it is if nothing changes; None if there is no row.

        Raises:
            StaleWrite, StorageUnavailable: the change may not be saved.
        """
        for _ in range(_ROUNDS):
            row = self.last_known(id)
            changed = None if row is None else change(row, self._clock())
            if changed is None:
                return row
            if all(self._rows.save(id.key, [changed])):
                self._keep(id, changed)
                return changed
            self._kept.pop(id, None)
        raise StaleWrite("a message was changed five times by others while its call told something")

    def _keep(self, id: MessageId, row: Message) -> None:
        self._kept[id] = row
        if len(self._kept) > _KEPT:
            del self._kept[next(iter(self._kept))]
