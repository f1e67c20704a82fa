"""AH-91: real-shaped mails, and what nobody should have sent, taken apart."""

from __future__ import annotations

import base64
import quopri
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.adapters.inbound_mail.parser import parse_mail
from tocsin.inbound.domain.automatic import automatic
from tocsin.inbound.domain.mail import InboundMail

MAILS = Path(__file__).parents[1] / "events" / "mails"


def parsed(raw: bytes) -> InboundMail:
    mail = parse_mail(raw)
    assert mail is not None
    return mail


def a_mail(
    body: bytes, content_type: str = "text/plain; charset=utf-8", encoding: str = "8bit", head: str = ""
) -> bytes:
    return (
        f"{head}From: Ana <ana@example.org>\r\nTo: r+x@alerts.example\r\nSubject: Re: Hello\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    ).encode() + body


# --- bodies ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("charset", "codec"),
    [
        ("utf-8", "utf-8"), ("UTF-8", "utf-8"), ("iso-8859-1", "iso-8859-1"), ("iso-8859-15", "iso-8859-15"),
        ("windows-1252", "cp1252"), ("us-ascii", "utf-8"), ("", "utf-8"), ("x-unknown", "utf-8"), ("utf-16", "utf-16"),
        ("idna", "utf-8"), ("rot13", "utf-8"), ("undefined", "utf-8"), ("hex", "utf-8"),
    ],
)  # fmt: skip
def test_charsets(charset: str, codec: str) -> None:
    octets = "Grüße aus Köln".encode(codec)
    kind = f'text/plain; charset="{charset}"' if charset else "text/plain"
    assert parsed(a_mail(base64.encodebytes(octets), kind, "base64")).text == "Grüße aus Köln"


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("koi8-r", "Еду"), ("windows-1251", "Еду"), ("gb18030", "我在路上"), ("big5", "我在路上"), ("shift_jis", "向かっています"),
        ("iso-2022-jp", "向かっています"), ("euc-kr", "가는 중"), ("iso-8859-7", "Έρχομαι"), ("windows-1256", "في الطريق"),
    ],
)  # fmt: skip
def test_charsets_of_the_world(charset: str, text: str) -> None:
    assert parsed(a_mail(text.encode(charset), f"text/plain; charset={charset}")).text == text


@pytest.mark.parametrize(
    ("charset", "codec", "text"),
    [
        ("iso-8859-8-i", "iso-8859-8", "אני בדרך"), ("iso-8859-8-e", "iso-8859-8", "אני בדרך"),
        ("windows-31j", "cp932", "①向かっています"), ("x-sjis", "cp932", "①向かっています"), ("x-gbk", "gbk", "我在路上"),
        ("windows-949", "cp949", "가는 중"), ("x-mac-roman", "mac-roman", "déjà en route"), ("gb2312", "gbk", "我在路上"),
        ("ks_c_5601-1987", "cp949", "가는 중"), ("x-mac-cyrillic", "mac-cyrillic", "Еду"), ("cp850", "cp850", "Grüße"),
    ],
)  # fmt: skip
def test_k17_charset_labels_are_known_as_browsers_know_them(charset: str, codec: str, text: str) -> None:
    assert parsed(a_mail(text.encode(codec), f"text/plain; charset={charset}")).text == text


def test_k11_a_header_of_raw_octets_is_utf_8_else_windows_1252() -> None:
    assert parsed("Subject: FEUER größte\r\n\r\n".encode("cp1252")).subject == "FEUER größte"


@pytest.mark.parametrize(
    ("written", "more", "shown"),
    [
        ("We are \r\non our way\r\nAna", "", "We are on our way\nAna"),
        ("We are on our w \r\nay", "; delsp=yes", "We are on our way"),
        ("> is it \r\n> true\r\nyes", "", "> is it true\nyes"),
        ("one \r\n> two\r\n  three", "", "one \n> two\n three"),
        ("yes\r\n-- \r\nAna", "", "yes\n-- \nAna"),
    ],
)
def test_k20_flowed_lines_are_joined(written: str, more: str, shown: str) -> None:
    assert parsed(a_mail(written.encode(), f"text/plain; format=flowed{more}")).text == shown


def test_a_charset_that_is_not_the_true_one_loses_no_mail() -> None:
    assert parsed(a_mail("Grüße".encode("cp1252"))).text == "Grüße"
    assert "Gr" in parsed(a_mail(b"Gr\x81\xfe\xff")).text


