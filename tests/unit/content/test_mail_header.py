"""What may stand in a header: the corpus of known injections, and the last look at the bytes."""

from __future__ import annotations

import email.header
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.content.domain.mail_header import UnsafeMail, checked_head, guarded, mailbox, single_address, unstructured

ENCODED_BREAKS = [
    "=?utf-8?q?a=0D=0ABcc:_e@x.y?=",  # CVE-2024-6923: EmailMessage writes the break out on 3.10-3.12
    "=?utf-8?b?YQ0KQmNjOiBlQHgueQ==?=",
    "before =?iso-8859-1?Q?=0a?= after",
    "=?utf-8*en?q?a=0Ab?=",
    "=?unknown?q??=",
]
LINE_BREAKS = [
    "a\r\nBcc: e@x.y",
    "a\nBcc: e@x.y",
    "a\rBcc: e@x.y",
    "a\x0bb",
    "a\x0cb",
    "a\x00b",
    "a\tb",
    "a\x1c\x1d\x1eb",
    "a\x7fb",
    "a\x85Bcc: e@x.y",
    "a\u2028Bcc: e@x.y",
    "a\u2029Bcc: e@x.y",
    "a\x9bb",
    "a\ud800b",
    "a\udc0ab",  # BytesGenerator writes surrogate escapes out raw (CVE-2026-1299)
    "\n",
]


@pytest.mark.parametrize("value", ENCODED_BREAKS)
def test_an_encoded_word_is_refused(value: str) -> None:
    with pytest.raises(UnsafeMail) as refused:
        guarded("Subject", value)
    assert (refused.value.code, refused.value.field) == ("ENCODED_WORD", "Subject")


@pytest.mark.parametrize("value", LINE_BREAKS)
def test_whatever_ends_a_line_for_some_reader_is_refused(value: str) -> None:
    with pytest.raises(UnsafeMail) as refused:
        guarded("Subject", value)
    assert refused.value.code == "CONTROL_CHARACTER"


def test_a_refusal_does_not_repeat_what_was_refused() -> None:
    with pytest.raises(UnsafeMail) as refused:
        single_address("To", "secret@person.example, other@x.y")
    assert "secret" not in str(refused.value)
    assert str(refused.value) == "To: ADDRESS_MALFORMED"


@pytest.mark.parametrize("value", ["=?", "?=", "a=?b", "100% =) ?", "a = b ? c : d", "", "é", "😀", "=\n?"[0]])
def test_ordinary_text_passes_the_guard(value: str) -> None:
    assert guarded("Subject", value) == value


@pytest.mark.parametrize(
    "address",
    [
        "a@b.c, evil@x.y",
        "a@b.co,evil@x.yz",
        "a@[127.0.0.1]",
        "a@127.0.0.1",
        "a@b",
        "a@-b.co",
        "a@b-.co",
        "a@b\u200b.co",
        "a@b..co",
        ".a@b.co",
        "a.@b.co",
        "a..b@b.co",
        '"a b"@b.co',
        '"x" <a@b.co>',
        "<a@b.co>",
        "a@b.co>",
        "a@b.co\r\nBcc: e@x.yz",
        "a@b.co\n",
        "a @b.co",
        "a@b.co ",
        "a(comment)@b.co",
        "é@b.co",
        "a@é.co",
        "a@@b.co",
        "a@b@c.co",
        "@b.co",
        "a@",
        "",
        "a" * 65 + "@b.co",
        "a@" + ".".join(["b" * 60] * 5) + ".example",
        "group: a@b.co;",
        "=?utf-8?q?a=0D=0ABcc:_e?=@b.co",
        "a;b@c.co",
    ],
)
def test_anything_but_one_plain_address_is_refused(address: str) -> None:
    with pytest.raises(UnsafeMail) as refused:
        single_address("To", address)
    assert refused.value.code in {"ADDRESS_MALFORMED", "CONTROL_CHARACTER", "ENCODED_WORD"}


@pytest.mark.parametrize(
    "address", ["a@b.co", "first.last+tag@mail.example.org", "o'neil@xn--bcher-kva.example", "a@b.xn--p1ai", "1@2.co"]
)
def test_a_plain_address_passes(address: str) -> None:
    assert single_address("To", address) == address


