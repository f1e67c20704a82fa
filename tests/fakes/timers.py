"""Timers, their queue and the wake-up scheduler in memory, on a virtual clock."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta

from tests.fakes.outage import Outage
from tocsin.timers.domain.timer import SWEEP_AFTER, Delayed, Timer, TimerKey, decode, encode, next_wake_up, wake_up_at


class FakeTimers:
    """`rows` may be inspected; `history` holds every setting that ever stood."""

    def __init__(self) -> None:
        self.rows: dict[TimerKey, Timer] = {}
        self.looks: dict[TimerKey, datetime] = {}
        self.history: list[Timer] = []
        self.outage = Outage()
        self._lock = threading.Lock()

    def arm(self, timer: Timer) -> bool:
        self.outage.check()
        with self._lock:
            there = self.rows.get(timer.key)
            if there is None or there.generation < timer.generation:
                self._write(timer)
            return self.rows[timer.key] == timer

    def get(self, key: TimerKey) -> Timer | None:
        self.outage.check()
        return self.rows.get(key)

    def move(self, over: Timer, to: Timer | None) -> bool:
        self.outage.check()
        with self._lock:
            there = self.rows.get(over.key)
            if to is None and there is None:
                return True
            if there != over:
                return False
            if to is None:
                self._remove(over.key)
            else:
                self._write(to)
            return True

    def cancel(self, key: TimerKey, generation: int | None = None) -> None:
        self.outage.check()
        with self._lock:
            there = self.rows.get(key)
            if there is not None and generation in (None, there.generation):
                self._remove(key)

    def due(self, before: datetime, limit: int) -> Sequence[TimerKey]:
        self.outage.check()
        found = sorted((at, str(key), key) for key, at in self.looks.items() if at <= before)
        return [key for *_, key in found[:limit]]

    def defer(self, timer: Timer, at: datetime) -> None:
        self.outage.check()
        with self._lock:
            if self.rows.get(timer.key) == timer:
                self.looks[timer.key] = at

    def _write(self, timer: Timer) -> None:
        self.rows[timer.key] = timer
        self.looks[timer.key] = timer.due_at + SWEEP_AFTER
        self.history.append(timer)

    def _remove(self, key: TimerKey) -> None:
        del self.rows[key], self.looks[key]


class FakeTimerQueue:
    """Orders by when they arrive, as text: what cannot travel does not."""

    def __init__(self) -> None:
        self.waiting: list[tuple[datetime, str]] = []
        self.outage = Outage()

    def enqueue(self, timers: Sequence[Timer], now: datetime) -> None:
        self.outage.check()
        for timer in timers:
            wake_up = next_wake_up(timer, now)
            self.put(timer, now + wake_up.delay if isinstance(wake_up, Delayed) else now)

    def put(self, timer: Timer, at: datetime) -> None:
        """Let an order arrive at any time, as the wake-up scheduler and SQS with its repeats do."""
        self.waiting.append((at, encode(timer)))

    def take(self, now: datetime) -> list[Timer]:
        """Return the orders that have arrived, in the order they did, and forget them."""
        arrived = sorted(order for order in self.waiting if order[0] <= now)
        self.waiting = [order for order in self.waiting if order[0] > now]
        return [decode(text) for _, text in arrived]


class FakeWakeUpScheduler:
    """Enqueues an order anywhere in the minute of its wake-up, one to three times.

    Attributes:
        wake_ups: the timers that were set, each with the start of its minute.
        lag: how late in its minute an order is enqueued, 0..59 s.
        enqueues: how often the order of one wake-up is enqueued.
    """

    def __init__(self, queue: FakeTimerQueue) -> None:
        self._queue = queue
        self.wake_ups: dict[Timer, datetime] = {}
        self.lag = timedelta(seconds=59)
        self.enqueues = 1
        self.outage = Outage()

    def set(self, timer: Timer) -> None:
        self.outage.check()
        if timer not in self.wake_ups:
            self.wake_ups[timer] = wake_up_at(timer)
            for _ in range(self.enqueues):
                self._queue.put(timer, self.wake_ups[timer] + self.lag)
