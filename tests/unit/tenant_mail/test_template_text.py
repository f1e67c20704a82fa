"""Variables in templates: what is one, where its value goes, and what a value can never do."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.content.domain.mail_header import guarded, unstructured
from tocsin.tenant_mail.domain.template_text import (
    HEADER_CHARACTERS,
    TemplateWarning,
    compiled,
    is_html,
    warnings_of,
)

VALUES = {"A": "%%B%%", "B": "<b>&\"'", "BLANK": "x onload=y\nz", "EMPTY": ""}


def test_pn_26_an_unknown_variable_stays_as_it_is_written() -> None:
    text = compiled("%%EMPTY%%|%%NOPE%%|%EMPTY%|%%empty%%|%%9A%%|%%A B%%|%%%%B%%%%")
    assert text.as_text(VALUES) == "|%%NOPE%%|%EMPTY%|%%empty%%|%%9A%%|%%A B%%|%%<b>&\"'%%"
    assert text.unknown(VALUES) == ["NOPE"]


def test_pn_26_a_warning_names_the_line_and_the_variable_that_may_be_meant() -> None:
    known = {"DATE_TIME", "CALLER_NAME"}
    body = "at %%DATE_TIME%%\n%%DATA_TIME%% %%CALLER_NAME%%\n\n%%REST_PASSWORD_LINK%%"
    assert warnings_of("body", body, known) == [
        TemplateWarning("body", 2, "DATA_TIME", "DATE_TIME"),
        TemplateWarning("body", 4, "REST_PASSWORD_LINK", None),
    ]


def test_a_value_is_never_read_again() -> None:
    assert compiled("%%A%%").as_text(VALUES) == "%%B%%"
    assert compiled("%%A%%").as_html(VALUES) == "%%B%%"
    assert compiled("%%%%A%%%%").as_header(VALUES) == "%%%%B%%%%"


@pytest.mark.parametrize(
    "body", ["<p>Hi", "a<br>b", "x</DIV>", "<!doctype html>", "<a href='x'>", "<img\nsrc=x>", "<br/>"]
)
def test_a_body_with_a_tag_is_html(body: str) -> None:
    assert is_html(body)


@pytest.mark.parametrize(
    "body", ["", "x < 5 > 3", "<a@b.example>", "<ada@example.org>", "<bold>", "< b >", "a<b", "<3"]
)
def test_a_body_without_a_tag_is_text(body: str) -> None:
    assert not is_html(body)


def test_pn_27_values_are_escaped_in_html_and_line_breaks_are_shown() -> None:
    assert compiled("<p>%%B%%</p>").as_html(VALUES) == "<p>&lt;b&gt;&amp;&quot;&#x27;</p>"
    assert compiled("<p>%%BLANK%%</p>").as_html(VALUES) == "<p>x onload=y<br>z</p>"


@pytest.mark.parametrize(
    "body",
    [
        "<a href=%%V%%>", "<a href= %%V%%>", "<a href=x%%V%%y>", "<a href=%%V%%\"%%V%%>", "<a href=%%V%%%%V%%>", '<a href="%%V%%">', "<a href='%%V%%'>",
        "<a title='\">' href=%%V%%>", "<p>1 < 2 %%V%%<a href=%%V%%>",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "value", ["x onclick=evil()", "x\nonclick=evil()", "x\tonclick=y", '" onclick="y', "' onclick='y", "><script>"]
)
def test_pn_27_no_value_adds_an_attribute_or_a_tag(body: str, value: str) -> None:
    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            seen.append((tag, sorted(name for name, _ in attrs)))

    seen: list[tuple[str, list[str]]] = []
    reader = Reader()
    reader.feed(compiled(body).as_html({"V": "safe"}))
    expected, seen = seen, []
    reader = Reader()
    reader.feed(compiled(body).as_html({"V": value}))
    assert expected
    assert seen == expected


HEADER_ATTACKS = [
    "x\r\nBcc: all@example.org", "x\nBcc: all", "x\rBcc: all", "x\x0bBcc", "x\x85Bcc: all", "x\u2028Bcc: all", "x\u2029Bcc",
    "=?utf-8?q?x=0D=0ABcc:_all?=", "=?utf-8?b?DQpCY2M6IGFsbA==?=", "x\x00y", "\ud800", "=?=?utf-8?q?x?=?=", "\r\n\r\nbody",
]  # fmt: skip


@pytest.mark.parametrize("attack", HEADER_ATTACKS)
def test_pn_27_no_value_adds_a_header(attack: str) -> None:
    line = compiled("Hello %%V%%!").as_header({"V": attack})
    assert guarded("Subject", line) == line
    assert re.findall(r"\r\n(?! )", unstructured("Subject", line)) == []


def test_a_value_that_looks_encoded_arrives_as_itself_but_for_an_invisible_character() -> None:
    assert compiled("%%V%%").as_header({"V": "=?utf-8?q?x?="}).replace("\u2060", "") == "=?utf-8?q?x?="


PIECES = ["%%A%%", "%%", "A", "<p ", "=", "'", '"', ">", "\n", "=?", "?=", "%%B%%", "x"]


@given(st.lists(st.sampled_from(PIECES)), st.text(), st.text())
@settings(max_examples=50)
def test_property_a_value_is_never_read_again_and_a_header_is_one_line(parts: list[str], one: str, other: str) -> None:
    body, values = "".join(parts), {"A": f"%%B%%{one}", "B": other}
    shown = {name: re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", "", value) for name, value in values.items()}
    one_pass = re.sub("%%([A-Z]+)%%", lambda found: shown.get(found[1], found[0]), body)
    assert compiled(body).as_text(values) == one_pass
    line = compiled(body).as_header(values)
    assert len(line) <= HEADER_CHARACTERS
    assert guarded("Subject", line) == line
    assert compiled(body).as_html({"A": "<", "B": "<"}).count("<") == body.count("<")
