"""A phone that a `PhonePerson` has answered, with a clock of its own: a call of a minute takes no time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from infra.local.outside.contact_flow import Answer, Unplayable
from infra.local.outside.phone_people import PhonePerson
from tocsin.voice.domain.dialogue_state import DialoguePlace, decode

PRESSES_AFTER = 0.5
"""Seconds from the moment when a call begins to listen to the key."""


@dataclass(frozen=True, slots=True)
class Said:
    """One prompt, as the phone heard it.

    Attributes:
        seconds: how much of it was heard.
        cut: whether a key ended it, or skipped it.
        full: whether all of it was heard.
    """

    prompt: DialoguePlace
    seconds: float
    cut: bool
    full: bool


class ScriptedPhone:
    """The line to one person.

    `now` is the second of the call. `said`, `pressed` and `taken` hold the prompts, the keys that the person pressed,
    and those of them that the provider took.

    Args:
        length: seconds of a prompt, or None if it cannot be played.
        buffered: whether the provider can keep keys.
    """

    def __init__(self, person: PhonePerson, length: Callable[[Answer], float | None], *, buffered: bool = True) -> None:
        self.now = 0.0
        self.said: list[Said] = []
        self.pressed, self.taken = "", ""
        self._person, self._length = person, length
        self._can_keep, self._keeps = buffered, False
        self._coming = sorted(person.at)
        self._waiting: deque[str] = deque()
        self._within = person.within
        self._listening = deque(person.listening)

    @property
    def up(self) -> bool:
        """Whether the person has not hung up."""
        return self._person.hangs_up_at is None or self.now < self._person.hangs_up_at

    def keep_keys(self) -> None:
        """Keep keys, if the provider can."""
        self._keeps = self._can_keep

    def wait(self, seconds: float) -> None:
        """Let time pass while nothing is played and nothing listens."""
        self._until(self.now + seconds, first_key=False)

    def play(self, said: Answer, *, barge_in: bool) -> None:
        """Play a prompt."""
        length = self._length(said)
        if length is None:
            raise Unplayable
        prompt, began = decode(said["state"]).place, self.now
        if self._within and (prompt is DialoguePlace.POST or (prompt is DialoguePlace.MAIN and not self.said)):
            self._press(began + 1, self._within)
            self._within = ""
        barge_in = barge_in and self._keeps  # a key can end a prompt only through the buffer
        cut = bool(barge_in and self._waiting) or self._until(began + length, first_key=barge_in)
        self.said.append(Said(prompt, self.now - began, cut, self.up and not cut))

    def key(self, seconds: float) -> str | None:
        """Return the key that waits, or the next one within `seconds`."""
        if not self._waiting:
            if self._listening:
                self._press(self.now + PRESSES_AFTER, self._listening.popleft())
            keeps, self._keeps = self._keeps, True
            self._until(self.now + seconds, first_key=True)
            self._keeps = keeps
        if not self._waiting or not self.up:
            return None
        self.taken += (key := self._waiting.popleft())
        return key

    def _press(self, at: float, key: str) -> None:
        self._coming = sorted([*self._coming, (at, key)])

    def _until(self, end: float, *, first_key: bool) -> bool:
        """Let time pass until `end`, or the end of the call, or the first key. Return whether a key came first."""
        if self._person.hangs_up_at is not None:
            end = min(end, self._person.hangs_up_at)
        while self._coming and self._coming[0][0] < end:
            at, key = self._coming.pop(0)
            self.now = max(self.now, at)
            self.pressed += key
            if self._keeps and len(self._waiting) < 30:
                self._waiting.append(key)
            if first_key:
                return True
        self.now = max(self.now, end)
        return False
