"""Backtests: started by a person, run in turns by a timer, or a quick preview at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tocsin.alert_rules.application.account import ReadAccount
from tocsin.alert_rules.domain.backtest import BacktestSums, RuleWalk, result
from tocsin.alert_rules.domain.rule import AlertRule, without_secrets
from tocsin.alert_rules.domain.triggers import RuleType
from tocsin.alert_rules.ports.backtests import Backtest, Backtests, BacktestState
from tocsin.identity.domain.principal import Principal
from tocsin.kernel.domain.counted import counted
from tocsin.kernel.domain.errors import Fault, InvalidRequest, NotFound
from tocsin.kernel.domain.ids import TenantId, time_ordered_uuid
from tocsin.kernel.ports import Clock, Randomness
from tocsin.telephony.application.read_hours import ReadHours
from tocsin.telephony.domain.event_pack import HOUR, hour_of
from tocsin.timers.domain.timer import Timer, TimerKey, TimerKind
from tocsin.timers.ports import TimerQueue, Timers

TURN = timedelta(seconds=20)
"""No hour begins later than this after the begin of a turn."""

FOLLOWED_BEFORE = timedelta(days=1)
"""How long before its begin a backtest follows registrations: what one means depends on those before."""

GIVEN_UP_AFTER = timedelta(days=1)
"""A backtest that is not done by then has failed."""

PREVIEW_EVENTS = 20_000
PREVIEW_SECONDS = 5.0
"""Limits of a preview: events that are looked at, and seconds of the processor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartBacktest:
    """Starts backtests, and reads them.

    Attributes:
        kept_days: how many days events of a tenant are kept.
    """

    backtests: Backtests
    timers: Timers
    queue: TimerQueue
    kept_days: Callable[[TenantId], int]
    clock: Clock
    randomness: Randomness

    def __call__(
        self,
        caller: Principal,
        rule: AlertRule,
        first: datetime,
        before: datetime,
        *,
        is_saved: bool,
        seed: bytes | None = None,
    ) -> Backtest:
        """Start a backtest of a rule that the caller may see.

        Args:
            seed: the same for every repeat of the call; a repeat gets what was started. None = it is not repeated.

        Raises:
            InvalidRequest: the span is empty, is not over yet, or is longer than events are kept.
            StorageUnavailable: it may be started.
        """
        now = self.clock()
        before = min(before, now)
        self._check(caller.tenant, first, before)
        id = time_ordered_uuid(now, self.randomness.token(10) if seed is None else seed[:10])
        is_sip = rule.type is RuleType.SIP
        backtest = Backtest(
            tenant=caller.tenant,
            id=id,
            by=str(caller.actor),
            rule=without_secrets(rule),
            is_saved=is_saved,
            first=first,
            before=before,
            created_at=now,
            next_hour=hour_of(first - FOLLOWED_BEFORE if is_sip else first),
        )
        self.backtests.add(backtest)
        timer = Timer(TimerKey(caller.tenant, TimerKind.BACKTEST, id), 1, now)
        if self.timers.arm(timer):
            self.queue.enqueue([timer], now)
        return backtest

    def find(self, caller: Principal, id: str) -> Backtest:
        """Return a backtest of the caller. Raises NotFound, also for one that another caller started."""
        found = self.backtests.find(caller.tenant, id, self.clock())
        if found is None or found.by != str(caller.actor):
            raise NotFound("backtest")
        return found

    def _check(self, tenant: TenantId, first: datetime, before: datetime) -> None:
        if first >= before:
            raise InvalidRequest([Fault("/from", "OUT_OF_RANGE", "must be before `to` and before now")])
        days = self.kept_days(tenant)
        if before - first > timedelta(days=days):
            raise InvalidRequest(
                [Fault("/from", "OUT_OF_RANGE", f"events are kept for {counted(days, 'day')}; ask for no more")]
            )


@dataclass(frozen=True, slots=True)
class WalkHours:
    """Walks with a rule over the events of many hours.

    Attributes:
        zone: returns the time zone of an account.
    """

    hours: ReadHours
    account: ReadAccount
    zone: Callable[[TenantId], ZoneInfo]

    def __call__(self, backtest: Backtest, stop: Callable[[], bool], most: int | None = None) -> Backtest:
        """Return a backtest after some hours more, or at its end.

        Args:
            stop: whether to end after an hour; also after every 1,000th event if `most` is given.
            most: events to look at; the rest is left, and the backtest stays unfinished.
        """
        names = self.account(backtest.tenant).names
        walk = RuleWalk(backtest.rule, names, self.zone(backtest.tenant), backtest.sums)
        next_hour, looked = backtest.next_hour, 0
        for hour, events in self.hours(backtest.tenant, next_hour, backtest.before, walk.wants):
            for found in events:
                looked += 1
                if most is not None and (looked > most or (looked % 1_000 == 0 and stop())):
                    return replace(backtest, next_hour=hour, state=BacktestState.SCANNING)
                if found.event.received_at < backtest.first:
                    walk.follow(found.event)
                elif found.event.received_at < backtest.before:
                    walk.take(found)
            next_hour = hour + HOUR
            if next_hour < backtest.before and stop():
                return replace(backtest, next_hour=next_hour, state=BacktestState.SCANNING)
        walk.pass_to(backtest.before)
        return replace(backtest, next_hour=next_hour, state=BacktestState.DONE)


@dataclass(frozen=True, slots=True)
class RunBacktest:
    """The action of a timer BACKTEST."""

    backtests: Backtests
    walk: WalkHours
    clock: Clock

    def __call__(self, timer: Timer, now: datetime) -> datetime | None:
        """Go on with a backtest for a turn; return when the next turn is, None at the end.

        The sums are written with the hour up to which they count, over the turn that they were read of. A worker that
        is slower than another one writes nothing.
        """
        found = self.backtests.find(timer.key.tenant, timer.key.subject, now)
        if found is None or found.state in (BacktestState.DONE, BacktestState.FAILED):
            return None
        if now >= found.created_at + GIVEN_UP_AFTER:
            after = replace(found, state=BacktestState.FAILED)
        else:
            after = self.walk(found, lambda: self.clock() >= now + TURN)
        written = self.backtests.save(replace(after, turn=found.turn + 1))
        return self.clock() if not written or after.state is BacktestState.SCANNING else None


@dataclass(frozen=True, slots=True)
class PreviewBacktest:
    """A quick backtest whose result is given at once: at most PREVIEW_EVENTS events and PREVIEW_SECONDS.

    Attributes:
        seconds: of the processor, that this process has used.
    """

    walk: WalkHours
    clock: Clock
    seconds: Callable[[], float] = time.process_time

    def __call__(self, rule: AlertRule, first: datetime) -> Mapping[str, Any]:
        """Return the result for the events since `first`, and `complete`: False = it is "at least" that."""
        now, began = self.clock(), self.seconds()
        asked = Backtest(
            tenant=rule.tenant,
            id="",
            by="",
            rule=rule,
            is_saved=False,
            first=first,
            before=now,
            created_at=now,
            next_hour=hour_of(first),
            sums=BacktestSums(),
        )
        done = self.walk(asked, lambda: self.seconds() - began >= PREVIEW_SECONDS, PREVIEW_EVENTS)
        return result(done.sums, now - first) | {"complete": done.state is BacktestState.DONE}