@pytest.mark.parametrize(
    ("display", "address"),
    [
        ("All staff", "all-staff@t.example"),
        ("alerts", "alerts@t.example"),
        ("Café Zürich", "cafe-zurich@t.example"),
        ("Tom & Jerry...", "tom-jerry@t.example"),
        ("ops.team", "ops.team@t.example"),
        ("消防", "alerts@t.example"),
        ("---", "alerts@t.example"),
        ("x" * 90, "x" * 64 + "@t.example"),
        ('"quoted" \\ <name>', "quoted-name@t.example"),
    ],
)
def test_ah_12_a_display_part_gets_an_address_of_the_platform(display: str, address: str) -> None:
    value, bare = mailbox("From", display, "t.example", "alerts")
    assert bare == address
    assert single_address("From", bare)
    parsed = message_from_bytes(b"From: " + value.encode() + b"\r\n\r\n", policy=policy.default)["From"].addresses
    assert [a.addr_spec for a in parsed] == [address]
    assert parsed[0].display_name in {display, ""}
    assert parsed[0].display_name or display == address.partition("@")[0]


@pytest.mark.parametrize("display", ["ceo@bank.example", '"x" <a@b.co>', "ceo＠bank.example", "ceo﹫bank.example"])
def test_ah_12_a_display_part_that_shows_another_address_is_refused(display: str) -> None:
    with pytest.raises(UnsafeMail) as refused:
        mailbox("From", display, "t.example", "alerts")
    assert refused.value.code == "ADDRESS_IN_NAME"


@given(st.text(max_size=400))
def test_a_subject_arrives_as_it_was_written_or_is_refused(subject: str) -> None:
    try:
        wire = unstructured("Subject", subject)
    except UnsafeMail:
        return
    line = f"Subject: {wire}\r\n".encode("ascii")
    assert max(map(len, line.split(b"\r\n"))) <= 998
    assert all(part[:1] in (b" ", b"") and (part.strip() or not part) for part in line.split(b"\r\n")[1:])
    unfolded = wire.replace("\r\n", "")
    assert str(email.header.make_header(email.header.decode_header(unfolded))) == subject


@given(st.lists(st.text("abcdefghij=?!", min_size=1, max_size=40), min_size=1, max_size=60))
def test_a_plain_subject_is_folded_between_words_and_stays_readable(words: list[str]) -> None:
    subject = " ".join(words)
    try:
        wire = unstructured("Subject", subject)
    except UnsafeMail:
        return
    assert max(map(len, f"Subject: {wire}".split("\r\n"))) <= 76
    assert wire.replace("\r\n", "") == subject


def test_a_word_too_long_to_fold_is_encoded() -> None:
    wire = unstructured("Subject", "x" * 2_000)
    assert max(map(len, f"Subject: {wire}".split("\r\n"))) <= 76
    assert str(email.header.make_header(email.header.decode_header(wire.replace("\r\n", "")))) == "x" * 2_000


GOOD = b"To: a@b.co\r\nSubject: one\r\n two\r\n\r\nBcc: not a header\r\n"


def test_the_last_api_boundary_opens_for_the_expected_headers_only() -> None:
    assert checked_head(GOOD, [b"To", b"Subject"]) == GOOD


@pytest.mark.parametrize(
    "mail",
    [
        b"To: a@b.co\r\nSubject: one\r\nBcc: e@x.y\r\n\r\nbody",
        b"To: a@b.co\r\nTo: e@x.y\r\nSubject: one\r\n\r\nbody",
        b"Subject: one\r\nTo: a@b.co\r\n\r\nbody",
        b"To: a@b.co\r\n\r\nSubject: one\r\n\r\nbody",
        b"To: a@b.co\nBcc: e@x.y\r\nSubject: one\r\n\r\nbody",
        b"To: a@b.co\rBcc: e@x.y\r\nSubject: one\r\n\r\nbody",
        b"To: a@b.co\r\nSubject: one\r\n \r\n\r\nbody",
        b"To: a@b.co\r\nSubject: one\x00\r\n\r\nbody",
        b"To: a@b.co\r\nSubject: \xc3\xa9\r\n\r\nbody",
        b" To: a@b.co\r\nSubject: one\r\n\r\nbody",
        b"To : a@b.co\r\nSubject: one\r\n\r\nbody",
        b"To: a@b.co\r\nSubject: one\r\n",
        b"",
    ],
)
def test_the_last_api_boundary_stays_shut_for_anything_else(mail: bytes) -> None:
    with pytest.raises(UnsafeMail) as refused:
        checked_head(mail, [b"To", b"Subject"])
    assert refused.value.code == "HEADER_MISMATCH"
