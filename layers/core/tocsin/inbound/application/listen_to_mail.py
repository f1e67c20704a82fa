"""A mail to the trigger mailbox of an API key: does its subject set a stored alert off?

Many people know the mailbox, so its address proves nothing. The sender must be believed (`inbound/domain/belief.py`).
Machines may write here, such as fire panels. Mails that answer ours fire a trigger five times an hour at most.
A mail whose sender is not believed is a refused run: the key gets an event `reply` that does not count, and a notice.
If the mail service's record comes later and the sender is believed then, the same mail fires the trigger once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tocsin.alerts.domain.features import TriggerKind
from tocsin.contacts.domain.channel import Channel
from tocsin.identity.domain.notification import NotificationMode
from tocsin.identity.ports.keys import ApiKeyRepository
from tocsin.inbound.application.our_mails import OurMails
from tocsin.inbound.domain.answered import answered, unproven_keyword
from tocsin.inbound.domain.mail import InboundMail
from tocsin.results.ports import EventPublisher
from tocsin.triggers.application.fire import FireTrigger, KeywordMessage
from tocsin.triggers.application.places import TriggerMailboxes
from tocsin.triggers.domain.keyword import subject_words
from tocsin.triggers.domain.mailbox import Mailbox
from tocsin.triggers.domain.trigger import NotFiredReason, TriggerRun

_MOST_ADDRESSES = 50

KEPT = timedelta(days=30)
"""How long the event of a mail waits to be collected that belongs to no alert."""


@dataclass(frozen=True, slots=True)
class ListenToMail:
    """Fire the stored alert whose keyword is the subject of a mail to a trigger mailbox."""

    keys: ApiKeyRepository
    mailboxes: TriggerMailboxes
    fire: FireTrigger
    ours: OurMails
    event_publisher: EventPublisher

    def __call__(self, id: str, mail: InboundMail, at: datetime, *, believed: bool) -> bool | None:
        """Process a mail that reports no delivery; a repeat has the same result.

        Args:
            id: the mail server's id of it.
            believed: whether it is from whom it says.

        Returns:
            Whether it fired a trigger, or may have; None: it is not for a trigger mailbox, or holds no keyword.
            False: it may not fire one, because its sender is not believed.

        Raises:
            StorageUnavailable: take it in again.
        """
        mailbox = self._mailbox(mail)
        if mailbox is None:
            return None
        message = KeywordMessage(
            tenant=mailbox.tenant,
            key_id=mailbox.key_id,
            kind=TriggerKind.EMAIL,
            text=subject_words(mail.subject),
            natural_id=id,
            alerter=mail.sender,
            channel=Channel.EMAIL,
            at=at,
        )
        if not believed:
            refused = self.fire.refuse(message, NotFiredReason.SENDER_NOT_BELIEVED)
            if refused is None:
                return None
            self._tell(refused, mail)
            return False
        late = self.fire.was_refused(message, NotFiredReason.SENDER_NOT_BELIEVED)
        answers_ours = self.ours.answered_by(mailbox.tenant, mail)
        return True if self.fire(replace(message, late=late, answers_ours=answers_ours)) else None

    def _tell(self, refused: TriggerRun, mail: InboundMail) -> None:
        key = self.keys.get(refused.tenant, refused.key_id)
        if key is not None and key.notification is not NotificationMode.NONE:
            event = unproven_keyword(refused, *answered(mail, subject_is_ours=False))
            self.event_publisher.publish_to_key(refused.tenant, refused.key_id, event, refused.at + KEPT)

    def _mailbox(self, mail: InboundMail) -> Mailbox | None:
        for address in mail.addressed_to[:_MOST_ADDRESSES]:
            claimed = self.mailboxes.claimed(address)
            # The API key first: an invented address must not create a data key for a tenant that does not exist.
            if (
                claimed is not None
                and self.keys.get(claimed.tenant, claimed.key_id) is not None
                and claimed.genuine(self.mailboxes.keyed)
            ):
                return claimed
        return None
