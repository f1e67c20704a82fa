"""Phones that a person holds: `make phone`, `make call` and the simulator's phone page.

A number is attended while a client asks for its events (`Handsets.events`), and some seconds longer; calls to it then
reach that person instead of a scripted one. One number may be watched from several places: all hear the same, and the
first to answer has answered. Everything happens in real time.

An event has `seq`, `number`, `call`, `event`, and by its kind:

    ringing    from, to          the phone rings: answer, send busy, or let it ring. Calls in have no such event
    answered   from, to          the line is up
    saying     prompt, text, file, voice, seconds      a prompt begins; `text` or `file` is "" (see `telephone.Spoken`)
    said       prompt, cut       it ended, by itself or by a key; a key that waits skips it without `saying`
    listening                    the call waits for a key; keys pressed earlier are kept
    ended      by                the line is down: see `contact.ENDED_BY`
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from infra.local.complaint import Complaint
from infra.local.outside.contact import BUSY, NOT_ANSWERED, STOPPED
from infra.local.outside.contact_flow import Answer
from infra.local.outside.telephone import Speak, Spoken, Telephone

STILL_THERE = 3.0
"""Seconds after an answer to `events` in which its numbers are still attended: the next question is under way."""

LONGEST_WAIT = 20.0
"""Most seconds that `events` waits for an event."""

MOST_EVENTS = 1000

KEYS = "0123456789*#"

Event = Mapping[str, Any]
Tell = Callable[..., None]


class Handsets:
    """All phones that people hold, and their calls. Safe for several threads.

    Every verb raises Complaint with a sentence for its user if it cannot be done.

    Args:
        speed: seconds of a call that pass in one second.
    """

    def __init__(self, speed: float = 1.0) -> None:
        self._speed = speed
        self._changed = threading.Condition()
        self._events: deque[Event] = deque(maxlen=MOST_EVENTS)
        self._seq = 0
        self._attended: dict[str, float] = {}
        self._calls: dict[str, Handset] = {}

    def attended(self, number: str) -> bool:
        """Whether a person holds the phone with this number."""
        return self._attended.get(number, 0.0) > time.monotonic()

    def events(self, numbers: Sequence[str], after: int | None, wait: float = 0.0) -> tuple[Sequence[Event], int]:
        """Return the events of some numbers, oldest first, and the `after` of the next question.

        Args:
            after: the number that the last answer gave; None: the events of calls that are not over.
            wait: seconds to wait if there is no event yet.
        """
        wait = min(max(wait, 0.0), LONGEST_WAIT)
        with self._changed:
            for number in numbers:
                self._attended[number] = time.monotonic() + wait + STILL_THERE
            if after is None:
                return [one for one in self._of(numbers, 0) if one["call"] in self._calls], self._seq
            self._changed.wait_for(lambda: self._of(numbers, after), wait)
            return self._of(numbers, after), self._seq

    def line(self, call: str, number: str, speak: Speak) -> Handset:
        """Return the line of a new call with the phone that has this number."""

        def tell(event: str, **more: Any) -> None:
            with self._changed:
                self._seq += 1
                self._events.append({"seq": self._seq, "number": number, "call": call, "event": event, **more})
                self._changed.notify_all()

        handset = Handset(speak, tell, self._speed)
        with self._changed:
            self._calls[call] = handset
        return handset

    def over(self, call: str, by: str) -> None:
        """Tell that a call is over."""
        with self._changed:
            handset = self._calls.pop(call)
        handset.tell("ended", by=by)

    def answer(self, call: str) -> None:
        """Answer a call that rings."""
        self._up(call).answer()

    def busy(self, call: str) -> None:
        """Refuse a call that rings: the caller hears that the line is busy."""
        self._up(call).refuse()

    def press(self, call: str, key: str) -> None:
        """Press one key, `0-9*#`."""
        if len(key) != 1 or key not in KEYS:
            raise Complaint("A phone has the keys 0 to 9, * and #.")
        self._up(call).press(key)

    def hang_up(self, call: str) -> None:
        """End a call that was answered."""
        self._up(call).hang_up()

    def _up(self, call: str) -> Handset:
        if (handset := self._calls.get(call)) is None:
            raise Complaint("This call is over.")
        return handset

    def _of(self, numbers: Sequence[str], after: int) -> list[Event]:
        return [event for event in self._events if event["seq"] > after and event["number"] in numbers]


class Handset(Telephone):
    """The line to a phone that a person holds. One thread runs the call, others press keys.

    Args:
        tell: publishes an event of this call: its kind, and what belongs to it.
    """

    def __init__(self, speak: Speak, tell: Tell, speed: float = 1.0) -> None:
        super().__init__(speak)
        self.keep_keys()  # no person is faster than the flow, which keeps keys before it asks our function
        self.tell = tell
        self._speed = speed
        self._changed = threading.Condition()
        self._answered: float | None = None
        self._not_answered = ""
        self._down = False

    @property
    def up(self) -> bool:
        """Whether the line is up."""
        return self._answered is not None and not self._down

    @property
    def now(self) -> float:
        """The second of the call, 0 before it is answered."""
        return 0.0 if self._answered is None else (time.monotonic() - self._answered) * self._speed

    def ring(self, seconds: float) -> str:
        """Ring. Return why the call was not answered within `seconds`, "" if it was."""
        with self._changed:
            self._changed.wait_for(lambda: self._answered or self._not_answered, seconds / self._speed)
            if self._answered is None:
                self._not_answered = self._not_answered or NOT_ANSWERED
            return self._not_answered

    def answer(self) -> None:
        """Answer; no effect on a call that rings no more."""
        with self._changed:
            if not self._not_answered and self._answered is None:
                self._answered = time.monotonic()
                self._changed.notify_all()

    def refuse(self) -> None:
        """Let a call that rings end: the line is busy."""
        self._end(BUSY)

    def hang_up(self) -> None:
        """Hang up. A phone that rings goes on ringing."""
        with self._changed:
            self._down = self._answered is not None
            self._changed.notify_all()

    def stop(self) -> None:
        """Take the line down from our side, also while the phone rings."""
        self._end(STOPPED)
        self.hang_up()

    def _end(self, reason: str) -> None:
        with self._changed:
            if self._answered is None:
                self._not_answered = self._not_answered or reason
                self._changed.notify_all()

    def press(self, key: str) -> None:
        """Press a key. It does nothing while the line is not up."""
        with self._changed:
            if self.up:
                self._pressed_now(key)
                self._changed.notify_all()

    def play(self, said: Answer, *, barge_in: bool) -> None:
        """Play a prompt, and tell when it is over."""
        super().play(said, barge_in=barge_in)
        self.tell("said", prompt=said["prompt"], cut=self.said[-1].cut)

    def wait(self, seconds: float) -> None:
        """Do nothing: real time passes by itself."""

    def _begins(self, prompt: str, spoken: Spoken) -> None:
        about = {"text": spoken.text, "file": spoken.file, "voice": spoken.voice, "seconds": round(spoken.seconds, 1)}
        self.tell("saying", prompt=prompt, **about)

    def _listens(self) -> None:
        self.tell("listening")

    def _pass(self, seconds: float, *, first_key: bool) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._down or (first_key and self._waiting), seconds / self._speed)
            return bool(first_key and self._waiting)
