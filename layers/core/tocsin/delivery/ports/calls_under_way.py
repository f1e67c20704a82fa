"""Port of the calls that go on, as far as dispatch has to do with them."""

from __future__ import annotations

from typing import Protocol

from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.domain.message import Message
from tocsin.delivery.domain.message_id import MessageId


class CallsUnderWay(Protocol):
    """Calls whose end was not told in time, and calls that are not wanted any more. Neither method ever raises."""

    def look(self, alert: Alert, item: AlertItem, recipient: Recipient, id: MessageId, message: Message) -> Message:
        """Return an overdue message after its provider was asked about its call: it has ended, or is asked later."""
        ...

    def stop(self, message: Message) -> None:
        """End the call of a message, which was not answered yet."""
        ...
