"""Parts of a multipart mail: labels are true, lines are short, and every reader gets the text that was written."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.content.domain.mail_body import encoded_body

KINDS = (
    "",
    "Content-Type: text/plain\r\n",
    "Content-Type: text/html;\r\n",
    "Content-Type: text/plain; charset=iso-8859-1\r\n",
)
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\n\0", exclude_categories=["Cc", "Zl", "Zp"]), max_size=40
)


def sent(body: str) -> EmailMessage:
    encoded = encoded_body(body, 'multipart/mixed; boundary="b1"')
    assert max(map(len, encoded.octets.split(b"\r\n"))) <= 998
    message = message_from_bytes(
        f"Content-Type: {encoded.content_type}\r\n\r\n".encode() + encoded.octets, policy=policy.default
    )
    assert isinstance(message, EmailMessage)
    return message


@given(st.lists(st.tuples(st.sampled_from(KINDS), TEXTS, st.integers(0, 60)), min_size=1, max_size=4))
def test_each_part_reads_as_it_was_written(written: list[tuple[str, str, int]]) -> None:
    texts = [(kind, f"x{text * times}") for kind, text, times in written]
    body = "".join(f"--b1\r\n{kind}\r\n{text}\r\n" for kind, text in texts) + "--b1--\r\n"
    parts = [part.get_content().rstrip("\r\n") for part in sent(body).iter_parts()]
    assert sorted(parts) == sorted(text for _, text in texts)


@pytest.mark.parametrize(
    ("kinds", "subtype", "order"),
    [
        (("text/html", "text/plain"), "alternative", ["text/plain", "text/html"]),
        (("text/plain", "text/html"), "alternative", ["text/plain", "text/html"]),
        (("text/html", "text/html"), "mixed", ["text/html", "text/html"]),
        (("text/plain", "text/html", "text/plain"), "mixed", ["text/plain", "text/html", "text/plain"]),
        (("text/html", 'text/plain; name="a.txt"'), "mixed", ["text/html", "text/plain"]),
        (("text/html", "text/plain\r\nContent-Disposition: attachment"), "mixed", ["text/html", "text/plain"]),
    ],
)
def test_one_text_in_two_forms_is_an_alternative_with_the_plain_one_first(
    kinds: tuple[str, ...], subtype: str, order: list[str]
) -> None:
    message = sent("".join(f"--b1\r\nContent-Type: {kind}\r\n\r\nhi\r\n" for kind in kinds) + "--b1--\r\n")
    assert message.get_content_subtype() == subtype
    assert [part.get_content_type() for part in message.iter_parts()] == order


def test_a_long_line_of_base64_is_broken_and_one_of_quoted_printable_too() -> None:
    head = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "
    body = (
        f"--b1\r\n{head}base64\r\n\r\n{'YWFh' * 500}\r\n--b1\r\n{head}quoted-printable\r\n\r\n{'=41' * 500}\r\n--b1--"
    )
    first, second = sent(body).iter_parts()
    assert first.get_content() == "a" * 1500
    assert second.get_content().strip() == "A" * 500
