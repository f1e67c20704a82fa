"""A timer: something is due at an instant. Orders in the queue are wake-ups; only the timer's row decides what is done.

An order that arrives early is enqueued again. An order of another generation than the row's does nothing. So an edit
or a cancel takes effect as soon as the row is written, even if orders of the old generation are still in the queue.
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
"""The longest delay of a queue message (SQS `DelaySeconds`). A more distant timer needs the wake-up scheduler."""

SWEEP_AFTER = timedelta(seconds=15)
"""Time between the due time of a timer and the sweeper's first check."""

LONGEST_WAIT = timedelta(hours=1)
"""The longest time between two checks of a timer whose action keeps failing."""


class TimerKind(StrEnum):
    """Which action runs when a timer is due. A `heartbeat` has no action; its disappearance shows that timers work."""

    SCHEDULE = "schedule"
    ESCALATION = "escalation"
    TRIGGER = "trigger"
    CALL = "call"  # a call whose legs are gathered is settled
    HOLD = "hold"  # a line was offline for so long as an alert rule says
    THROTTLE_END = "throttle_end"  # the window of a rule's throttle ends
    DIGEST = "digest"  # the mail that lists what a rule has collected
    HEARTBEAT = "heartbeat"
    PACK = "pack"
    BACKTEST = "backtest"
    REMINDER = "reminder"  # of an appointment
    INCIDENT = "incident"  # the next stage of an integration that does not work
    REPORT = "report"  # the reports of the day before
    MAIL = "mail"  # mails that wait for an account's mail server are tried, because its settings were saved
    SOURCE = "source"  # a source of events may be silent, or speak again


@dataclass(frozen=True, slots=True)
class TimerKey:
    """The key of a timer. A tenant has at most one timer of a kind and subject.

    Attributes:
        subject: ids of what the timer is about: 1..120 characters of `A-Z a-z 0-9 . _ -`.

    Raises:
        ValueError: tenant or subject is not an id. The message contains neither.
    """

    tenant: TenantId
    kind: TimerKind
    subject: str

    def __post_init__(self) -> None:
        """Reject text that is not an id, because it may be personal data."""
        if not _TENANT.fullmatch(self.tenant) or not _SUBJECT.fullmatch(self.subject):
            raise ValueError("a timer's tenant and subject are ids")


@dataclass(frozen=True, slots=True)
class Timer:
    """One setting of a timer.

    Attributes:
        generation: from 1; each change of the timer adds 1.
        due_at: aware UTC time in whole milliseconds, rounded up, so that no timer runs early.
    """

    key: TimerKey
    generation: int
    due_at: datetime

    def __post_init__(self) -> None:
        """Round `due_at` up to whole milliseconds, the precision of rows and orders."""
        object.__setattr__(self, "due_at", _EPOCH - (_EPOCH - self.due_at) // _MILLISECOND * _MILLISECOND)

    def next(self, due_at: datetime) -> Timer:
        """Return the next generation of this timer, due at `due_at`."""
        return Timer(self.key, self.generation + 1, due_at)


@dataclass(frozen=True, slots=True)
class Delayed:
    """The queue delays the order by `delay`: whole seconds, 0..900. The order never arrives early."""

    delay: timedelta


@dataclass(frozen=True, slots=True)
class WakeUpScheduled:
    """The wake-up scheduler enqueues the order in the minute that begins at `at`, before the timer is due."""

    at: datetime


NextWakeUp = Delayed | WakeUpScheduled


def next_wake_up(timer: Timer, now: datetime) -> NextWakeUp:
    """Return how the order of a timer reaches a worker when the timer is due, or nearer to that time."""
    wait = timer.due_at - now
    if wait <= LONGEST_DELAY:
        return Delayed(max(timedelta(0), -(-wait // _SECOND) * _SECOND))
    return WakeUpScheduled(wake_up_at(timer))


def wake_up_at(timer: Timer) -> datetime:
    """Return the start of the minute before the one in which the timer is due.

    EventBridge Scheduler invokes a target anywhere within the minute ("1:00" is between 1:00:00 and 1:00:59). A wake-up
    one minute earlier is never late, and the queue's delay covers the rest. Source: EventBridge Scheduler user guide.
    """
    return timer.due_at - (timer.due_at - _EPOCH) % _MINUTE - _MINUTE


def next_check(timer: Timer, now: datetime) -> datetime:
    """Return the sweeper's next check of an overdue timer.

    The wait equals the time by which the timer is late now, between SWEEP_AFTER and LONGEST_WAIT.
    The waits double, so a timer whose action always fails is retried ever more rarely, but never forgotten.
    """
    return now + min(max(now - timer.due_at, SWEEP_AFTER), LONGEST_WAIT)


def wake_up_name(timer: Timer) -> str:
    """Return the name of this setting's wake-up in the scheduler: 42 characters, the same for every attempt.

    The due time is part of the name: a timer that was removed and armed again begins at generation 1. Its wake-up must
    not share the name of the earlier one.
    """
    key = timer.key
    natural = f"{key.tenant}|{key.kind.value}|{key.subject}|{timer.generation}|{_milliseconds(timer.due_at)}"
    return "t-" + hashlib.sha256(natural.encode()).hexdigest()[:40]


def encode(timer: Timer) -> str:
    """Return the order of a timer as queue and wake-up scheduler carry it: one line of JSON, ids and numbers only."""
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
    """Return the timer of an order.

    Raises:
        ValueError: the text is not an order, or its version or kind is unknown.
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
