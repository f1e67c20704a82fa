"""Count the messages that still wait for a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tocsin.alerts.domain.alert import ChunkKey
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.delivery.ports.messages import MessageRows
from tocsin.kernel.ports import Clock


@dataclass(frozen=True, slots=True)
class WaitingMessages:
    """Counts messages that are in no terminal state and could still be sent."""

    alerts: AlertRepository
    rows: MessageRows
    clock: Clock

    def __call__(self, receivers: Iterable[tuple[ChunkKey, int]]) -> int:
        """Return how many of these receivers (chunk and position) have such a message."""
        return sum(self._waits(key, position) for key, position in receivers)

    def _waits(self, key: ChunkKey, position: int) -> bool:
        alert = self.alerts.get(key.tenant, key.alert)
        if alert is None or alert.cancelled_at is not None or alert.stopped_at is not None:
            return False
        row = self.rows.load(key, range(position, position + 1)).get(position)
        return not row.terminal if row is not None else self.clock() < alert.send_before
