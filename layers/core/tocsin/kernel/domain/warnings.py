"""What was done, and may not be what was meant."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class WarningCode(StrEnum):
    """Stable words of warnings."""

    MANY_SEGMENTS = "MANY_SEGMENTS"
    UNKNOWN_PLACEHOLDER = "UNKNOWN_PLACEHOLDER"
    UNKNOWN_DATE_FORM = "UNKNOWN_DATE_FORM"
    DROPPED = "DROPPED"
    CLICKS_COUNT = "CLICKS_COUNT"


@dataclass(frozen=True, slots=True)
class Warned:
    """One warning. It never changes what is done.

    Attributes:
        pointer: RFC 6901 JSON pointer, from where the thing that is warned of begins.
        message: one sentence, without any text of an alert.
    """

    pointer: str
    code: WarningCode
    message: str
