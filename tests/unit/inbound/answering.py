"""Alerts that went out, and people who answer them: everything the use cases of answers need."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tests.builders import KEY, TENANT, an_acceptance, number, sms
from tests.fakes.account_notices import FakeAccountNotices
from tests.fakes.alerts import FakeAlertRepository
from tests.fakes.conversations import FakeConversations, FakeTwoWayNumbers
from tests.fakes.event_publisher import FakeEventPublisher
from tests.fakes.messages import FakeMessageRows
from tests.fakes.responses import FakeResponses
from tests.fakes.results import FakeResultEvents
from tests.fakes.sealer import FakeSealer
from tests.fakes.subject_references import FakeSubjectReferences
from tests.fakes.suppressions import FakeSuppressions
from tests.fakes.time import NOON
from tocsin.adapters.inbound_mail.organization import organization_of
from tocsin.alerts.domain.alert import Alert
from tocsin.contacts.domain.channel import Channel
from tocsin.content.domain.content import SmsContent
from tocsin.delivery.domain.message import Message, MessageState
from tocsin.inbound.application.receive_mail import MailResult, ReceiveMail
from tocsin.inbound.application.receive_text import ReceiveText, TextResult
from tocsin.inbound.domain.mail import InboundMail
from tocsin.inbound.domain.mail_receipt import MailReceipt, Verdict
from tocsin.inbound.domain.text import IncomingText
from tocsin.kernel.domain.ids import AlertRef, TenantId, time_ordered_uuid
from tocsin.responses.application.record_reply import RecordReply
from tocsin.responses.application.remember_mails import RememberMails
from tocsin.responses.application.remember_texts import RememberTexts
from tocsin.responses.application.reply_addresses import ReplyAddresses
from tocsin.responses.domain.response import Response
from tocsin.responses.domain.two_way import TwoWayNumber
from tocsin.results.domain.result_event import ResultEvent
from tocsin.suppressions.application.suppress import Suppress

OURS = number(50)
ANA, BOB = number(1), number(2)
DOMAIN = "alerts.example"
HOUR = timedelta(hours=1)
BELIEVED = MailReceipt(
    "m1", "mails", "inbound/m1", NOON, "ana@example.org", (), Verdict.PASS, Verdict.PASS, Verdict.PASS
)
"""The record of a mail that passed everything."""


class Answering:
    """One platform. `now` moves when a test moves it."""

    def __init__(self, responses: FakeResponses | None = None) -> None:
        self.now = NOON
        self.alerts = FakeAlertRepository()
        self.rows = FakeMessageRows()
        self.responses = responses or FakeResponses()
        self.results = FakeResultEvents()
        self.event_publisher = FakeEventPublisher(self.results)
        self.numbers = FakeTwoWayNumbers(TwoWayNumber(OURS, TENANT, KEY))
        self.conversations = FakeConversations()
        self.references = FakeSubjectReferences(self.alerts)
        self.suppressions = FakeSuppressions()
        self.sealer = FakeSealer()
        self.suppress = Suppress(self.suppressions, self.sealer)
        self.addresses = ReplyAddresses(DOMAIN, self.sealer)
        self.remember = RememberTexts(self.numbers, self.conversations, lambda: self.now)
        self.remember_mails = RememberMails(self.conversations, lambda: self.now)
        record = RecordReply(self.responses, self.event_publisher)
        self.messages = FakeAccountNotices()
        self.receive_text = ReceiveText(
            self.numbers,
            self.conversations,
            self.alerts,
            self.rows,
            record,
            self.suppress,
            messages=self.messages,
        )
        self.receive_mail = ReceiveMail(
            self.alerts, self.references, self.addresses, record, self.conversations, self.rows, organization_of
        )
        self._count = 0

    def send(
        self, *items: Any, sender: str = OURS, reference: str | None = None, escalating: bool = False, **options: Any
    ) -> Alert:
        """Accept an alert and hand all of it over; text messages get the provider id `p-<alert>`."""
        self._count += 1
        ref = AlertRef(time_ordered_uuid(self.now, self._count.to_bytes(10, "big")))
        acceptance = an_acceptance(*(items or (sms(ANA, BOB),)), at=self.now, ref=ref, **options)
        alert = replace(
            acceptance.alert,
            email_subject_ref=reference,
            escalation=ref if escalating else None,
            items=tuple(
                replace(item, content=replace(item.content, sender=sender))
                if isinstance(item.content, SmsContent)
                else item
                for item in acceptance.alert.items
            ),
        )
        self.alerts.accept(replace(acceptance, alert=alert))
        for key, recipients in acceptance.chunks.items():
            item = alert.item(key.item)
            assert item is not None
            self.remember(alert, item, key, list(enumerate(recipients)))
            self.remember_mails(alert, item, key, list(enumerate(recipients)))
            for position in range(len(recipients)):
                row = Message(position, MessageState.SENT, 1, 1, (), provider_id=f"p-{alert.ref}")
                self.rows.rows[key, position] = row
        return alert

    def text(
        self, text: str, *, by: str = ANA, to: str = OURS, answering: Alert | None = None, id: str | None = None
    ) -> TextResult:
        """Let somebody send a text message."""
        self._count += 1
        answered = f"p-{answering.ref}" if answering else None
        return self.receive_text(IncomingText(id or f"in-{self._count}", to, by, text, answered, self.now))

    def mail(
        self,
        mail: InboundMail,
        id: str | None = None,
        at: datetime | None = None,
        receipt: MailReceipt | None = BELIEVED,
    ) -> MailResult:
        """Let a mail come in, with the mail service's record of it."""
        self._count += 1
        return self.receive_mail(id or f"mail-{self._count}", mail, at or self.now, receipt)

    def kept(self, alert: Alert) -> list[Response]:
        """Return the responses of an alert in the order they came."""
        page = self.responses.of_alert(alert.tenant, alert.ref, 100, None, self.now)
        return sorted(page.responses, key=lambda response: (response.at, response.natural_id))

    def told(self, alert: Alert) -> list[ResultEvent]:
        """Collect what waits for the alert's client."""
        return list(self.results.collect(alert.tenant, alert.key_id, alert.ref, 100, self.now))

    def suppressed(self, phone: str, tenant: TenantId = TENANT) -> bool:
        """Whether texts to the phone are suppressed."""
        return bool(self.suppress.standing(tenant, Channel.SMS, [phone]))
