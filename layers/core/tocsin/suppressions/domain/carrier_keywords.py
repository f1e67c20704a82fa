"""The carrier keywords STOP, START and HELP, in every spelling that people use."""

from __future__ import annotations

import unicodedata
from enum import StrEnum


class SmsKeyword(StrEnum):
    """Keywords that carriers require; a text with one does not answer an alert."""

    STOP = "stop"  # suppress the number for this tenant
    START = "start"  # lift the suppression
    HELP = "help"  # ask who is sending


OPT_OUTS = frozenset(
    {"arret", "cancel", "end", "optout", "quit", "remove", "revoke", "stop", "stopall", "td", "unsubscribe"}
)
"""Sources: AWS End User Messaging SMS user guide, "Required opt-out list keywords"; REVOKE: FCC 24-24, 47 CFR
64.1200(a)(10); STOPALL: CTIA Short Code Monitoring Handbook."""

_IN_TWO_WORDS = {("opt", "out"): "optout", ("stop", "all"): "stopall", ("opt", "in"): "optin"}
FILLERS = frozenset(
    {"please", "thanks", "thank", "you", "now", "texting", "messaging", "me", "us", "texts", "messages"}
)
_LONGEST_OPT_OUT = 6
_OTHERS = {
    **dict.fromkeys(("start", "unstop", "yes start", "optin"), SmsKeyword.START),
    **dict.fromkeys(("help", "info"), SmsKeyword.HELP),
}


def sms_keyword(text: str) -> SmsKeyword | None:
    """Return what a message asks for by the carriers' rules, None if it is an answer.

    An opt-out is at most six words, at least one of OPT_OUTS and all others fillers: "STOP", "Arrêt!", "opt-out",
    "Stop texting me please". START and HELP are the whole message. Case, accents, punctuation, symbols and invisible
    characters do not matter. "stop the pump at gate 4" is an answer.
    """
    written = _words(text)
    joined = "".join(written)
    if joined in OPT_OUTS:
        return SmsKeyword.STOP
    words = _in_one(written)
    if len(written) <= _LONGEST_OPT_OUT and OPT_OUTS.intersection(words) and OPT_OUTS.union(FILLERS).issuperset(words):
        return SmsKeyword.STOP
    return _OTHERS.get(" ".join(words)) or _OTHERS.get(joined)


def possible_opt_out(text: str) -> bool:
    """Whether a message that is an answer holds a word by which people opt out, so that a person should read it."""
    return not OPT_OUTS.isdisjoint(_in_one(_words(text)))


def _words(text: str) -> list[str]:
    """Return the words in small plain letters; what is no letter or digit parts them, invisible characters do not."""
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold().replace("ı", "i"))
    seen = (char for char in plain if unicodedata.category(char) not in ("Cf", "Mn", "Me"))
    return "".join(char if char.isalnum() else " " for char in seen).split()


def _in_one(words: list[str]) -> list[str]:
    one: list[str] = []
    for word in words:
        if one and (pair := _IN_TWO_WORDS.get((one[-1], word))):
            one[-1] = pair
        else:
            one.append(word)
    return one
