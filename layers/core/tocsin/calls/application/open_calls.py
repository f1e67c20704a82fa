"""What a person can hear who calls one of our numbers: messages that wait there, and calls that we made from it.

Both are noted in the conversation of the two numbers, apart from the texts between them. Calls cost nothing while they
wait, so a message for those who call in takes no line and no call.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.calls.application.store_recordings import StoreRecordings
from tocsin.calls.domain.prompts import call_content
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.application.channels import ShortLinkMaker, Submit, WithShortLinks
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.domain.submission import Accepted, Rejected, Submission
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.responses.domain.two_way import Said
from tocsin.responses.ports.conversations import Conversations

_NOT_NOTED = Rejected("conversation_unavailable", permanent=False)
_log = logging.getLogger(__name__)


def our_side(number: str) -> str:
    """Return our side of the conversation by calls of one of our numbers."""
    return f"call:{number}"


def remember_call(
    conversations: Conversations, alert: Alert, id: MessageId, number: str, receiver: str, at: datetime
) -> bool:
    """Note that a person can hear a message by calling one of our numbers. No caller hears sandbox messages.

    A call out is noted before it is dialled: people call back the number that they missed.

    Args:
        number: ours, E.164.
        receiver: the number of the person, or the address of ANYBODY.

    Returns:
        False: it may not be noted, because the store did not answer.
    """
    if alert.sandbox:
        return True
    said = Said(id.key, id.position, at, alert.expires_at)
    try:
        conversations.remember(alert.tenant, [(our_side(number), receiver, said)])
    except StorageUnavailable:
        _log.warning("a call was not noted", extra={"tenant": alert.tenant, "alert": alert.ref})
        return False
    return True


class InboundCallChannel(WithShortLinks):
    """Messages for those who call in: each waits at its number as long as its alert lives, and no call is made."""

    channel = Channel.INBOUND_CALL
    idempotent = True

    def __init__(
        self, conversations: Conversations, store: StoreRecordings, links: ShortLinkMaker | None = None
    ) -> None:
        super().__init__(links)
        self._conversations = conversations
        self._store = store

    def load(self, alert: Alert, item: AlertItem) -> Submit:
        """Return the function that lets a message wait for one receiver. Raises ValueError for another channel."""
        number = call_content(item).number

        def submit(recipient: Recipient, id: MessageId, now: datetime, before: datetime) -> Submission:
            noted = remember_call(self._conversations, alert, id, number, recipient.address, now)
            return Accepted(f"waits-{id}") if noted else _NOT_NOTED

        return submit

    def prepare(self, alert: Alert, item: AlertItem, claimed: Sequence[MessageId], now: datetime) -> Rejected | None:
        """Store the short links of these messages, and the item's recordings. Return why that failed, if it did."""
        refused = super().prepare(alert, item, claimed, now)
        return refused if refused or not claimed else self._store(alert, item)