@pytest.mark.parametrize("encoding", ["7bit", "quoted-printable", "base64", "x-nobody-knows", "8bit"])
def test_transfer_encodings(encoding: str) -> None:
    octets = b"Ja, komme gleich"
    body = {"quoted-printable": quopri.encodestring(octets), "base64": base64.encodebytes(octets)}.get(encoding, octets)
    assert parsed(a_mail(body, encoding=encoding)).text.strip() == "Ja, komme gleich"


@pytest.mark.parametrize("body", [b"not base64 at all!", b"SGFsbG8", b"SGF sbG8=\r\n====", b""])
def test_broken_base64_loses_no_mail(body: bytes) -> None:
    parsed(a_mail(body, encoding="base64"))


def test_a_body_without_plain_text_is_read_from_its_html() -> None:
    html = "<html><body><p>Komme <b>sofort</b></p><blockquote>Alarm</blockquote></body></html>"
    assert parsed(a_mail(html.encode(), "text/html; charset=utf-8")).text == "Komme sofort"


def multipart(kind: str, *parts: str, boundary: str = "b1") -> bytes:
    inside = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
    return a_mail(f"preamble\r\n{inside}--{boundary}--\r\nepilogue".encode(), f'{kind}; boundary="{boundary}"')


PLAIN = "Content-Type: text/plain; charset=utf-8\r\n\r\nyes, plain"
HTML = "Content-Type: text/html; charset=utf-8\r\n\r\n<p>yes, html</p>"
BLANK = "Content-Type: text/plain\r\n\r\n  \r\n"
PICTURE = "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo="
ATTACHED = "Content-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nnot mine"
FORWARDED = "Content-Type: message/rfc822\r\n\r\nSubject: old\r\n\r\nsomebody else's words"
NESTED = (
    'Content-Type: multipart/alternative; boundary="b2"\r\n\r\n'
    f"--b2\r\n{HTML}\r\n--b2\r\n{PLAIN}\r\n--b2--"
)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "parts", "text"),
    [
        ("multipart/alternative", (PLAIN, HTML), "yes, plain"),
        ("multipart/alternative", (HTML, PLAIN), "yes, plain"),
        ("multipart/alternative", (BLANK, HTML), "yes, html"),
        ("multipart/mixed", (NESTED, PICTURE), "yes, plain"),
        ("multipart/mixed", (PLAIN, ATTACHED), "yes, plain"),
        ("multipart/mixed", (ATTACHED, PLAIN), "yes, plain"),
        ("multipart/mixed", (PLAIN, FORWARDED), "yes, plain"),
        ("multipart/related", (HTML, PICTURE), "yes, html"),
        ("multipart/signed", (PLAIN, "Content-Type: application/pgp-signature\r\n\r\nxxx"), "yes, plain"),
        # a phone that puts a photo between two sentences
        ("multipart/mixed", (PLAIN, PICTURE, "Content-Type: text/plain\r\n\r\nand more"), "yes, plain\nand more"),
        ("multipart/mixed", (PICTURE,), ""),
        ("multipart/mixed", (), ""),
    ],
)
def test_what_a_reader_shows_of_many_parts(kind: str, parts: tuple[str, ...], text: str) -> None:
    assert parsed(multipart(kind, *parts)).text == text


def test_a_mail_that_ends_too_soon_is_read_as_far_as_it_goes() -> None:
    whole = multipart("multipart/mixed", PLAIN, PICTURE + "A" * 5000)
    assert parsed(whole[:-4000]).text == "yes, plain"


# --- headers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "sender"),
    [
        ("ana@example.org", "ana@example.org"),
        ("Ana Müller <ana@example.org>", "ana@example.org"),
        ('"Müller, Ana" <ana@example.org>', "ana@example.org"),
        ('"boss@example.com" <ana@example.org>', "ana@example.org"),
        ("=?utf-8?q?Ana_M=C3=BCller?= <ana@example.org>", "ana@example.org"),
        ("=?utf-8?q?boss=40example=2Ecom?= <ana@example.org>", "ana@example.org"),
        ("Ana\r\n <ana@example.org>", "ana@example.org"),
        ("ana@example.org <ana@example.org>", "ana@example.org"),  # K10
        ("Ana@Example.ORG, ana@example.org", "Ana@Example.ORG"),
        ("'ana@example.org' <ana@example.org>", ""),
        ("[Halle 3] <ana@example.org>", "ana@example.org"),
        ("ana@example.org (the boss@example.com)", "ana@example.org"),
        ('"ana b"@example.org', '"ana b"@example.org'),
        ("Zoë <zoë@example.org>", "zoë@example.org"),  # K11
        # who of them?
        ("<boss@example.com> <ana@example.org>", ""),
        ("boss@example.com@example.org", ""),
        ("ana@example.org\r\nFrom: boss@example.com", ""),
        ("boss@example.com, ana@example.org", ""),
        ("boss@example.com <ana@example.org>", ""),
        ("Ana", ""),
        ("", ""),
    ],
)
def test_s14_the_sender_is_one_address_or_none(written: str, sender: str) -> None:
    assert parsed(f"From: {written}\r\n\r\nyes".encode()).sender == sender


