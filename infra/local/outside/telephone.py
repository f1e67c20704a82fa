"""A phone on an answered call: it hears prompts, and keeps keys that are pressed while nothing listens.

What it hears is in the answers of our function: words, or the address of a recording (tocsin.adapters.connect.steps).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from xml.parsers import expat

from infra.local.outside.contact_flow import Answer, Unplayable

MOST_KEYS = 30
"""Keys that Connect keeps."""

CHARACTERS_PER_SECOND = 15
"""How fast a text is read out: usual for English."""

Read = Callable[[str], bytes | None]
"""Returns the object at an address such as `s3://bucket/prompts/1.wav`; None if there is none."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One prompt.

    Attributes:
        text: the words that are read out; "" for a recording.
        file: the address of a recording; "" for a text.
        voice: the name of the voice; "" for a recording.
        seconds: how long it lasts: exact for a recording, estimated for words.
    """

    text: str
    file: str
    voice: str
    seconds: float


Speak = Callable[[Answer], Spoken]
"""Returns what an answer says; raises Unplayable."""


@dataclass(frozen=True, slots=True)
class Said:
    """One prompt, as the phone heard it.

    Attributes:
        prompt: `pre`, `main`, `post` or `done`.
        seconds: how much of it was heard.
        cut: whether a key ended it, or skipped it.
        full: whether all of it was heard.
    """

    prompt: str
    spoken: Spoken
    seconds: float
    cut: bool
    full: bool


class Telephone(ABC):
    """The line to one person, as the flow uses it (`contact_flow.Line`).

    `said`, `pressed` and `taken` hold the prompts, the keys that the person pressed, and those of them that the
    provider took.

    Args:
        buffered: whether the provider can keep keys.
    """

    def __init__(self, speak: Speak, *, buffered: bool = True) -> None:
        self.said: list[Said] = []
        self.pressed, self.taken = "", ""
        self._speak = speak
        self._can_keep, self._keeps = buffered, False
        self._waiting: deque[str] = deque()

    @property
    @abstractmethod
    def up(self) -> bool:
        """Whether the line is up."""

    @property
    @abstractmethod
    def now(self) -> float:
        """The second of the call, from its answer."""

    @abstractmethod
    def wait(self, seconds: float) -> None:
        """Let the time pass that our function takes."""

    @abstractmethod
    def stop(self) -> None:
        """Take the line down from our side. No effect if it is down."""

    @abstractmethod
    def _pass(self, seconds: float, *, first_key: bool) -> bool:
        """Let time pass: `seconds`, or to the end of the call, or to the first key. Return whether a key came first."""

    @abstractmethod
    def _begins(self, prompt: str, spoken: Spoken) -> None:
        """A prompt begins."""

    @abstractmethod
    def _listens(self) -> None:
        """The call begins to listen."""

    def keep_keys(self) -> None:
        """Keep keys, if the provider can."""
        self._keeps = self._can_keep

    def play(self, said: Answer, *, barge_in: bool) -> None:
        """Play a prompt."""
        spoken, prompt, began = self._speak(said), said["prompt"], self.now
        barge_in = barge_in and self._keeps  # a key can end a prompt only through the buffer
        if cut := bool(barge_in and self._waiting):
            self.said.append(Said(prompt, spoken, 0.0, cut, False))
            return
        self._begins(prompt, spoken)
        cut = self._pass(spoken.seconds, first_key=barge_in)
        self.said.append(Said(prompt, spoken, self.now - began, cut, self.up and not cut))

    def key(self, seconds: float) -> str | None:
        """Return the key that waits, or the next one within `seconds`."""
        if not self._waiting:
            self._listens()
            keeps, self._keeps = self._keeps, True
            self._pass(seconds, first_key=True)
            self._keeps = keeps
        if not self._waiting or not self.up:
            return None
        self.taken += (key := self._waiting.popleft())
        return key

    def _pressed_now(self, key: str) -> None:
        """The person presses a key. It is lost if nothing listens and no key is kept."""
        self.pressed += key
        if self._keeps and len(self._waiting) < MOST_KEYS:
            self._waiting.append(key)


def spoken(answer: Answer, read: Read) -> Spoken:
    """Return what an answer says.

    Raises:
        Unplayable: there is no such recording, or the SSML is bad.
    """
    kind, what = answer["play"].removesuffix("_cut"), answer["what"]
    if kind == "file":
        return Spoken("", what, "", wav_seconds(read(what) or b""))
    words = ssml_words(what) if kind == "ssml" else what
    return Spoken(words, "", answer.get("voice", ""), len(words) / CHARACTERS_PER_SECOND)


def ssml_words(document: str) -> str:
    """Return the words of a document in SSML, its tags and line breaks left away.

    Raises:
        Unplayable: it is not well formed.
    """
    found: list[str] = []
    parser = expat.ParserCreate()
    parser.CharacterDataHandler = found.append
    try:
        parser.Parse(document, True)
    except expat.ExpatError as error:
        raise Unplayable from error
    return " ".join("".join(found).split())


def wav_seconds(wav: bytes) -> float:
    """Return how long a WAV file lasts: the size of its data by the bytes a second that its header names.

    Raises:
        Unplayable: it is no WAV file.
    """
    if wav[:4] != b"RIFF" or wav[8:12] != b"WAVE":
        raise Unplayable
    at, rate = 12, 0
    while at + 8 <= len(wav):
        name, size = wav[at : at + 4], int.from_bytes(wav[at + 4 : at + 8], "little")
        if name == b"fmt " and at + 20 <= len(wav):
            rate = int.from_bytes(wav[at + 16 : at + 20], "little")
        if name == b"data" and rate:
            return min(size, len(wav) - at - 8) / rate
        at += 8 + size + size % 2
    raise Unplayable
