"""What is known about one call, its short text, and how reports about it are put together.

Reports come from the dialogue and from the provider: late, twice, in any order. A report only adds facts, so the order
in which reports are merged makes no difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tocsin.voice.domain.dialogue_state import DialogueState, Heard, KeyMeaning


class CallEnd(StrEnum):
    """How a call ended, as the provider tells. If two reports differ, the later one in this list is believed."""

    NETWORK = "network"  # the network could not place the call, or the provider names a cause that we do not know
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    INVALID_NUMBER = "invalid_number"
    NUMBER_BLOCKED = "number_blocked"  # a network refuses calls to the number
    STOPPED = "stopped"  # we withdrew the call before it was answered
    ENDED = "ended"  # the provider ended the call, as its flow says
    HUNG_UP = "hung_up"  # the receiver ended the call


@dataclass(frozen=True, slots=True)
class CallFacts:
    """Everything that is known about one call; the defaults mean: not known, or not so.

    Attributes:
        answered: whether the dialogue began.
        finished: whether the dialogue itself ended the call.
        unplayable: whether main could not be played at least once.
        machine: whether the provider recognised an answering machine.
        called_back: whether the receiver called us, after a call that we made.
        keys: all keys in order, at most `MAX_KEYS`.
        meaning: what the last key means; None if no key ended the dialogue.
        dial_seconds: from dialling to the answer, or to the end.
        talk_seconds: from the answer to the end; None also if the call was not answered.
        key_seconds: from the answer to the key that ended the dialogue; None also if a report was delayed.
        later_calls: how many calls we had placed after this one when its success was told.
    """

    end: CallEnd | None = None
    answered: bool = False
    heard: Heard = Heard.NONE
    keys: str = ""
    meaning: KeyMeaning | None = None
    finished: bool = False
    unplayable: bool = False
    machine: bool = False
    called_back: bool = False
    dial_seconds: float | None = None
    talk_seconds: float | None = None
    key_seconds: float | None = None
    later_calls: int = 0

    def merge(self, other: CallFacts) -> CallFacts:
        """Return what both reports say together. Seconds of the two reports may differ by a few."""
        heard_keys = max(self, other, key=lambda facts: (_MEANINGS.index(facts.meaning), len(facts.keys), facts.keys))
        return CallFacts(
            end=max(self.end, other.end, key=_ENDS.index),
            answered=self.answered or other.answered,
            heard=max(self.heard, other.heard),
            keys=heard_keys.keys,
            meaning=heard_keys.meaning,
            finished=self.finished or other.finished,
            unplayable=self.unplayable or other.unplayable,
            machine=self.machine or other.machine,
            called_back=self.called_back or other.called_back,
            dial_seconds=_longer(self.dial_seconds, other.dial_seconds),
            talk_seconds=_longer(self.talk_seconds, other.talk_seconds),
            # The first report of a key is the nearest to its press.
            key_seconds=min((s for s in (self.key_seconds, other.key_seconds) if s is not None), default=None),
            later_calls=max(self.later_calls, other.later_calls),
        )


def facts_of(state: DialogueState) -> CallFacts:
    """Return what the dialogue knows about its call."""
    return CallFacts(
        answered=state.steps > 0,
        heard=state.heard,
        keys=state.keys,
        meaning=state.meaning,
        finished=state.finished,
        unplayable=state.unplayable,
    )


_ENDS: tuple[CallEnd | None, ...] = (None, *CallEnd)
_MEANINGS = (None, KeyMeaning.KEY, KeyMeaning.OK, KeyMeaning.NOT_OK)
"""If a key was reported twice with a different meaning, the one that asks for help is believed."""


def _longer(one: float | None, other: float | None) -> float | None:
    return max((seconds for seconds in (one, other) if seconds is not None), default=None)


_FLAGS = {"a": "answered", "f": "finished", "u": "unplayable", "v": "machine", "b": "called_back"}
_SECONDS = {"d": "dial_seconds", "t": "talk_seconds", "p": "key_seconds"}
_WRITTEN_KEYS = str.maketrans("*#", "sh")
_KEYS = str.maketrans("sh", "*#")


def to_text(facts: CallFacts) -> str:
    """Return the text of facts, in letters, digits, `_` and `.`: a word with its letter for each fact that is known.

    `eended.h3.k12s.mok.a.f.d8400.t34000` is: ended by the provider, heard in full, keys `12*`, meaning ok, answered,
    finished, 8.4 s of dialling, 34 s of talk.
    """
    words = [f"e{facts.end}"] if facts.end else []
    words += [f"h{facts.heard:d}"] if facts.heard else []
    words += [f"k{facts.keys.translate(_WRITTEN_KEYS)}"] if facts.keys else []
    words += [f"m{facts.meaning}"] if facts.meaning else []
    words += [letter for letter, name in _FLAGS.items() if getattr(facts, name)]
    for letter, name in _SECONDS.items():
        if (seconds := getattr(facts, name)) is not None:
            words.append(f"{letter}{round(seconds * 1000)}")
    words += [f"l{facts.later_calls}"] if facts.later_calls else []
    return ".".join(words)


def from_text(text: str) -> CallFacts:
    """Return the facts of `to_text`. Words of a later version of this form are ignored.

    Raises:
        ValueError: a word with a known letter has another value than `to_text` writes.
    """
    known: dict[str, object] = {}
    for letter, value in ((word[0], word[1:]) for word in text.split(".") if word):
        match letter:
            case "e":
                known["end"] = CallEnd(value)
            case "h":
                known["heard"] = Heard(int(value))
            case "k":
                known["keys"] = value.translate(_KEYS)
            case "m":
                known["meaning"] = KeyMeaning(value)
            case "l":
                known["later_calls"] = int(value)
            case _ if letter in _FLAGS:
                known[_FLAGS[letter]] = True
            case _ if letter in _SECONDS:
                known[_SECONDS[letter]] = int(value) / 1000
    return CallFacts(**known)  # type: ignore[arg-type]
