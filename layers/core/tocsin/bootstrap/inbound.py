"""Composition of inbound: receipts of providers, texts and mails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.adapters.inbound_mail.organization import organization_of
from tocsin.bootstrap.answering import fire, record_reply
from tocsin.bootstrap.notifying import event_publisher, mail_owners, record_receipts
from tocsin.bootstrap.telephony.ingesting import IngestUseCases
from tocsin.entrypoint.queue.metrics import emit
from tocsin.inbound.application.listen_to_mail import ListenToMail
from tocsin.inbound.application.our_mails import OurMails
from tocsin.inbound.application.process_receipts import ProcessReceipts
from tocsin.inbound.application.receive_mail import ReceiveMail
from tocsin.inbound.application.receive_text import ReceiveText
from tocsin.inbound.application.receive_texts import ReceiveTexts
from tocsin.limits.application.record_mail_outcome import NotifyOfPause, RecordMailOutcome
from tocsin.responses.application.reply_addresses import ReplyAddresses
from tocsin.suppressions.application.suppress import Suppress
from tocsin.triggers.application.places import TriggerMailboxes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.bootstrap.queues import Queues
    from tocsin.bootstrap.storage import Storage
    from tocsin.inbound.domain.text import IncomingText
    from tocsin.kernel.domain.ids import TenantId


def process_receipts(storage: Storage, queues: Queues, *, service: str) -> ProcessReceipts:
    """Return the use case that records receipts, suppresses invalid addresses and pauses a tenant's email.

    Args:
        service: the function's name, as a metric dimension.
    """
    record_mail_outcome = RecordMailOutcome(
        settings=storage.limit_settings,
        counters=storage.counters,
        clock=storage.clock,
        notify=NotifyOfPause(storage.key_owners, storage.account_notices, mail_owners(storage, queues)),
        paused=lambda pause: emit(service, {"EmailsPaused": 1}, reason=pause.reason),
    )
    return ProcessReceipts(
        record=record_receipts(storage, queues),
        alerts=storage.alerts,
        suppress=Suppress(storage.suppressions, storage.sealer),
        event_publisher=event_publisher(storage, queues),
        record_mail_outcome=record_mail_outcome,
    )


def receive_texts(storage: Storage, queues: Queues) -> ReceiveTexts:
    """Return the use case that matches texts to alerts or keywords, and records replies and events."""
    ingesting = IngestUseCases(storage, queues)

    def tell_events(tenant: TenantId, texts: Sequence[IncomingText]) -> None:
        ingesting.text_events(tenant, texts)  # made with the first such text

    receive = ReceiveText(
        numbers=storage.two_way_numbers,
        conversations=storage.conversations,
        alerts=storage.alerts,
        rows=storage.message_rows,
        record=record_reply(storage, queues),
        suppress=Suppress(storage.suppressions, storage.sealer),
        fire=fire(storage, queues),
        messages=storage.account_notices,
    )
    return ReceiveTexts(receive, tell_events)


def receive_mail(storage: Storage, queues: Queues, *, email_domain: str) -> ReceiveMail:
    """Return the use case that matches a mail to an alert, or to a trigger, which it fires.

    Args:
        email_domain: domain of the reply addresses.
    """
    return ReceiveMail(
        alerts=storage.alerts,
        references=storage.subject_references,
        addresses=ReplyAddresses(email_domain, storage.sealer),
        record=record_reply(storage, queues),
        conversations=storage.conversations,
        rows=storage.message_rows,
        organization_of=organization_of,
        listen=ListenToMail(
            keys=storage.api_keys,
            mailboxes=TriggerMailboxes(email_domain, storage.sealer),
            fire=fire(storage, queues),
            ours=OurMails(storage.conversations, storage.message_rows, email_domain),
            event_publisher=event_publisher(storage, queues),
        ),
    )
