"""The carrier keywords STOP, START and HELP."""

from __future__ import annotations

import re
from enum import StrEnum


class SmsKeyword(StrEnum):
    """Keywords that carriers require; a text with one does not answer an alert."""

    STOP = "stop"  # suppress the number for this tenant
    START = "start"  # lift the suppression
    HELP = "help"  # ask who is sending


_KEYWORDS = {
    **dict.fromkeys(("stop", "stopall", "unsubscribe", "cancel", "end", "quit", "optout", "revoke"), SmsKeyword.STOP),
    **dict.fromkeys(("start", "unstop", "yes start", "optin"), SmsKeyword.START),
    **dict.fromkeys(("help", "info"), SmsKeyword.HELP),
}
"""CTIA and carrier practice: the whole message is the word, in any case, with or without punctuation."""


def sms_keyword(text: str) -> SmsKeyword | None:
    """Return the carrier keyword that is the whole text, else None. "stop the pump at gate 4" is not a STOP."""
    return _KEYWORDS.get(re.sub(r"[\s.!?,;:\"'-]+", " ", text).strip().lower())
