"""What a call plays, and which keys it listens for.

A *script* holds the rules of the dialogue: `Simple` or `Replay`. The prompts are beside it, by name: their content may
differ between receivers and attempts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

KEYS = "0123456789*#"
"""The keys of a telephone, by their DTMF character."""

CHARACTERS_PER_SECOND = 12
"""How fast a text is spoken at least, in alphabets with one letter per sound. Slow for English, where 15 are usual."""

WIDE = 3
"""Letters that one digit, or one character of Chinese, Japanese or Korean, is spoken as."""


def is_key(text: str) -> bool:
    """Whether `text` is one key."""
    return len(text) == 1 and text in KEYS


class PromptName(StrEnum):
    """The prompts of a call. `Simple` has only MAIN."""

    PRE = "pre"
    MAIN = "main"
    POST = "post"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice of the speech engine.

    Attributes:
        name: the engine's id of it, e.g. `Amy`.
        engine: `neural` or `standard`.
    """

    name: str
    engine: str


@dataclass(frozen=True, slots=True)
class SpokenText:
    """A text that is read out as it is."""

    text: str
    voice: Voice


@dataclass(frozen=True, slots=True)
class SpokenSsml:
    """A document in SSML, `<speak>` included, that is read out."""

    ssml: str
    voice: Voice


@dataclass(frozen=True, slots=True)
class AudioFile:
    """A recording: WAV, µ-law, 8 kHz, mono.

    Attributes:
        key: the key of its object, e.g. `prompts/keep-0030/<32 hex digits>.wav`.
        milliseconds: its length.
    """

    key: str
    milliseconds: int


Prompt = SpokenText | SpokenSsml | AudioFile
Prompts = Mapping[PromptName, Prompt]


@dataclass(frozen=True, slots=True)
class Simple:
    """Play the message once. By default the call succeeds when it is answered.

    Attributes:
        require_full_play: the call succeeds only if the message was played to its end.
        require_response: the call succeeds only if a key was pressed.
    """

    require_full_play: bool = False
    require_response: bool = False

    @property
    def barge_in(self) -> bool:
        """Whether a key ends the message: only where a key is all that is missing."""
        return self.require_response and not self.require_full_play

    @property
    def prompts(self) -> tuple[PromptName, ...]:
        """The prompts that it needs."""
        return (PromptName.MAIN,)


@dataclass(frozen=True, slots=True)
class Replay:
    """Play pre, main and post; then play main again, or take an answer and play done.

    Attributes:
        say_again, ok, not_ok: keys of each meaning, e.g. `13`; no key is in two of them.
        barge_in: whether a key ends what is being played.
        repeat_pre: whether pre is played again too.
    """

    say_again: str = "1"
    ok: str = "2"
    not_ok: str = "*"
    barge_in: bool = False
    repeat_pre: bool = False

    @property
    def prompts(self) -> tuple[PromptName, ...]:
        """The prompts that it needs."""
        return tuple(PromptName)


Script = Simple | Replay


def estimated_seconds(prompt: Prompt) -> float:
    """Return how long a prompt lasts: exact for a recording, estimated for speech. Pauses in SSML are not counted."""
    match prompt:
        case AudioFile(milliseconds=length):
            return length / 1000
        case SpokenText(text=said):
            pass
        case SpokenSsml(ssml=ssml):
            said = re.sub(r"<[^<>]*>", "", ssml)
    letters = sum(WIDE if c.isdigit() or unicodedata.east_asian_width(c) in "WF" else 1 for c in said)
    return letters / CHARACTERS_PER_SECOND
