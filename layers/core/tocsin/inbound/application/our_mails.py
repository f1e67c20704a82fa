"""Does a mail answer one of ours? Then it may be a machine's, and what it fires may make it write again."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.contacts.domain.email_address import mailbox_key
from tocsin.content.domain.mime import LOOP_HEADER
from tocsin.delivery.ports.messages import MessageRows
from tocsin.inbound.application.receive_text import LOOKED_AT
from tocsin.inbound.domain.mail import InboundMail
from tocsin.kernel.domain.ids import TenantId
from tocsin.responses.domain.two_way import BY_MAIL
from tocsin.responses.ports.conversations import Conversations

_OF_SES = "amazonses.com"
"""Domain of the ids that SES gives to mails, below which stands the region."""


@dataclass(frozen=True, slots=True)
class OurMails:
    """Recognises answers to our mails.

    Attributes:
        domain: our mail domain.
    """

    conversations: Conversations
    rows: MessageRows
    domain: str

    def answered_by(self, tenant: TenantId, mail: InboundMail) -> bool:
        """Whether the mail bears our loop header, or names a mail of ours as the one that it answers.

        SES replaces our ids. An id of SES is ours if a mail with this id went to the sender of late.

        Raises:
            StorageUnavailable: the conversation with the sender cannot be read.
        """
        if mail.headers.get(LOOP_HEADER.lower(), "").strip().lower() == self.domain.lower():
            return True
        named = mail.refers_to
        if any(domain == self.domain.lower() for _, domain in named):
            return True
        ids = {id for id, domain in named if f".{domain}".endswith(f".{_OF_SES}")}
        if not ids or not mail.sender:
            return False
        said = self.conversations.newest(tenant, BY_MAIL, mailbox_key(mail.sender), LOOKED_AT)
        for one in said:
            row = self.rows.load(one.key, range(one.position, one.position + 1)).get(one.position)
            if row is not None and row.provider_id in ids:
                return True
        return False
