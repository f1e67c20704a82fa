"""The lines of calls that are dialled: leased before the claim, and given back when the try is over."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from tocsin.alerts.domain.alert import Alert, ChunkKey, Lane
from tocsin.calls.domain.outgoing_call import ANSWER_WITHIN
from tocsin.calls.ports.line_pool import LinePool, WantedLine
from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.domain.message import CALL_GRACE, Message
from tocsin.delivery.domain.message_id import MessageId
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.ports import Clock

LONGEST_CALL = timedelta(minutes=10)
"""No call is longer: a dialogue of sixty steps, as far as people have the patience for it."""


@dataclass(frozen=True, slots=True)
class LeaseCallLines:
    """A `CallLines` port. Sandbox calls need no line: they are not dialled."""

    pool: LinePool
    clock: Clock
    answer_within: timedelta = ANSWER_WITHIN

    def take(self, alert: Alert, key: ChunkKey, wanted: Sequence[tuple[Message, Recipient]]) -> Collection[int]:
        """Return the positions that hold a line. If the pool does not answer, no position does, and all come again."""
        if alert.sandbox:
            return [message.position for message, _ in wanted]
        now = self.clock()
        until = now + self.answer_within + CALL_GRACE + LONGEST_CALL
        try:
            held = self.pool.take(
                alert.tenant, _lines(key, wanted), urgent=alert.lane is Lane.URGENT, now=now, until=until
            )
        except StorageUnavailable:
            return ()
        return [id.position for id in held]

    def give_back(self, alert: Alert, key: ChunkKey, ended: Sequence[tuple[Message, Recipient]]) -> None:
        """End the leases of these tries. If the pool does not answer, they end by themselves."""
        if alert.sandbox:
            return
        try:
            self.pool.give_back(alert.tenant, _lines(key, ended))
        except StorageUnavailable:
            return


def _lines(key: ChunkKey, tries: Sequence[tuple[Message, Recipient]]) -> list[WantedLine]:
    return [
        WantedLine(MessageId(key, message.position, message.attempt), recipient.address) for message, recipient in tries
    ]
