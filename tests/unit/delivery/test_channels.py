"""What a carrier does when the key that short links are made with cannot be had, and whose mails can be answered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.builders import an_acceptance, email, number, sms
from tests.fakes.providers import FakeEmailSender, FakeSmsSender
from tests.fakes.sealer import FakeSealer
from tests.fakes.short_links import FakeShortLinks
from tests.fakes.time import NOON
from tocsin.contacts.domain.recipient import Recipient
from tocsin.content.domain.content import LookupTerms
from tocsin.content.domain.mime import MailTemplate
from tocsin.delivery.application.channels import EmailChannel, MessageChannel, SmsChannel
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.domain.submission import Rejected
from tocsin.identity.domain.account_key import INSIDE
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.short_links.application.message_links import MessageLinks


class KeylessSealer(FakeSealer):
    def fingerprint(self, tenant: TenantId, purpose: str, value: bytes) -> bytes:
        raise StorageUnavailable("no key can be had")


TEXTS, MAILS = FakeSmsSender(), FakeEmailSender()
LINKS = MessageLinks(FakeShortLinks(), KeylessSealer(), "https://t.example")


@pytest.mark.parametrize(
    ("carrier", "item"),
    [
        (SmsChannel(TEXTS, TEXTS, LINKS), sms(number(1), text="{shortlink}")),
        (
            EmailChannel(MAILS, MAILS, lambda content: MailTemplate.compile(content, "t.example"), links=LINKS),
            email("ana@x.test", body="{shortlink}"),
        ),
    ],
)
def test_without_the_key_nobody_is_called_and_the_message_is_tried_again(carrier: MessageChannel, item: object) -> None:
    # had it raised instead, nobody would know whether the provider has the message
    alert = an_acceptance(item, lookups=LookupTerms("r", shortlink=True)).alert  # type: ignore[arg-type]
    submit = carrier.load(alert, alert.items[0])
    message = Recipient(number(1)), MessageId(next(alert.batches()).key, 0, 1), NOON, alert.send_before

    outcomes = [submit.send(*message)]
    if submit.begin is not None and (wait := submit.begin(*message)):
        outcomes.append(wait())

    assert outcomes == len(outcomes) * [Rejected("shortlinks_unavailable", permanent=False, by_us=True)]
    assert not TEXTS.calls
    assert not MAILS.calls


@pytest.mark.parametrize(
    ("changes", "answerable"), [({}, True), ({"system": True}, False), ({"key_id": INSIDE}, False)]
)
def test_a_mail_can_be_answered_unless_the_house_wrote_it(changes: dict[str, Any], answerable: bool) -> None:
    mails = FakeEmailSender()
    carrier = EmailChannel(
        mails, mails, lambda content: MailTemplate.compile(content, "t.example"), lambda id: "r+token@t.example"
    )
    alert = replace(an_acceptance(email("ana@x.test")).alert, **changes)

    carrier.load(alert, alert.items[0]).send(
        Recipient("ana@x.test"), MessageId(next(alert.batches()).key, 0, 1), NOON, alert.send_before
    )

    ((mail,),) = mails.received.values()
    assert ("Reply-To: r+token@t.example\r\n" in mail) is answerable
