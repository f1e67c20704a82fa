"""Remember which mailboxes were written to: an answer to an older alert is late once a newer one has gone there.

As with texts (`remember_texts`) it happens before the hand-over and is a note, not a promise. Which mail is answered, a
mail says itself; this is only about what came after it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from tocsin.alerts.domain.alert import Alert, AlertItem, ChunkKey
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.email_address import mailbox_key
from tocsin.contacts.domain.recipient import Recipient
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.ports import Clock
from tocsin.responses.domain.two_way import BY_MAIL, Said
from tocsin.responses.ports.conversations import Conversations

_log = logging.getLogger(__name__)


class RememberMails:
    """Notes which mailboxes are written to, before it happens."""

    def __init__(self, conversations: Conversations, clock: Clock) -> None:
        self._conversations = conversations
        self._clock = clock

    def __call__(self, alert: Alert, item: AlertItem, key: ChunkKey, to: Sequence[tuple[int, Recipient]]) -> None:
        """Remember the mails of a slice, each with its position and receiver. Raises nothing for a store."""
        if alert.sandbox or alert.system or not to or item.channel is not Channel.EMAIL:
            return  # nobody has a sandbox mail, and what the house says is answered by nobody
        now = self._clock()
        try:
            self._conversations.remember(
                alert.tenant,
                [
                    (BY_MAIL, mailbox_key(recipient.address), Said(key, position, now, alert.expires_at))
                    for position, recipient in to
                ],
            )
        except StorageUnavailable:
            _log.warning("a conversation was not remembered", extra={"tenant": alert.tenant, "alert": alert.ref})
