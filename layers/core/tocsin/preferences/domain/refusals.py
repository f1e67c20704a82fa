"""The errors of notification settings that callers tell apart."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.kernel.domain.errors import TocsinError


class LineNotYours(TocsinError):
    """The person may not follow the lines with these ids."""

    code = "LINE_NOT_YOURS"

    def __init__(self, ids: Sequence[str]) -> None:
        self.ids = tuple(ids)
        super().__init__("people follow shared lines of their companies, and lines of people in their groups")


class TextsAreOff(TocsinError):
    """A custom number cannot be enabled while texts are off."""

    code = "TEXTS_ARE_OFF"
    sentence = "a custom number cannot be enabled while texts are off; enable `channels.text.enabled` too"
