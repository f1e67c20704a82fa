"""A timer: something is due at an instant. Its row is the truth; what travels (queue, alarm clock) only rings.

An order that arrives before its time is set again, one whose generation the row has left behind does nothing. So an
edit or a cancel wins as soon as its row is written, however many orders of the old generation are still on their way.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from tocsin.kernel.domain.ids import TenantId

_VERSION = 1
_TENANT = re.compile(r"[a-z0-9]{4,20}")
_SUBJECT = re.compile(r"[A-Za-z0-9._-]{1,120}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_SECOND = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)

LONGEST_DELAY = timedelta(minutes=15)
"""A queue can hold an order back for so long (SQS `DelaySeconds`); a later timer needs the alarm clock."""

SWEEP_AFTER = timedelta(seconds=90)
"""How long after its time a timer that is still in its row is rung by the sweeper."""

LONGEST_WAIT = timedelta(hours=1)
"""How rarely the sweeper rings a timer whose action keeps failing."""


class TimerKind(StrEnum):
    """What a timer is for, and so which action runs when it is due; `heartbeat` does nothing and shows that time works."""

    SCHEDULE = "schedule"
    ESCALATION = "escalation"
    TRIGGER = "trigger"
    HEARTBEAT = "heartbeat"


@dataclass(frozen=True, slots=True)
class TimerKey:
    """Which timer.

    Attributes:
        subject: what it is about, ids only: 1..120 of `A-Z a-z 0-9 . _ -`.

    Raises:
        ValueError: tenant or subject is no id. Names neither.
    """

    tenant: TenantId
    kind: TimerKind
    subject: str

    def __post_init__(self) -> None:
        """Refuse what would not be a key, or what might be more than an id."""
        if not _TENANT.fullmatch(self.tenant) or not _SUBJECT.fullmatch(self.subject):
            raise ValueError("a timer's tenant and subject are ids")


@dataclass(frozen=True, slots=True)
class Timer:
    """One setting of a timer.

    Attributes:
        generation: from 1; every move of the timer makes the next.
        due_at: aware UTC time in whole milliseconds; a part of one counts as a whole, for nothing may run early.
    """

    key: TimerKey
    generation: int
    due_at: datetime

    def __post_init__(self) -> None:
        """Bring the time into the form that row and order keep."""
        object.__setattr__(self, "due_at", _EPOCH - (_EPOCH - self.due_at) // _MILLISECOND * _MILLISECOND)

    def next(self, due_at: datetime) -> Timer:
        """Return the setting that takes this one's place."""
        return Timer(self.key, self.generation + 1, due_at)


@dataclass(frozen=True, slots=True)
class Delayed:
    """Ring by the queue: the order arrives after `delay`, whole seconds in 0..900, never before the timer is due."""

    delay: timedelta


@dataclass(frozen=True, slots=True)
class WakeUpScheduled:
    """Ring by the alarm clock: it puts the order on the queue in the minute that begins at `at`, before it is due."""

    at: datetime


Enqueue = Delayed | WakeUpScheduled


def next_wake_up(timer: Timer, now: datetime) -> Enqueue:
    """Return how the order of a timer is brought to its time, or nearer to it."""
    wait = timer.due_at - now
    if wait <= LONGEST_DELAY:
        return Delayed(max(timedelta(0), -(-wait // _SECOND) * _SECOND))
    return WakeUpScheduled(wake_up_at(timer))


def wake_up_at(timer: Timer) -> datetime:
    """Return the whole minute before the one the timer is due in.

    The alarm clock may ring anywhere in its minute (Scheduler: "1:00" is between 1:00:00 and 1:00:59); a minute early
    is never late, and the queue does the rest.
    """
    return timer.due_at - (timer.due_at - _EPOCH) % _MINUTE - _MINUTE


def next_check(timer: Timer, now: datetime) -> datetime:
    """Return when the sweeper looks at an overdue timer again: after as long as it is late by now, at most an hour.

    The waits double, so a timer whose action always fails neither spins nor is forgotten.
    """
    return now + min(max(now - timer.due_at, SWEEP_AFTER), LONGEST_WAIT)


def wake_up_name(timer: Timer) -> str:
    """Return what the alarm clock calls this setting: the same for every try to set it, 42 characters.

    The time is part of it: a timer that was removed and armed anew begins at generation 1 again, and must not find the
    alarm of its predecessor in its place.
    """
    key = timer.key
    natural = f"{key.tenant}|{key.kind.value}|{key.subject}|{timer.generation}|{_milliseconds(timer.due_at)}"
    return "t-" + hashlib.sha256(natural.encode()).hexdigest()[:40]


def encode(timer: Timer) -> str:
    """Return the order to look at a timer, as queue and alarm clock carry it: one line of JSON, ids only."""
    body = {
        "v": _VERSION,
        "t": timer.key.tenant,
        "k": timer.key.kind.value,
        "s": timer.key.subject,
        "g": timer.generation,
        "d": _milliseconds(timer.due_at),
    }
    return json.dumps(body, separators=(",", ":"))


def decode(text: str) -> Timer:
    """Read an order.

    Raises:
        ValueError: not an order of a version, or of a kind, that this code knows.
    """
    try:
        body = json.loads(text)
        if body["v"] != _VERSION:
            raise ValueError("a timer's order of another version")
        generation, due = body["g"], body["d"]
        if type(generation) is not int or type(due) is not int or generation < 1:
            raise ValueError("a timer's order without generation or time")
        key = TimerKey(TenantId(body["t"]), TimerKind(body["k"]), body["s"])
        return Timer(key, generation, _EPOCH + due * _MILLISECOND)
    except (KeyError, TypeError, RecursionError, OverflowError) as error:
        raise ValueError("not a timer's order") from error


def _milliseconds(at: datetime) -> int:
    return (at - _EPOCH) // _MILLISECOND
