"""Record which mailboxes get a mail: a reply to an older alert is late once a newer alert went to the same mailbox.

The record is written before the submission. If the write fails, the mail is sent all the same. A reply names its mail
itself, so the record only tells whether a newer alert followed.
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
    """Records the mails of a batch in their conversations, before submission."""

    def __init__(self, conversations: Conversations, clock: Clock) -> None:
        self._conversations = conversations
        self._clock = clock

    def __call__(self, alert: Alert, item: AlertItem, key: ChunkKey, to: Sequence[tuple[int, Recipient]]) -> None:
        """Record the mails of a batch, each with its position and receiver. A failed write is logged, not raised."""
        if alert.sandbox or not alert.answerable or not to or item.channel is not Channel.EMAIL:
            return  # no person gets a sandbox mail, and alerts of Tocsin expect no replies
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