def test_every_address_it_may_have_been_sent_to() -> None:
    mail = parsed(
        b"Received: from mx.example.org by inbound-smtp.eu-west-1.amazonaws.com with SMTP id abc\r\n"
        b" for r+acme.blind@alerts.example;\r\n Sat, 21 Nov 2026 12:00:00 +0000 (UTC)\r\n"
        b"Received: from evil for <r+acme.below@alerts.example>; never\r\n"
        b'To: "Alerts, all" <r+acme.to@alerts.example>, other@example.org\r\n'
        b"Cc: r+acme.cc@alerts.example\r\nDelivered-To: r+acme.delivered@alerts.example\r\n\r\nyes"
    )
    ours = [address.removesuffix("@alerts.example") for address in mail.addressed_to if address.startswith("r+")]
    assert ours == ["r+acme.to", "r+acme.cc", "r+acme.delivered", "r+acme.blind"]


@pytest.mark.parametrize(
    ("subject", "read"),
    [
        ("Re: Trunk 7 [TX-7F3K9Q2MXB]", "Re: Trunk 7 [TX-7F3K9Q2MXB]"),
        ("=?utf-8?b?UmU6IEdyw7zDn2U=?=\r\n =?utf-8?q?_=5BTX-7F3K9Q2MXB=5D?=", "Re: Grüße [TX-7F3K9Q2MXB]"),
        ("=?iso-8859-1?q?R=E9ponse?=", "Réponse"),
        ("ÉVACUATION", "ÉVACUATION"),  # K11
        ("=?idna?q?xn--a?=", "xn--a"),
        ("=?utf-8?b?not base64?=", "=?utf-8?b?not base64?="),
        ("=?utf-8?b?A?=", "=?utf-8?b?A?="),
    ],
)
def test_subjects_are_read(subject: str, read: str) -> None:
    assert parsed(f"Subject: {subject}\r\n\r\n".encode()).subject == read


RECEIVED = "Return-Path: <ana@example.org>\r\nReceived: from mx by inbound-smtp.eu-west-1.amazonaws.com;\r\n now\r\n"
SES = "Authentication-Results: amazonses.com;\r\n spf=pass (spfCheck: x) client-ip=192.0.2.1; envelope-from={source}; helo={helo};\r\n dkim={dkim} header.i=@{signer};\r\n dmarc=pass header.from=example.org;\r\n"


def ours(source: str = "ana@example.org", helo: str = "mx", dkim: str = "pass", signer: str = "example.org") -> str:
    return SES.format(source=source, helo=helo, dkim=dkim, signer=signer)


THEIRS = "Authentication-Results: amazonses.com; dkim=pass header.d=victim.example\r\n"


@pytest.mark.parametrize(
    ("head", "domains"),
    [
        (RECEIVED + ours(), ("example.org",)),
        (RECEIVED + "X-SES-Spam-Verdict: PASS\r\nReceived-SPF: pass\r\n" + ours(), ("example.org",)),
        (RECEIVED + ours(dkim="fail"), ()),
        (RECEIVED + "Authentication-Results: amazonses.com; dkim=pass header.d=b.c header.i=@a.b.c\r\n", ("b.c",)),
        (RECEIVED + "Authentication-Results: amazonses.com; dkim=fail header.d=a.b; dkim=pass header.d=b.c\r\n", ("b.c",)),
        # what the sender wrote
        (RECEIVED + ours(dkim="fail") + THEIRS, ()),
        (RECEIVED + "X-Mailer: x\r\n" + THEIRS, ()),
        (RECEIVED + "Received: from a by b; now\r\n" + THEIRS, ()),
        (THEIRS, ()),
        ("X-Mailer: x\r\n" + RECEIVED + THEIRS, ()),
        (RECEIVED + THEIRS.replace("amazonses.com", "mx.example (amazonses.com)"), ()),
        (RECEIVED + ours(source="dkim=pass@attacker.example", dkim="fail"), ()),
        (RECEIVED + ours(source='"x; dkim=pass header.d=victim.example"@attacker.example', dkim="fail"), ()),
        (RECEIVED + ours(helo="x;dkim=pass(c)header.d=victim.example", dkim="fail"), ()),
        (RECEIVED + ours(dkim="fail (dkim=pass header.d=victim.example (x))"), ()),
        (RECEIVED + ours(signer='"@victim.example;"@attacker.example'), ()),
    ],
)  # fmt: skip
def test_decided_8_2_only_our_servers_own_header_says_who_signed(head: str, domains: tuple[str, ...]) -> None:
    assert parsed(a_mail(b"yes", head=head)).signed_by == domains


