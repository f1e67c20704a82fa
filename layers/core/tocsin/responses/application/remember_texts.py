"""Remember what is about to be said from a number that people can answer to: an answer must find its alert.

Before the hand-over, so that no answer comes to a conversation that nobody knows of. It is a note, not a promise: a
store that does not answer must not keep an alarm from going out.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from tocsin.alerts.domain.alert import Alert, AlertItem, ChunkKey
from tocsin.contacts.domain.recipient import Recipient
from tocsin.content.domain.content import SmsContent
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.ports import Clock
from tocsin.responses.application.two_way_senders import RecentNumbers
from tocsin.responses.domain.two_way import Said
from tocsin.responses.ports.conversations import Conversations, TwoWayNumbers

_log = logging.getLogger(__name__)


class RememberTexts:
    """Notes who is texted from which two-way number, before it happens. Belongs to one thread."""

    def __init__(self, numbers: TwoWayNumbers, conversations: Conversations, clock: Clock) -> None:
        self._numbers = RecentNumbers(numbers, clock)
        self._conversations = conversations
        self._clock = clock

    def __call__(self, alert: Alert, item: AlertItem, key: ChunkKey, to: Sequence[tuple[int, Recipient]]) -> None:
        """Remember the messages of a slice, each with its position and receiver. Raises nothing for a store."""
        content = item.content
        if alert.sandbox or not to or not isinstance(content, SmsContent) or not content.sender.startswith("+"):
            return  # nobody has a sandbox message, and nobody can answer to a name
        now = self._clock()
        try:
            owner = self._numbers.owner(content.sender)
            if owner is None or owner.tenant != alert.tenant:
                return
            self._conversations.remember(
                alert.tenant,
                [
                    (content.sender, recipient.address, Said(key, position, now, alert.expires_at))
                    for position, recipient in to
                ],
            )
        except StorageUnavailable:
            _log.warning("a conversation was not remembered", extra={"tenant": alert.tenant, "alert": alert.ref})
