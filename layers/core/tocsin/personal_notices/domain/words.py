"""What a notice says by each channel."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

from tocsin.calendar.domain.time_zone import zone as zone_named
from tocsin.content.domain.sms_text import LONGEST
from tocsin.personal_notices.domain.notice import PersonalNotice
from tocsin.personal_notices.domain.notice_run import PersonTold
from tocsin.personal_notices.domain.settings_link import settings_lines

TEXT_CHARACTERS = 160
"""Most characters of a text, without what the first text to a number says beside."""


def text_of_notice(notice: PersonalNotice, welcome: str = "") -> str:
    """Return the text: the first line, cut with "…".

    Args:
        welcome: what the first text to a number says beside.
    """
    line = _one_line(notice.line)
    if len(line) > TEXT_CHARACTERS:
        line = line[: TEXT_CHARACTERS - 1].rstrip() + "…"
    return f"{line}\n{welcome}"[:LONGEST] if welcome else line


def inbox_text(notice: PersonalNotice, told: PersonTold) -> str:
    """Return the text in the inbox: the first line, the fields, and why the person is told."""
    return "\n".join([*_said(notice, told.zone), "", _reason(told.because)])


def mail_body(notice: PersonalNotice, told: PersonTold, console: str) -> str:
    """Return the body of the mail.

    Args:
        console: where the console is, as `console_link` takes it.
    """
    lines = _said(notice, told.zone)
    if notice.url:
        lines += ["", notice.url]
    lines += ["", "-- ", _reason(told.because), *settings_lines(console)]
    return "\n".join(lines) + "\n"


def mail_subject(notice: PersonalNotice) -> str:
    """Return the subject of mails and pushes."""
    return _one_line(notice.subject)


def _said(notice: PersonalNotice, zone: str) -> list[str]:
    fields = [f"{_one_line(label)}: {_one_line(_read(value, zone))}" for label, value in notice.fields if value]
    line = _one_line(notice.line)
    return [line, "", *fields] if fields else [line]


def _read(value: str | datetime, zone: str) -> str:
    if isinstance(value, str):
        return value
    return f"{value.astimezone(zone_named(zone) or UTC):%Y-%m-%d %H:%M %Z}"


def _reason(because: str) -> str:
    return f"You get this because {_one_line(because)}."


def _one_line(text: str) -> str:
    """Return a text that a header can hold: no line breaks, no control characters."""
    text = " ".join(text.split())
    return "".join(char for char in text if unicodedata.category(char) not in ("Cc", "Cs"))
