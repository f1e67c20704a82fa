from __future__ import annotations

import pytest

from tocsin.content.domain.compose import email_content
from tocsin.content.domain.content_type import body_type, parse_boundary, parse_content_type
from tocsin.content.domain.mail_header import UnsafeMail
from tocsin.content.domain.options import EmailOptions

REF = "[TX-7F3K9Q2MXB]"
PARTS = "--b1\nContent-Type: text/plain\n\nhi\n--b1--\n"


def test_ah_16_a_multipart_body_uses_the_boundary_and_not_the_content_type() -> None:
    content = email_content(EmailOptions(content_type="text/html", boundary="b1"), PARTS, {}, REF)
    assert content.content_type == 'multipart/mixed; boundary="b1"'


def test_ah_16_a_multipart_body_without_a_part_is_refused() -> None:
    with pytest.raises(UnsafeMail, match="BOUNDARY_NOT_FOUND"):
        email_content(EmailOptions(boundary="b1"), "just text", {}, REF)


def test_ah_17_a_body_without_a_type_is_ascii_text() -> None:
    assert body_type(None, None, "trunk 7 is down") == "text/plain; charset=us-ascii"


@pytest.mark.parametrize("declared", [None, "text/plain", "text/plain; charset=us-ascii", "text/plain; CHARSET=latin1"])
def test_ah_17_a_body_that_is_not_ascii_is_labelled_utf_8(declared: str | None) -> None:
    assert body_type(declared, None, "Störung") == "text/plain; charset=utf-8"


def test_ah_17_other_parameters_survive_the_new_label() -> None:
    declared = 'text/plain; charset="us-ascii"; format=flowed'
    assert body_type(declared, None, "Störung") == "text/plain; format=flowed; charset=utf-8"


@pytest.mark.parametrize(
    ("declared", "sent"),
    [
        ("text/html; charset=iso-8859-1", "text/html; charset=iso-8859-1"),
        ("text/html", "text/html"),
        ("text/plain; charset=utf-16", "text/plain; charset=utf-8"),
        ("text/plain; charset=nonesuch", "text/plain; charset=utf-8"),
    ],
)
def test_ah_17_an_ascii_body_keeps_a_label_that_reads_ascii(declared: str, sent: str) -> None:
    assert body_type(declared, None, "plain") == sent


def test_what_the_element_says_of_its_body_comes_before_what_the_store_says() -> None:
    extras = {"emailBodyContentType": "text/html"}
    assert email_content(EmailOptions(), "<p>", extras, REF).content_type == "text/html"
    assert email_content(EmailOptions(content_type="text/plain"), "<p>", extras, REF).content_type == "text/plain"
    stored = {"emailBodyIsMultipart": True, "multipartBoundary": "b1", "emailBodyContentType": "text/html"}
    assert email_content(EmailOptions(), PARTS, stored, REF).content_type == 'multipart/mixed; boundary="b1"'


@pytest.mark.parametrize("text", ["text/html", "text/html; charset=utf-8", 'text/plain;format="flowed"; x=y'])
def test_a_content_type_of_one_part_is_taken(text: str) -> None:
    assert parse_content_type(f" {text} ") == text


@pytest.mark.parametrize(
    "text", ["", "html", "text/html;", "text/html\r\nBcc: x", "multipart/mixed; boundary=b", "message/rfc822", "text/ä"]
)
def test_any_other_content_type_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be"):
        parse_content_type(text)


def test_a_boundary_is_what_rfc_2046_says() -> None:
    assert parse_boundary("=_b 1") == "=_b 1"
    for wrong in ["", "b ", "x" * 71, 'b"', "b\n"]:
        with pytest.raises(ValueError, match="must be"):
            parse_boundary(wrong)
