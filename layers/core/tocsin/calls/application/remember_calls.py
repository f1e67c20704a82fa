"""Note calls before they are dialled: people call back the number that they missed."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.alerts.domain.alert import Alert, AlertItem, ChunkKey
from tocsin.calls.application.open_calls import our_side
from tocsin.calls.domain.prompts import call_content
from tocsin.contacts.domain.recipient import Recipient
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.ports import Clock
from tocsin.responses.domain.two_way import Said
from tocsin.responses.ports.conversations import Conversations

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RememberCalls:
    """Notes the calls of a batch in the conversations of their receivers with our number, but no sandbox calls."""

    conversations: Conversations
    clock: Clock

    def __call__(self, alert: Alert, item: AlertItem, key: ChunkKey, to: Sequence[tuple[int, Recipient]]) -> None:
        """Note the calls, each with its position and receiver. A failed write is logged, not raised.

        Raises:
            ValueError: the item belongs to another channel.
        """
        number = our_side(call_content(item).number)
        if alert.sandbox or not to:
            return
        now = self.clock()
        said = [(number, receiver.address, Said(key, position, now, alert.expires_at)) for position, receiver in to]
        try:
            self.conversations.remember(alert.tenant, said)
        except StorageUnavailable:
            _log.warning("calls were not noted", extra={"tenant": alert.tenant, "alert": alert.ref})
