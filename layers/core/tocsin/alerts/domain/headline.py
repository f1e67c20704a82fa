"""What a list shows of an alert: its title, and who sent it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tocsin.content.domain.content import Content, EmailContent, SmsContent
from tocsin.voice.domain.call_content import CallContent

TITLE_CHARACTERS = 80
"""Most characters of a title."""

_UNSHOWN = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters that are no line end, and marks that change the direction of what follows."""


class SenderKind(StrEnum):
    """What kind of thing or person sent an alert."""

    KEY = "key"  # an API key
    USER = "user"  # a person who is signed in


@dataclass(frozen=True, slots=True)
class SentBy:
    """Who sent an alert.

    Attributes:
        id: of the API key, or of the user.
        name: the display name when the alert was accepted; None = unknown. Personal data if it names a person.
    """

    kind: SenderKind
    id: str
    name: str | None = None


def title_of(contents: Iterable[Content | None], reference: str) -> str:
    """Return the title of an alert that was given none: the first subject, else the first words of the first text.

    Args:
        contents: what each element says, in order.
        reference: what every subject ends with.

    Returns:
        One line of up to TITLE_CHARACTERS; "" if the elements have neither subject nor plain text.
    """
    said = [content for content in contents if content is not None]
    subjects = (content.subject.removesuffix(reference) for content in said if isinstance(content, EmailContent))
    texts = (text for content in said if (text := _plain_text(content)))
    return next((line for text in (*subjects, *texts) if (line := _one_line(text))), "")


def _plain_text(content: Content) -> str | None:
    if isinstance(content, SmsContent):
        return content.text
    if isinstance(content, CallContent):
        return content.words
    return content.body if content.content_type.lower().startswith("text/plain") else None


def _one_line(text: str) -> str:
    # A body may have a megabyte; its first words are enough.
    line = " ".join(_UNSHOWN.sub("", text[: 20 * TITLE_CHARACTERS]).split())
    if len(line) <= TITLE_CHARACTERS:
        return line
    cut = line[: TITLE_CHARACTERS - 1]
    return f"{cut.rpartition(' ')[0] or cut}…"
