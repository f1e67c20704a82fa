"""Find what a call is about: its alert, its receiver, and what is said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin.alerts.domain.alert import Alert, AlertItem, Batch
from tocsin.calls.domain.inbox import NO_TRY
from tocsin.calls.domain.prompts import call_content, prompts_for
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.application.channels import ShortLinkMaker
from tocsin.delivery.application.recent_alerts import RecentAlerts
from tocsin.delivery.domain.message_id import MessageId
from tocsin.voice.domain.call_content import CallContent
from tocsin.voice.domain.script import Prompts


@dataclass(frozen=True, slots=True)
class CallAttempt:
    """One call to one receiver, or of one.

    Attributes:
        id: the try; its number is NO_TRY if the receiver has called.
        alert: as it was accepted; it may have been cancelled or stopped since.
        recipient: as it was when the call was found; it may have been erased since.
    """

    id: MessageId
    alert: Alert
    item: AlertItem
    batch: Batch
    recipient: Recipient
    links: ShortLinkMaker

    @property
    def content(self) -> CallContent:
        """What the call says and asks, lookups not filled in."""
        return call_content(self.item)

    @property
    def ours(self) -> bool:
        """Whether we have called."""
        return self.id.attempt != NO_TRY

    @property
    def called_back(self) -> bool:
        """Whether it is a call of ours that its receiver returns."""
        return self.item.channel is Channel.CALL and not self.ours

    def prompts(self, began: datetime) -> Prompts:
        """Return what the receiver hears.

        Args:
            began: when the attempt began.

        Raises:
            StorageUnavailable: the short link could not be made.
        """
        return prompts_for(self.alert, self.item, self.recipient, began, lambda: self.links.url(self.id))


@dataclass(frozen=True, slots=True)
class CallAttempts:
    """Finds calls by their tries."""

    alerts: RecentAlerts
    links: ShortLinkMaker

    def find(self, id: MessageId) -> CallAttempt | None:
        """Return a call; None if its alert is not stored any more.

        Raises:
            StorageUnavailable: the alert could not be read.
            ValueError: the alert has no such call.
        """
        key = id.key
        alert = self.alerts.known(key.tenant, key.alert)
        if alert is None:
            return None
        item, batch = alert.item(key.item), alert.batch_at(key, id.position)
        recipients = self.alerts.recipients(key) if batch else ()
        if item is None or batch is None or id.position >= len(recipients):
            raise ValueError("a call to a receiver that the alert does not have")
        call_content(item)
        return CallAttempt(id, alert, item, batch, recipients[id.position], self.links)
