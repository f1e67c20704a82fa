"""Record the texts from two-way numbers, so that a reply finds its alert.

The record is written before the submission, because a reply may arrive before the submission returns. If the write
fails, the text is sent all the same.
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
    """Records the texts of a batch in their conversations, before submission. For one thread."""

    def __init__(self, numbers: TwoWayNumbers, conversations: Conversations, clock: Clock) -> None:
        self._numbers = RecentNumbers(numbers, clock)
        self._conversations = conversations
        self._clock = clock

    def __call__(self, alert: Alert, item: AlertItem, key: ChunkKey, to: Sequence[tuple[int, Recipient]]) -> None:
        """Record the texts of a batch, each with its position and receiver. A failed write is logged, not raised."""
        content = item.content
        if alert.sandbox or not to or not isinstance(content, SmsContent) or not content.sender.startswith("+"):
            return  # no person gets a sandbox text, and an alphanumeric sender takes no replies
        now = self._clock()
        # A text of the inside is remembered, because events about it fire no rule, and answers to it never count.
        ends = now if alert.inside else alert.expires_at
        try:
            owner = self._numbers.owner(content.sender)
            if owner is None or owner.tenant != alert.tenant:
                return
            self._conversations.remember(
                alert.tenant,
                [(content.sender, recipient.address, Said(key, position, now, ends)) for position, recipient in to],
            )
        except StorageUnavailable:
            _log.warning("a conversation was not remembered", extra={"tenant": alert.tenant, "alert": alert.ref})
