"""The channel of messages for those who call in. They wait in conversations that hold no texts."""

from __future__ import annotations

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

_NOT_NOTED = Rejected("conversation_unavailable", permanent=False, by_us=True)


def our_side(number: str) -> str:
    """Return our side of the conversation by calls of one of our numbers."""
    return f"call:{number}"


class InboundCallChannel(WithShortLinks):
    """Messages for those who call in: each waits at its number as long as its alert lives, and no call is made.

    No caller hears sandbox messages.
    """

    channel = Channel.INBOUND_CALL
    idempotent = True

    def __init__(
        self, conversations: Conversations, store: StoreRecordings, links: ShortLinkMaker | None = None
    ) -> None:
        super().__init__(links)
        self._conversations = conversations
        self._store = store

    def load(self, alert: Alert, item: AlertItem) -> Submit:
        """Return what lets a message wait for one receiver. Raises ValueError for another channel."""
        number = our_side(call_content(item).number)

        def submit(recipient: Recipient, id: MessageId, now: datetime, before: datetime) -> Submission:
            said = Said(id.key, id.position, now, alert.expires_at)
            try:
                if not alert.sandbox:
                    self._conversations.remember(alert.tenant, [(number, recipient.address, said)])
            except StorageUnavailable:
                return _NOT_NOTED
            return Accepted(f"waits-{id}")

        return Submit(submit)

    def prepare(self, alert: Alert, item: AlertItem, claimed: Sequence[MessageId], now: datetime) -> Rejected | None:
        """Store the short links of these messages, and the item's recordings. Return why that failed, if it did."""
        refused = super().prepare(alert, item, claimed, now)
        return refused if refused or not claimed else self._store(alert, item)
