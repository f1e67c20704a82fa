"""A phone that a `PhonePerson` has answered, with a clock of its own: a call of a minute takes no time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from infra.local.outside.phone_people import PhonePerson
from infra.local.outside.telephone import Speak, Spoken, Telephone

PRESSES_AFTER = 0.5
"""Seconds from the moment when a call begins to listen to the key."""


class ScriptedPhone(Telephone):
    """The line to one person.

    Args:
        buffered: whether the provider can keep keys.
        passing: is told the seconds of each moment that passes, so that a watcher can wait as well.
    """

    def __init__(
        self,
        person: PhonePerson,
        speak: Speak,
        *,
        buffered: bool = True,
        passing: Callable[[float], None] = lambda seconds: None,
    ) -> None:
        super().__init__(speak, buffered=buffered)
        self._now = 0.0
        self._passing = passing
        self._coming = sorted(person.at)
        self._within = person.within
        self._listening = deque(person.listening)
        self._hangs_up_at = person.hangs_up_at

    @property
    def up(self) -> bool:
        """Whether the person has not hung up."""
        return self._hangs_up_at is None or self._now < self._hangs_up_at

    @property
    def now(self) -> float:
        """The second of the call."""
        return self._now

    def wait(self, seconds: float) -> None:
        """Let time pass while nothing is played and nothing listens."""
        self._pass(seconds, first_key=False)

    def stop(self) -> None:
        """Take the line down before the person hangs up."""
        self._hangs_up_at = self._now

    def _begins(self, prompt: str, spoken: Spoken) -> None:
        if self._within and (prompt == "post" or (prompt == "main" and not self.said)):
            self._comes(self._now + 1, self._within)
            self._within = ""

    def _listens(self) -> None:
        if self._listening:
            self._comes(self._now + PRESSES_AFTER, self._listening.popleft())

    def _comes(self, at: float, key: str) -> None:
        self._coming = sorted([*self._coming, (at, key)])

    def _pass(self, seconds: float, *, first_key: bool) -> bool:
        end = self._now + seconds
        if self._hangs_up_at is not None:
            end = min(end, self._hangs_up_at)
        while self._coming and self._coming[0][0] < end:
            at, key = self._coming.pop(0)
            self._until(at)
            self._pressed_now(key)
            if first_key:
                return True
        self._until(end)
        return False

    def _until(self, at: float) -> None:
        if at > self._now:
            self._passing(at - self._now)
            self._now = at
