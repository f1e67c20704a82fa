"""The title of an alert that was given none."""

from __future__ import annotations

import pytest

from tocsin.alerts.domain.headline import TITLE_CHARACTERS, title_of
from tocsin.content.domain.content import EmailContent, SmsContent

REFERENCE = "[TX-1YC76VQ1P3]"


def text(words: str) -> SmsContent:
    return SmsContent("Tocsin", words)


def mail(subject: str, body: str = "", content_type: str = "text/plain; charset=utf-8") -> EmailContent:
    return EmailContent(f"{subject} {REFERENCE}".strip(), body, content_type)


def test_decided_2_18_a_subject_comes_before_any_text() -> None:
    assert title_of([text("Pump 7 has stopped, please"), mail("Pump 7 stopped")], REFERENCE) == "Pump 7 stopped"


def test_decided_2_18_else_the_first_words_of_the_first_text_count() -> None:
    assert (
        title_of([None, mail("", "<p>x", "text/html"), text("Pump 7\n has\tstopped")], REFERENCE)
        == "Pump 7 has stopped"
    )
    assert title_of([mail("", "Pump 7 has stopped")], REFERENCE) == "Pump 7 has stopped"


def test_decided_2_18_a_long_text_is_cut_between_words() -> None:
    title = title_of([text("pump seven " * 20)], REFERENCE)
    assert title == ("pump seven " * 7).strip() + "…"
    assert len(title) <= TITLE_CHARACTERS


def test_decided_2_18_one_long_word_is_cut_too() -> None:
    assert title_of([text("x" * 200)], REFERENCE) == "x" * 79 + "…"


def test_s10_nothing_in_a_title_turns_the_line_around_or_breaks_it() -> None:
    assert title_of([text("\u202eoops\u2029\x00now\x7f")], REFERENCE) == "oops now"


@pytest.mark.parametrize("contents", [[], [None], [text(" \n ")], [mail("", "<p>", "text/html")]])
def test_without_any_words_there_is_no_title(contents: list[SmsContent | EmailContent | None]) -> None:
    assert title_of(contents, REFERENCE) == ""
