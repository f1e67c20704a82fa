"""Backtests are started, run in turns, and read by who started them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.fakes.alert_rules import FakeBacktests
from tests.fakes.telephony import FakeEventPacks, FakeEventRows
from tests.fakes.time import NOON
from tests.fakes.timers import FakeTimerQueue, FakeTimers
from tests.scenarios.event_world import ZONE
from tests.unit.alert_rules.rules_world import ACME, RulesWorld
from tests.unit.alert_rules.worlds import a_rule, a_trigger, an_event
from tocsin.alert_rules.application import run_backtests
from tocsin.alert_rules.application.run_backtests import (
    GIVEN_UP_AFTER,
    PreviewBacktest,
    RunBacktest,
    StartBacktest,
    WalkHours,
)
from tocsin.alert_rules.domain.actions import HeaderPreset, WebhookAction, WebhookHeader
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.alert_rules.domain.triggers import RuleType
from tocsin.alert_rules.ports.backtests import Backtest, BacktestState
from tocsin.kernel.domain.errors import InvalidRequest, NotFound
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.application.pack_events import PackEvents
from tocsin.telephony.application.read_hours import ReadHours
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.event_pack import hour_name
from tocsin.telephony.domain.stored_event import StoredEvent
from tocsin.timers.domain.timer import Timer, TimerKey, TimerKind

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CALLS = a_rule(RuleType.CALL, a_trigger())


class Backtesting:
    """The account of RulesWorld, its events, and the use cases of backtests. Reading an hour takes `lag`."""

    def __init__(self, lag: timedelta = timedelta(0)) -> None:
        self.world = RulesWorld()
        self.clock, self.lag = self.world.clock, lag
        self.rows, self.packs, self.backtests = FakeEventRows(), FakeEventPacks(), FakeBacktests()
        self.timers, self.queue = FakeTimers(), FakeTimerQueue()
        self.start = StartBacktest(
            backtests=self.backtests, timers=self.timers, queue=self.queue, kept_days=lambda tenant: 30,
            clock=self.clock, randomness=self.world.randomness,
        )  # fmt: skip
        hours = ReadHours(self.rows, self.packs, self.clock)
        self.walk = WalkHours(self._slowly(hours), self.world.account, lambda tenant: ZONE)
        self.run = RunBacktest(self.backtests, self.walk, self.clock)
        self.pack = PackEvents(rows=self.rows, packs=self.packs, kept_days=lambda tenant: 30, clock=self.clock)

    def _slowly(self, hours: ReadHours) -> Any:
        def read(*args: Any) -> Any:
            for each in hours(*args):
                self.clock.advance(self.lag)
                yield each

        return read

    def came(self, *events: TelephonyEvent) -> None:
        self.rows.kept |= {(ACME, event.name): StoredEvent.new(event, (), {}) for event in events}

    def begin(self, rule: AlertRule = CALLS, hours: int = 24, role: str = "user") -> Backtest:
        now = self.clock()
        return self.start(self.world.caller(role), rule, now - hours * HOUR, now, is_saved=True)

    def turn(self, backtest: Backtest) -> datetime | None:
        timer = Timer(TimerKey(ACME, TimerKind.BACKTEST, backtest.id), 1, self.clock())
        return self.run(timer, self.clock())

    def found(self, backtest: Backtest, role: str = "user") -> Backtest:
        return self.start.find(self.world.caller(role), backtest.id)


def call(hours_ago: float, id: str = "") -> TelephonyEvent:
    return an_event(at=NOON - timedelta(hours=hours_ago), id=id or f"{hours_ago}")


def test_al_backtest_a_backtest_is_queued_run_and_read() -> None:
    testing = Backtesting()
    testing.came(call(1), call(2), call(23.9), call(24.1))
    asked = testing.begin()
    assert (asked.state, asked.progress) == (BacktestState.QUEUED, 0.0)
    assert [timer.key.subject for timer in testing.timers.rows.values()] == [asked.id]
    assert len(testing.queue.waiting) == 1
    assert testing.turn(asked) is None
    done = testing.found(asked)
    assert (done.state, done.progress, done.sums.runs) == (BacktestState.DONE, 1.0, 3)
    assert testing.turn(asked) is None  # delivered twice
    assert testing.found(asked) == done


def test_al_backtest_rows_and_packs_are_read_and_count_once() -> None:
    testing = Backtesting()
    testing.came(*(call(n + 0.5) for n in range(24)), replace(call(3.2, "sandbox"), sandbox=True))
    for n in range(0, 24, 2):
        hour = NOON - (n + 1) * HOUR
        testing.pack(Timer(TimerKey(ACME, TimerKind.PACK, hour_name(hour)), 1, hour), testing.clock())
    asked = testing.begin()
    testing.turn(asked)
    assert testing.found(asked).sums.runs == 24
    testing.clock.advance(9 * DAY)  # the rows are gone
    later = testing.begin(hours=10 * 24)
    testing.turn(later)
    assert testing.found(later).sums.runs == 12


def test_al_backtest_goes_on_where_the_last_turn_ended() -> None:
    testing = Backtesting(lag=timedelta(seconds=8))
    testing.came(*(call(n + 0.5) for n in range(24)))
    asked = testing.begin()
    seen = []
    while testing.turn(asked) is not None:
        seen.append(testing.found(asked).progress)
    assert seen == sorted(set(seen))
    assert len(seen) == 7
    assert testing.found(asked).sums.runs == 24


def test_al_backtest_a_worker_that_was_overtaken_counts_nothing_twice() -> None:
    """Two workers take the same turn; the second one writes after the first has done the next."""
    testing = Backtesting(lag=timedelta(seconds=8))
    testing.came(*(call(n + 0.5) for n in range(24)))
    asked = testing.begin()
    save = testing.backtests.save

    def slow(backtest: Backtest) -> bool:
        testing.backtests.save = save  # type: ignore[method-assign]
        testing.turn(asked)
        testing.turn(asked)
        return save(backtest)

    testing.backtests.save = slow  # type: ignore[method-assign]
    while testing.turn(asked) is not None:
        pass
    assert testing.found(asked).sums.runs == 24


def test_al_backtest_a_span_that_cannot_be_is_refused() -> None:
    testing = Backtesting()
    caller, now = testing.world.caller("user"), NOON
    for first, before in ((now, now - HOUR), (now + HOUR, now + DAY), (now - 31 * DAY, now)):
        with pytest.raises(InvalidRequest) as refused:
            testing.start(caller, CALLS, first, before, is_saved=True)
        assert refused.value.faults[0].code == "OUT_OF_RANGE"
    until_now = testing.start(caller, CALLS, now - 30 * DAY, now + DAY, is_saved=True)
    assert until_now.before == now


def test_decided_3_12_only_who_started_it_reads_it() -> None:
    testing = Backtesting()
    asked = testing.begin()
    for other in ("account_owner", "admin"):
        with pytest.raises(NotFound):
            testing.found(asked, other)
    testing.clock.advance(7 * DAY)
    with pytest.raises(NotFound):
        testing.found(asked)


def test_a_repeat_of_the_call_starts_nothing_new_and_no_secret_is_kept() -> None:
    testing = Backtesting()
    header = WebhookHeader(HeaderPreset.BEARER, secret="canary")
    rule = replace(CALLS, actions=(WebhookAction(id="n1", url="https://x.example/", headers=(header,)),))
    caller = testing.world.caller("user")
    asked = [testing.start(caller, rule, NOON - DAY, NOON, is_saved=True, seed=b"0123456789ab") for _ in range(2)]
    assert asked[0] == asked[1]
    assert len(testing.backtests.kept) == len(testing.timers.rows) == 1
    assert "canary" not in str(testing.backtests.kept)


def test_a_backtest_that_does_not_get_on_has_failed_after_a_day() -> None:
    testing = Backtesting()
    asked = testing.begin()
    testing.clock.advance(GIVEN_UP_AFTER)
    assert testing.turn(asked) is None
    assert testing.found(asked).state is BacktestState.FAILED


def test_al_backtest_follows_lines_from_the_day_before() -> None:
    """The line was online when the backtest began: that it registers once more is no news."""
    testing = Backtesting()
    rule = a_rule(RuleType.SIP, a_trigger(lines=["l2"], events=["registered"]))
    at = [NOON - timedelta(hours=n) for n in (30, 20)]
    testing.came(*(an_event("sip.registration", t, f"{t}", line="2002", event="registered", contact="a") for t in at))
    asked = testing.begin(rule)
    testing.turn(asked)
    assert testing.found(asked).sums.runs == 0


def preview(testing: Backtesting, seconds: Callable[[], float]) -> Any:
    return PreviewBacktest(testing.walk, testing.clock, seconds)(CALLS, NOON - DAY)


def test_u5_a_preview_ends_at_its_limits_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    testing = Backtesting()
    testing.came(*(call(n / 10, str(n)) for n in range(1, 200)))
    whole = preview(testing, lambda: 0.0)
    assert (whole["complete"], whole["firings"]) == (True, 199)
    monkeypatch.setattr(run_backtests, "PREVIEW_EVENTS", 50)
    part = preview(testing, lambda: 0.0)
    assert (part["complete"], part["firings"]) == (False, 50)
    used = iter(range(99))
    slow = preview(testing, lambda: float(next(used)))
    assert not slow["complete"]
    assert 0 < slow["firings"] < 199
    assert not testing.backtests.kept


def test_the_tenants_of_a_walk_are_apart() -> None:
    testing = Backtesting()
    other = TenantId("acme2")
    event = call(1)
    testing.rows.kept[other, event.name] = StoredEvent.new(event, (), {})
    asked = testing.begin()
    testing.turn(asked)
    assert testing.found(asked).sums.matches == 0
