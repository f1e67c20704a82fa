"""What a carrier puts on a message beside what the alert says."""

from __future__ import annotations

from functools import partial

import pytest

from tests.builders import an_acceptance, email
from tests.fakes.providers import FakeEmailSender
from tests.fakes.time import NOON
from tocsin.application.carriers import EmailCarrier
from tocsin.application.ports import MessageId
from tocsin.domain.errors import StorageUnavailable
from tocsin.domain.handover import Taken
from tocsin.domain.mime import MailTemplate


def handed_over(reply_address: object) -> str:
    """Hand one mail over and return it as it left."""
    acceptance = an_acceptance(email("ana@x.example"))
    ((key, (recipient,)),) = acceptance.chunks.items()
    live = FakeEmailSender()
    compile_mail = partial(MailTemplate.compile, domain="t.example")
    carrier = EmailCarrier(live, FakeEmailSender(), compile_mail, reply_address)  # type: ignore[arg-type]
    hand_over = carrier.load(acceptance.alert, acceptance.alert.items[0])
    assert isinstance(hand_over(recipient, MessageId(key, 0, 1), NOON), Taken)
    return live.messages[0].mime.decode()


def test_ah_91_an_answer_goes_to_the_address_of_its_message() -> None:
    mail = handed_over(lambda id: f"r+{id.key.tenant}.{id.position}@t.example")
    assert "\r\nReply-To: r+acme.0@t.example\r\n" in mail


@pytest.mark.parametrize("reply_address", [None, pytest.param("down", id="the key cannot be had")])
def test_a_mail_does_not_wait_for_its_address(reply_address: str | None) -> None:
    def down(id: MessageId) -> str:
        raise StorageUnavailable("no key can be had now")

    assert "Reply-To" not in handed_over(down if reply_address else None)
