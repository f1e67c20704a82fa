"""STOP, START and HELP: words for the carriers' rules."""

from __future__ import annotations

import re
from enum import StrEnum


class SmsKeyword(StrEnum):
    """Words that are for the carrier's rules and not for the alert."""

    STOP = "stop"  # suppress the number for this tenant
    START = "start"  # lift it
    HELP = "help"  # ask who is sending


_KEYWORDS = {
    **dict.fromkeys(("stop", "stopall", "unsubscribe", "cancel", "end", "quit", "optout", "revoke"), SmsKeyword.STOP),
    **dict.fromkeys(("start", "unstop", "yes start", "optin"), SmsKeyword.START),
    **dict.fromkeys(("help", "info"), SmsKeyword.HELP),
}
"""CTIA and carrier practice: the whole message is the word, in any case, with or without punctuation."""


def sms_keyword(text: str) -> SmsKeyword | None:
    """Return the carrier keyword a message consists of. "stop the pump at gate 4" is an answer, not a STOP."""
    return _KEYWORDS.get(re.sub(r"[\s.!?,;:\"'-]+", " ", text).strip().lower())
