"""Where one call stands in its dialogue, and the short text of that.

The text travels with the call: the provider gets it with each answer and sends it with the next event. It holds only
letters, digits, `-`, `.` and `_`, so it needs no escaping in an attribute or a URL.

    1m1n000cn01     form 1; main plays, heard in part; no meaning; 0 replays, reminders, corrections; clean; playable
    1d3o100nn0512   form 1; done plays, heard in full; ok; 1 replay; not clean; playable; step 5; keys 1 and 2
    1m1n000cn01-m0  as the first; in a call in, `m0` says which of several messages it is about
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum

MAX_KEYS = 30
"""Keys that are kept: the first 29 and the last one."""


class DialoguePlace(StrEnum):
    """What the provider does at the moment."""

    NEW = "new"  # nothing yet
    PRE = "pre"
    MAIN = "main"
    POST = "post"  # plays post, then listens
    LISTEN = "listen"
    DONE = "done"  # plays done, then hangs up
    OVER = "over"


class Heard(IntEnum):
    """How much of main was heard, as far as it is known. It only grows."""

    NONE = 0
    PART = 1  # main began
    ENDED = 2  # main ended; a key may have ended it
    ALL = 3


class KeyMeaning(StrEnum):
    """What the last key means to the script."""

    KEY = "key"  # the key that a simple dialogue waits for
    OK = "ok"
    NOT_OK = "not_ok"


@dataclass(frozen=True, slots=True)
class DialogueState:
    """The state of a dialogue.

    Attributes:
        keys: the keys so far, in order, from `0123456789*#`.
        meaning: what the last key means; None if no key ended the dialogue.
        replays: how often a say-again key was obeyed.
        reminders: how often post was played again because no key came.
        corrections: how often post was played again because a key had no meaning.
        steps: events so far.
        unplayable: whether main could not be played at least once.
        clean: whether main, as it was played last, was ended by no key and no fault so far.
        inbox: of a call in, what waits for the caller, as `calls/domain/inbox.py` writes it; empty for a call out.
    """

    place: DialoguePlace = DialoguePlace.NEW
    heard: Heard = Heard.NONE
    keys: str = ""
    meaning: KeyMeaning | None = None
    replays: int = 0
    reminders: int = 0
    corrections: int = 0
    steps: int = 0
    unplayable: bool = False
    clean: bool = False
    inbox: str = ""

    @property
    def finished(self) -> bool:
        """Whether the dialogue itself has ended the call."""
        return self.place in (DialoguePlace.DONE, DialoguePlace.OVER)

    def main_begins(self) -> DialogueState:
        """Return the state in which main begins to play."""
        return replace(self, place=DialoguePlace.MAIN, heard=max(self.heard, Heard.PART), clean=True)

    def proven(self) -> DialogueState:
        """Return the state after no key came: if no key came since main began either, all of main was heard."""
        return replace(self, heard=Heard.ALL) if self.clean else self

    def with_key(self, key: str, meaning: KeyMeaning | None = None) -> DialogueState:
        """Return the state after one more key."""
        return replace(self, keys=self.keys[: MAX_KEYS - 1] + key, meaning=meaning, clean=False)


_PLACES = {
    DialoguePlace.NEW: "n",
    DialoguePlace.PRE: "a",
    DialoguePlace.MAIN: "m",
    DialoguePlace.POST: "p",
    DialoguePlace.LISTEN: "l",
    DialoguePlace.DONE: "d",
    DialoguePlace.OVER: "o",
}
_MEANINGS = {None: "n", KeyMeaning.KEY: "k", KeyMeaning.OK: "o", KeyMeaning.NOT_OK: "x"}
_FORM = re.compile(r"1([namplod])([0-3])([nkox])(\d)(\d)(\d)([cn])([un])(\d\d)([\dsh]{0,30})(?:-([\w.-]+))?", re.ASCII)
_WRITTEN_KEYS = str.maketrans("*#", "sh")
_KEYS = str.maketrans("sh", "*#")


def encode(state: DialogueState) -> str:
    """Return the text of a state: 11 characters, one for each key, and what waits for a caller."""
    return (
        f"1{_PLACES[state.place]}{state.heard:d}{_MEANINGS[state.meaning]}"
        f"{state.replays}{state.reminders}{state.corrections}"
        f"{'c' if state.clean else 'n'}{'u' if state.unplayable else 'n'}"
        f"{state.steps:02}{state.keys.translate(_WRITTEN_KEYS)}"
        f"{'-' if state.inbox else ''}{state.inbox}"
    )


def decode(text: str) -> DialogueState:
    """Return the state of `encode`; the first state for an empty text.

    Raises:
        ValueError: the text is not one of `encode`.
    """
    if not text:
        return DialogueState()
    form = _FORM.fullmatch(text)
    if form is None:
        raise ValueError("not the state of a dialogue")
    place, heard, meaning, replays, reminders, corrections, clean, unplayable, steps, keys, inbox = form.groups()
    return DialogueState(
        place=_PLACE_OF[place],
        heard=Heard(int(heard)),
        keys=keys.translate(_KEYS),
        meaning=_MEANING_OF[meaning],
        replays=int(replays),
        reminders=int(reminders),
        corrections=int(corrections),
        steps=int(steps),
        unplayable=unplayable == "u",
        clean=clean == "c",
        inbox=inbox or "",
    )


_PLACE_OF = {letter: place for place, letter in _PLACES.items()}
_MEANING_OF = {letter: meaning for meaning, letter in _MEANINGS.items()}
