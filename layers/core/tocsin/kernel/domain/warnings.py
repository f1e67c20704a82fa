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
    LIFETIME_SHORT = "LIFETIME_SHORT"
    IGNORED = "IGNORED"
    OPEN_TO_ANYBODY = "OPEN_TO_ANYBODY"
    OTHER_VOICE = "OTHER_VOICE"
    VOICEMAIL_COUNTS = "VOICEMAIL_COUNTS"
    ATTEMPTS_CANNOT_FIT = "ATTEMPTS_CANNOT_FIT"
    UNKNOWN_TYPE = "UNKNOWN_TYPE"
    SUPPRESSED = "SUPPRESSED"


@dataclass(frozen=True, slots=True)
class Warned:
    """One warning. It never changes what is done.

    Attributes:
        pointer: RFC 6901 JSON pointer, from where the thing that is warned of begins.
        message: one sentence, without any text of an alert.
        of_alert: the pointer begins at the alert, and the element is one of those that are warned of.
    """

    pointer: str
    code: WarningCode
    message: str
    of_alert: bool = False
