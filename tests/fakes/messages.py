"""Message rows in memory."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from tests.fakes.alerts import FakeAlertRepository
from tests.fakes.outage import Outage
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.delivery.domain.message import Message, MessageState
from tocsin.kernel.domain.ids import AlertRef, TenantId


def _to_the_millisecond(at: datetime) -> datetime:
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


class FakeMessageRows:
    """`rows` may be inspected. Like the real one it keeps times to the millisecond.

    With `alerts`, all alerts are one row: no claim is written after its alert was cancelled.
    """

    def __init__(self, alerts: FakeAlertRepository | None = None) -> None:
        self.rows: dict[tuple[ChunkKey, int], Message] = {}
        self.expiries: dict[ChunkKey, datetime | None] = {}
        self.outage = Outage()
        self._alerts = alerts
        self._lock = threading.Lock()

    def load(self, key: ChunkKey, positions: range) -> Mapping[int, Message]:
        self.outage.check()
        return {p: row for p in positions if (row := self.rows.get((key, p)))}

    def load_chunks(self, sizes: Mapping[ChunkKey, int]) -> Mapping[ChunkKey, Mapping[int, Message]]:
        return {key: self.load(key, range(size)) for key, size in sizes.items()}

    def refuses_cancelled(self, tenant: TenantId, alert: AlertRef) -> bool:
        self.outage.check()
        return self._alerts is not None

    def saves_together(self, tenant: TenantId, alert: AlertRef) -> bool:
        self.outage.check()
        return self._alerts is not None

    def save(self, key: ChunkKey, messages: Sequence[Message], expires_at: datetime | None = None) -> Sequence[bool]:
        self.outage.check()
        with self._lock:
            if any(message.version == 1 for message in messages):
                self.expiries[key] = expires_at
            return [self._put(key, message) for message in messages]

    def _put(self, key: ChunkKey, message: Message) -> bool:
        current = self.rows.get((key, message.position))
        if (current.version if current else 0) != message.version - 1:
            return False
        if self._alerts is not None and message.state is MessageState.SENDING:
            alert = self._alerts.alerts.get((key.tenant, key.alert))
            if alert is not None and alert.cancelled_at is not None:
                return False
        self.rows[key, message.position] = replace(
            message,
            log=tuple(replace(step, at=_to_the_millisecond(step.at)) for step in message.log),
            due_at=_to_the_millisecond(message.due_at) if message.due_at else None,
        )
        return True
