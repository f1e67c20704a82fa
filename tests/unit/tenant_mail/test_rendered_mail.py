"""Mails of templates: the defaults, the account's own words, the form of what is sent."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage, MIMEPart

import pytest

from tocsin.content.domain.compose import check_mail
from tocsin.content.domain.html_text import text_part
from tocsin.content.domain.mime import MailTemplate
from tocsin.kernel.domain.errors import RequestTooLarge
from tocsin.tenant_mail.domain.mail_variables import TEMPLATES
from tocsin.tenant_mail.domain.rendered_mail import RenderedMail, rendered
from tocsin.tenant_mail.domain.template_text import is_html
from tocsin.tenant_mail.domain.template_words import MailTemplateRow, default_template

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
OWN = MailTemplateRow("QUEUE_SLA", None, None, None, NOON, "ana")
VALUES = TEMPLATES["QUEUE_SLA"].samples


def received(mail: RenderedMail) -> EmailMessage:
    """Return the mail as a mail program reads it."""
    sent = MailTemplate.compile(mail.content, "example.org").addressed("ada@example.org", "m1", NOON)
    return email.message_from_bytes(sent, policy=email.policy.default)


def content(part: MIMEPart | None) -> str:
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


@pytest.mark.parametrize("name", TEMPLATES)
def test_pn_15_each_default_uses_every_variable_of_its_template_and_no_other(name: str) -> None:
    words, kind = default_template(name), TEMPLATES[name]
    everything = f"{words.sender}{words.subject}{words.body}"
    assert [each for each in kind.known if f"%%{each}%%" not in everything] == []
    assert words.subject
    assert len(words.subject) <= 255
    assert "\n" not in words.subject
    assert is_html(words.body)
    mail = rendered(name, None, kind.samples, "Acme")
    assert mail.unknown == ()
    assert "%%" not in f"{mail.sender_name}{mail.subject}{mail.text}{mail.html}"
    assert content(received(mail).get_body(("html",))).strip() == str(mail.html).strip()


def test_pn_21_what_an_own_template_leaves_out_is_the_defaults() -> None:
    own = replace(OWN, subject="%%QUEUE_NAME%% is slow")
    mail, default = rendered("QUEUE_SLA", own, VALUES, "Acme"), rendered("QUEUE_SLA", None, VALUES, "Acme")
    assert mail == replace(default, subject="Support is slow")
    assert (
        rendered("QUEUE_SLA", replace(OWN, sender="Desk of %%TENANT_NAME%%"), VALUES, "Acme").sender_name
        == "Desk of Acme"
    )


def test_a_body_of_text_is_sent_as_text() -> None:
    mail = rendered("QUEUE_SLA", replace(OWN, body="%%CALLER_NAME%% <ada@example.org>\nwaits"), VALUES, "Acme")
    assert (mail.html, mail.inline_images) == (None, ())
    sent = received(mail)
    assert sent.get_content_type() == "text/plain"
    assert content(sent).rstrip() == "Ada Byron <ada@example.org>\nwaits"


def test_a_mail_of_html_has_a_text_part_with_the_addresses_of_its_links() -> None:
    body = "<p>Look <a href='https://x.example/1'>here</a> or at <a href='https://x.example'>https://x.example</a></p>"
    sent = received(rendered("QUEUE_SLA", replace(OWN, body=body), VALUES, "Acme"))
    assert sent.get_content_type() == "multipart/alternative"
    assert content(sent.get_body(("plain",))).strip() == "Look here (https://x.example/1) or at https://x.example"


def test_the_qr_code_is_a_picture_in_html_and_an_address_in_text() -> None:
    values = TEMPLATES["USER_CREATION"].samples
    own = replace(OWN, name="USER_CREATION", body="%%QR_CODE%%")
    assert rendered("USER_CREATION", own, values, "Acme").text == "sip:2010@sip.example.org"
    mail = rendered("USER_CREATION", replace(own, body="<p>%%QR_CODE%%</p>"), values, "Acme")
    pictures = [part for part in received(mail).walk() if part.get_content_type() == "image/png"]
    assert [part["Content-ID"] for part in pictures] == ["<qr-code>"]
    assert pictures[0].get_payload(decode=True) == mail.inline_images[0].data
    assert mail.text == "sip:2010@sip.example.org"
    as_address = rendered("USER_CREATION", replace(own, body='<img src="%%QR_CODE%%">'), values, "Acme")
    assert as_address.html == '<img src="cid:qr-code">'
    assert as_address.inline_images == mail.inline_images
    assert rendered("USER_CREATION", replace(own, body="<p>%%QR_CODE%%</p>"), {}, "Acme").inline_images == ()


@pytest.mark.parametrize(
    "name", ["a@b.example", "x\uff20y", "Acme\r\nBcc: all@example.org", "=?utf-8?q?x?=", "\x00\ud800", "  "]
)
def test_pn_27_whatever_an_account_is_named_its_mails_can_be_built(name: str) -> None:
    mail = rendered("QUEUE_SLA", replace(OWN, subject="%%TENANT_NAME%%"), dict.fromkeys(VALUES, name), name)
    check_mail(mail.content)
    assert "Bcc" not in received(mail)


def test_pn_26_an_unknown_variable_is_told() -> None:
    own = replace(OWN, sender="%%X%%", subject="%%DATA_TIME%% %%X%%", body="%%BALANCE%%")
    mail = rendered("QUEUE_SLA", own, VALUES, "Acme")
    assert mail.unknown == ("X", "DATA_TIME", "BALANCE")
    assert (mail.subject, mail.text) == ("%%DATA_TIME%% %%X%%", "%%BALANCE%%")


def test_a_mail_that_grew_too_large_is_refused() -> None:
    own = replace(OWN, body="%%CALLER_NAME%%" * 100)
    with pytest.raises(RequestTooLarge):
        rendered("QUEUE_SLA", own, VALUES | {"CALLER_NAME": "x" * 6_000}, "Acme")


def test_the_text_part_holds_the_words_of_pictures_and_nothing_hidden() -> None:
    assert text_part("<style>p{}</style><img alt='Logo'> <p>a<br>b</p><script>x</script>") == "Logo\na\nb"
