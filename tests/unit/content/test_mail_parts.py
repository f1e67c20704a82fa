"""Values in bodies of mails: written as their place asks, and never a part, a header or a tag of their own."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.time import NOON
from tocsin.content.domain.lookups import Facts
from tocsin.content.domain.mail_header import UnsafeMail
from tocsin.content.domain.mail_parts import MailText

EVIL = "<b>\"Ana\" & 'co'</b>"


def facts(value: str) -> Facts:
    return Facts({"sender": "", "alertid": "", "reference": "", "type": "email"}, "a@x.test", {"v": value}, NOON)


def render(body: str, value: str, content_type: str = "text/plain") -> str:
    return MailText.compile(body, content_type, {"v"}).render(facts(value))


def parts(*bodies: str, boundary: str = "b1") -> str:
    return "".join(f"--{boundary}\r\n{body}\r\n" for body in bodies) + f"--{boundary}--\r\n"


MIXED = 'multipart/mixed; boundary="b1"'


def read(body: str) -> list[EmailMessage]:
    mail = message_from_bytes(f"Content-Type: {MIXED}\r\n\r\n{body}".encode(), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert not mail.defects
    return list(mail.iter_parts())  # type: ignore[arg-type]


def test_a_plain_body_takes_values_as_they_are() -> None:
    assert render("Hi {v}", EVIL + "\n2") == f"Hi {EVIL}\n2"


@pytest.mark.parametrize("content_type", ["text/html", "Text/HTML; charset=utf-8", " text/html ;charset=x"])
def test_an_html_body_takes_values_as_text(content_type: str) -> None:
    safe = "&lt;b&gt;&quot;Ana&quot; &amp; &#x27;co&#x27;&lt;/b&gt;"
    assert render("<p title='{v}'>{v}</p>", EVIL, content_type) == f"<p title='{safe}'>{safe}</p>"


def test_each_part_of_a_body_takes_values_in_its_own_way() -> None:
    body = parts(
        "Content-Type: text/plain; charset=utf-8\r\n\r\nplain {v}",
        "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<i>=20{v}</i>",
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\ne3Z9",
    )
    plain, html, encoded = read(render(body, "Zoë <z@x> =41", MIXED))
    assert plain.get_content() == "plain Zoë <z@x> =41"
    assert html.get_content() == "<i> Zoë &lt;z@x&gt; =41</i>"
    assert encoded.get_content() == "{v}"


def test_a_long_value_makes_no_line_that_servers_would_cut() -> None:
    head = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable"
    rendered = render(parts(f"{head}\r\n\r\n{{v}}"), "é " * 512, MIXED)
    assert max(map(len, rendered.split("\r\n"))) < 100
    (part,) = read(rendered)
    assert part.get_content() == "é " * 512


def test_parts_within_parts_are_found() -> None:
    inner = parts("Content-Type: text/html\r\n\r\n<p>{v}</p>", boundary="b2")
    body = parts(f'Content-Type: multipart/alternative;\r\n boundary="b2"\r\n\r\n{inner}')
    assert "<p>&lt;i&gt;</p>" in render(body, "<i>", MIXED)
    with pytest.raises(UnsafeMail):
        render(body, "x--b2", MIXED)


def test_a_value_becomes_no_header_of_a_part() -> None:
    body = parts('Content-Type: text/plain; name="{v}"\r\n\r\nx')
    (part,) = read(render(body, "a\r\nX-Evil: 1\u2028\r\n\r\nbody", MIXED))
    assert part.keys() == ["Content-Type"]
    assert part.get_content() == "x"


@pytest.mark.parametrize("value", ["--b1", "--b1--", "x\r\n--b1\r\nContent-Type: text/html\r\n\r\n<script>"])
@pytest.mark.parametrize("text", ["{v}", "{v} and more", "\r\n{v}"])
def test_a_value_ends_no_part(text: str, value: str) -> None:
    with pytest.raises(UnsafeMail, match="BOUNDARY_IN_VALUE"):
        render(parts(f"Content-Type: text/plain\r\n\r\n{text}"), value, MIXED)


def test_a_delimiter_put_together_from_text_and_value_ends_no_part_either() -> None:
    with pytest.raises(UnsafeMail):
        render(parts("Content-Type: text/plain\r\n\r\n--b{v}"), "1", MIXED)


@given(st.text(max_size=200), st.sampled_from(["7bit", "quoted-printable"]))
def test_s10_whatever_the_value_there_are_as_many_parts_as_before(value: str, encoding: str) -> None:
    head = f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}"
    body = parts(f"{head}\r\n\r\n{{v}}", "Content-Type: text/plain\r\n\r\nlast")
    try:
        rendered = render(body, value, MIXED)
    except UnsafeMail:
        return
    first, last = read(rendered.encode("utf-8", "replace").decode())
    assert last.get_content() == "last"
    assert first.keys() == ["Content-Type", "Content-Transfer-Encoding"]
    assert max(map(len, rendered.split("\r\n"))) < 998


@pytest.mark.parametrize(
    "head", ["Content-Type: text/html charset=x", "oddity\r\nContent-Type:text/html", "content-type: TEXT/HTML ; a=b"]
)
def test_a_value_is_escaped_wherever_a_reader_may_see_html(head: str) -> None:
    body = render(parts(f"{head}\r\n\r\n{{v}}"), EVIL, "multipart/mixed; boundary=b1")
    assert "<b>" not in body