# --- the corpus -----------------------------------------------------------------------------------------------

ANSWERS = {
    "gmail_en.eml": "On my way, ten minutes.",
    "outlook_de.eml": "Bin unterwegs, zehn Minuten.\n\nGruß\nAna",
    "apple_fr.eml": "J’arrive dans dix minutes.",
    "thunderbird_es.eml": "Voy, diez minutos.",
    "outlook_html_only.eml": "Coming now.",
    "list.eml": "To everybody on the list",
}


@pytest.mark.parametrize(("name", "answer"), ANSWERS.items())
def test_ah_91_what_people_write_in_their_mail_programs(name: str, answer: str) -> None:
    mail = parsed((MAILS / name).read_bytes())
    assert automatic(mail) is None
    assert mail.own.text == answer
    assert mail.sender == "ana@example.org"
    assert mail.subject.endswith("[TX-7F3K9Q2MXB]")


@pytest.mark.parametrize(
    ("html", "text", "is_trimmed"),
    [
        ('<div class="gmail_quote"><blockquote>Come</blockquote></div>', "Come", False),
        ("<p>On my way</p><blockquote>Come</blockquote>", "On my way", True),
        ("<p>On my way</p>", "On my way", True),
    ],
)
def test_decided_8_7_an_html_mail_that_is_all_quote_is_its_whole_text(html: str, text: str, is_trimmed: bool) -> None:
    own = parsed(a_mail(html.encode(), "text/html")).own
    assert (own.text, own.trimmed) == (text, is_trimmed)


MACHINES = {
    "vacation.eml": "automatic_auto_submitted",
    "bounce.eml": "automatic_report",
    "outlook_vacation.eml": "automatic_subject",
}


@pytest.mark.parametrize(("name", "why"), MACHINES.items())
def test_s14_what_machines_write_is_known_for_it(name: str, why: str) -> None:
    mail = parsed((MAILS / name).read_bytes())
    assert automatic(mail) == why


def test_every_mail_of_the_corpus_is_in_a_test() -> None:
    assert {path.name for path in MAILS.glob("*.eml")} == {*ANSWERS, *MACHINES}


# --- what nobody should have sent -----------------------------------------------------------------------------


def test_a_mail_nested_a_thousand_deep_is_refused_or_read_but_stops_nothing() -> None:
    head = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(2000))
    parse_mail(head.encode())


def test_thousands_of_parts_are_read_up_to_a_limit() -> None:
    mail = parsed(multipart("multipart/mixed", *[PLAIN] * 3000))
    assert mail.text.count("yes, plain") < 100


def test_endless_headers_take_no_time() -> None:
    for value in ("=?" * 200_000, "<" * 200_000, '"' * 200_001, "a@" * 100_000, "(" * 200_000):
        parsed(f"From: {value}\r\nTo: {value}\r\nSubject: {value}\r\nAuthentication-Results: {value}\r\n\r\n".encode())


@given(st.binary(max_size=600))
def test_no_bytes_are_too_odd(raw: bytes) -> None:
    parse_mail(raw)


BATCHES = (
    """From:_|Content-Type:_|multipart/mixed; boundary=b|text/html|--b|--b--|charset=|=?|?=|_|;|"|\xff|\x00|base64|idna
Content-Transfer-Encoding:_|a@b.c|<|>""".replace("\n", "|")
    .replace("_", " ")
    .split("|")
)


@given(st.lists(st.sampled_from([*BATCHES, "\r\n", "\n", "\r"]), max_size=60))
def test_no_mail_is_too_odd(batches: list[str]) -> None:
    parse_mail("".join(batches).encode("latin-1"))
