"""What a notice says by each channel."""

from __future__ import annotations

import unicodedata

from tocsin.content.domain.sms_text import LONGEST
from tocsin.personal_notices.domain.notice import PersonalNotice

TEXT_CHARACTERS = 160
"""Most characters of a text, without what the first text to a number says beside."""

SETTINGS_PAGE = "/notifications"
"""The page of the console on which people say what they want to hear of."""


def text_of_notice(notice: PersonalNotice, welcome: str = "") -> str:
    """Return the text: the first line, cut with "…".

    Args:
        welcome: what the first text to a number says beside.
    """
    line = _one_line(notice.line)
    if len(line) > TEXT_CHARACTERS:
        line = line[: TEXT_CHARACTERS - 1].rstrip() + "…"
    return f"{line}\n{welcome}"[:LONGEST] if welcome else line


def inbox_text(notice: PersonalNotice, because: str) -> str:
    """Return the text in the inbox: the first line, the fields, and why the person is told."""
    return "\n".join([*_said(notice), "", _reason(because)])


def mail_body(notice: PersonalNotice, because: str, console: str) -> str:
    """Return the body of the mail.

    Args:
        console: address of the console; "" = it is not known.
    """
    lines = _said(notice)
    if notice.url:
        lines += ["", notice.url]
    lines += ["", "-- ", _reason(because)]
    if console:
        lines.append(f"Change what you are told: {console}{SETTINGS_PAGE}")
    return "\n".join(lines) + "\n"


def mail_subject(notice: PersonalNotice) -> str:
    """Return the subject of mails and pushes."""
    return _one_line(notice.subject)


def _said(notice: PersonalNotice) -> list[str]:
    fields = [f"{_one_line(label)}: {_one_line(value)}" for label, value in notice.fields if value]
    line = _one_line(notice.line)
    return [line, "", *fields] if fields else [line]


def _reason(because: str) -> str:
    return f"You get this because {_one_line(because)}."


def _one_line(text: str) -> str:
    """Return a text that a header can hold: no line breaks, no control characters."""
    text = " ".join(text.split())
    return "".join(char for char in text if unicodedata.category(char) not in ("Cc", "Cs"))
