"""Whole mails: what every receiver's program reads back is what the client said, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.content.domain.content import EmailContent
from tocsin.content.domain.mail_header import UnsafeMail
from tocsin.content.domain.mime import MailTemplate

AT = datetime(2026, 11, 1, 9, 5, 7, tzinfo=UTC)
PLAIN = EmailContent("Hello [T-1]", "line one\nline two", "text/plain; charset=us-ascii")
NAMES = ["To", "Message-ID", "Date", "From", "Subject", "Auto-Submitted", "X-Auto-Response-Suppress", "X-Tocsin-Loop"]
NAMES += ["MIME-Version", "Content-Type", "Content-Transfer-Encoding"]


def mailed(content: EmailContent, to: str = "ana@x.example") -> bytes:
    return MailTemplate.compile(content, "t.example").addressed(to, "acme.0192-a.0.0.7.1", AT)


def read(content: EmailContent, to: str = "ana@x.example") -> EmailMessage:
    message = message_from_bytes(mailed(content, to), policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def test_a_mail_carries_what_every_reader_expects() -> None:
    message = read(PLAIN)
    assert message.keys() == NAMES
    assert message["To"] == "ana@x.example"
    assert message["From"] == "alerts@t.example"
    assert message["Subject"] == "Hello [T-1]"
    assert message["Date"].datetime == AT
    assert message["Message-ID"] == "<acme.0192-a.0.0.7.1@t.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content() == "line one\r\nline two\r\n"


def test_the_date_does_not_depend_on_the_language_of_the_process() -> None:
    assert b"Date: Sun, 01 Nov 2026 09:05:07 +0000\r\n" in mailed(PLAIN)


def test_the_same_message_always_has_the_same_id() -> None:
    assert mailed(PLAIN) == mailed(PLAIN)


def test_ah_12_display_parts_become_addresses_of_the_platform() -> None:
    content = replace(PLAIN, sender="Fire Desk", reply_to="Control room", to="All staff")
    message = read(content)
    assert message["From"] == "Fire Desk <fire-desk@t.example>"
    assert message["To"] == "All staff <all-staff@t.example>"
    assert message["Reply-To"] == "Control room <control-room@t.example>"
    assert MailTemplate.compile(content, "t.example").sender == "fire-desk@t.example"


def test_ah_90_each_receivers_answer_goes_to_its_own_address_under_the_clients_name() -> None:
    token = f"r+acme.{'a' * 40}@t.example"
    for name, shown in (("Control room", f"Control room <{token}>"), ("Leitstelle Köln", f"Leitstelle Köln <{token}>")):
        template = MailTemplate.compile(replace(PLAIN, reply_to=name), "t.example")
        message = message_from_bytes(template.addressed("ana@x.example", "a.b", AT, token), policy=policy.default)
        assert message["Reply-To"] == shown
        assert len(message.get_all("Reply-To") or ()) == 1

    nameless = MailTemplate.compile(PLAIN, "t.example").addressed("ana@x.example", "a.b", AT, token)
    assert f"\r\nReply-To: {token}\r\n".encode() in nameless


@pytest.mark.parametrize("address", ["a@b.example, c@d.example", "a@b.example\r\nBcc: c@d.example", "", "nobody"])
def test_a_reply_address_is_one_plain_address(address: str) -> None:
    with pytest.raises(UnsafeMail):
        MailTemplate.compile(PLAIN, "t.example").addressed("ana@x.example", "a.b", AT, address)


def test_ah_12_a_shared_to_keeps_the_receiver_out_of_the_mail() -> None:
    assert b"ana@x.example" not in mailed(replace(PLAIN, to="All staff"))


def test_ah_17_without_a_charset_the_mail_says_us_ascii() -> None:
    message = read(replace(PLAIN, content_type="text/plain"))
    assert message["Content-Type"] == 'text/plain; charset="us-ascii"'
    assert message["Content-Transfer-Encoding"] == "7bit"


def test_ah_17_text_that_does_not_fit_us_ascii_is_relabelled_utf_8() -> None:
    message = read(replace(PLAIN, body="Grüße, 消防 😀"))
    assert message["Content-Type"] == 'text/plain; charset="utf-8"'
    assert message.get_content() == "Grüße, 消防 😀\r\n"


def test_ah_16_a_multipart_body_is_carried_as_given() -> None:
    body = "--b1\r\nContent-Type: text/plain\r\n\r\nhi\r\n--b1\r\nContent-Type: text/html\r\n\r\n<p>hi\r\n--b1--\r\n"
    content = replace(PLAIN, body=body, content_type='multipart/alternative; boundary="b1"')
    assert mailed(content).endswith(b"\r\n\r\n" + body.encode())
    message = read(content)
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message["Content-Transfer-Encoding"] == "7bit"


def test_ah_16_a_forgotten_closing_delimiter_is_added() -> None:
    body = "--b1\nContent-Type: text/plain; charset=utf-8\n\nhé\n"
    message = read(replace(PLAIN, body=body, content_type="multipart/mixed; boundary=b1"))
    assert message["Content-Transfer-Encoding"] == "8bit"
    (part,) = message.iter_parts()
    assert isinstance(part, EmailMessage)
    assert part.get_content().strip() == "hé"


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        ("x", "multipart/mixed; boundary=b1", "BOUNDARY_NOT_FOUND"),
        ("x --b1\r\n", "multipart/mixed; boundary=b1", "BOUNDARY_NOT_FOUND"),
        ("--b12\r\n\r\nx\r\n--b1--", "multipart/mixed; boundary=b1", "BOUNDARY_NOT_FOUND"),
        ("--b1--\r\n", "multipart/mixed; boundary=b1", "BOUNDARY_NOT_FOUND"),
        ("--\r\nx", "multipart/mixed", "BOUNDARY_MALFORMED"),
        ("--\r\nx", 'multipart/mixed; boundary=""', "BOUNDARY_MALFORMED"),
        ("--b \r\nx", 'multipart/mixed; boundary="b "', "BOUNDARY_MALFORMED"),
        ("--b\r\nx", f"multipart/mixed; boundary={'b' * 71}", "BOUNDARY_MALFORMED"),
        ("--b\r\nx", 'multipart/mixed; boundary="b<"', "BOUNDARY_MALFORMED"),
        ("--b1\r\nX-Long: " + "x" * 999 + "\r\n\r\n\r\n--b1--", "multipart/mixed; boundary=b1", "LINE_TOO_LONG"),
        ("--b1\r\n\r\n\x00\r\n--b1--", "multipart/mixed; boundary=b1", "CONTROL_CHARACTER"),
        ("x\ud800", "text/plain", "CONTROL_CHARACTER"),
        ("x", "text/plain\r\nBcc: e@x.y", "CONTROL_CHARACTER"),
        ("x", "text/plain; charset==?utf-8?q?=0Ax?=", "ENCODED_WORD"),
        ("x", "text", "CONTENT_TYPE_MALFORMED"),
        ("x", "", "CONTENT_TYPE_MALFORMED"),
        ("x", "text/plain; charset", "CONTENT_TYPE_MALFORMED"),
        ("x", "text/plain; charset=a; charset=b", "CONTENT_TYPE_MALFORMED"),
        ("x", "text/plain, text/html", "CONTENT_TYPE_MALFORMED"),
        ("x", "text/plaïn", "CONTENT_TYPE_MALFORMED"),
        ("x", 'text/plain; x="' + "y" * 300 + '"', "CONTENT_TYPE_MALFORMED"),
        ("x", "message/rfc822", "CONTENT_TYPE_NOT_ALLOWED"),
    ],
)
def test_a_body_that_cannot_be_carried_is_refused_by_name(body: str, content_type: str, code: str) -> None:
    with pytest.raises(UnsafeMail) as refused:
        MailTemplate.compile(replace(PLAIN, body=body, content_type=content_type), "t.example")
    assert refused.value.code == code


@pytest.mark.parametrize("field", ["subject", "sender", "reply_to", "to"])
@pytest.mark.parametrize(
    "value", ["=?utf-8?q?a=0D=0ABcc:_e@x.y?=", "a\r\nBcc: e@x.y", "a\x85b", "a\u2028b", "a\udc0ab"]
)
def test_no_header_field_of_a_client_can_start_another(field: str, value: str) -> None:
    with pytest.raises(UnsafeMail):
        MailTemplate.compile(replace(PLAIN, **{field: value}), "t.example")


@pytest.mark.parametrize("to", ["a@b.co, evil@x.yz", "a@b.co\r\nBcc: e@x.yz", "=?utf-8?q?a=0A?=@b.co", "ana"])
def test_a_mail_is_addressed_to_exactly_one_receiver(to: str) -> None:
    with pytest.raises(UnsafeMail):
        mailed(PLAIN, to)


@pytest.mark.parametrize("message_id", ["", "a b", "a>\r\nBcc: e@x.y", "a@b", "x" * 121, "a\n"])
def test_a_message_id_is_one_plain_word(message_id: str) -> None:
    with pytest.raises(UnsafeMail):
        MailTemplate.compile(PLAIN, "t.example").addressed("ana@x.example", message_id, AT)


@pytest.mark.parametrize("domain", ["", "localhost", "t.example\r\nBcc: e@x.y", "t.example>", "a b.example"])
def test_the_platform_s_own_domain_is_checked_too(domain: str) -> None:
    with pytest.raises(UnsafeMail):
        MailTemplate.compile(PLAIN, domain)


@given(
    st.text(st.characters(codec="utf-8"), max_size=1500),
    st.sampled_from(["text/plain", "text/html; charset=ISO-8859-1", "text/plain; charset=x"]),
)
def test_a_text_arrives_as_it_was_written(body: str, content_type: str) -> None:
    mail = mailed(replace(PLAIN, body=body, content_type=content_type))
    assert max(map(len, mail.split(b"\r\n"))) <= 998
    assert b"\n" not in mail.replace(b"\r\n", b"")
    assert b"\r" not in mail.replace(b"\r\n", b"")
    assert mail.isascii()
    message = message_from_bytes(mail, policy=policy.SMTP)
    payload = message.get_payload(decode=True)
    assert isinstance(payload, bytes)
    sent = body.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    assert payload.decode(message.get_content_charset() or "") in {sent, sent + "\r\n"}


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80))
def test_whatever_a_client_writes_the_header_names_are_ours(subject: str, sender: str, to: str) -> None:
    try:
        message = read(replace(PLAIN, subject=subject, sender=sender, to=to))
    except UnsafeMail:
        return
    assert message.keys() == NAMES
    assert len(message["To"].addresses) == len(message["From"].addresses) == 1
    assert message["From"].addresses[0].domain == message["To"].addresses[0].domain == "t.example"


def test_addressing_costs_little_beside_compiling() -> None:
    # given a mail of a megabyte, one receiver costs about one copy of it: nothing is rendered again
    template = MailTemplate.compile(replace(PLAIN, body="é" * 500_000), "t.example")
    first, second = (template.addressed(to, "a.1", AT) for to in ("a@x.example", "b@x.example"))
    assert first.replace(b"a@x.example", b"b@x.example") == second
