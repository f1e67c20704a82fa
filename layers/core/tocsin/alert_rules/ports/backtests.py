"""Port of backtests."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from tocsin.alert_rules.domain.backtest import BacktestSums
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.kernel.domain.ids import TenantId

BACKTEST_KEPT = timedelta(days=7)
"""How long a backtest can be read after it was started."""


class BacktestState(StrEnum):
    """States; the values are words of the API. `failed`: it did not get on for a day."""

    QUEUED = "queued"
    SCANNING = "scanning"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """A backtest of a rule as it was when the backtest was started.

    Attributes:
        by: who started it, and alone reads it.
        is_saved: the rule is one of the account; otherwise its id is of no use.
        first, before: events that were received from `first` on and before `before`.
        next_hour: the first hour that is not read yet. It may lie before `first`: registrations are followed earlier.
        turn: counts writes, from 1.
    """

    tenant: TenantId
    id: str
    by: str
    rule: AlertRule
    is_saved: bool
    first: datetime
    before: datetime
    created_at: datetime
    next_hour: datetime
    state: BacktestState = BacktestState.QUEUED
    sums: BacktestSums = field(default_factory=BacktestSums)
    turn: int = 1

    @property
    def progress(self) -> float:
        """How much is done: 0 to 1."""
        if self.state is BacktestState.DONE:
            return 1.0
        return max(0.0, min(1.0, (self.next_hour - self.first) / (self.before - self.first)))

    @property
    def expires_at(self) -> datetime:
        """When it can be read no longer."""
        return self.created_at + BACKTEST_KEPT


class Backtests(Protocol):
    """Backtests of a tenant, for BACKTEST_KEPT."""

    def add(self, backtest: Backtest) -> None:
        """Store a new backtest; one that is there stays."""
        ...

    def find(self, tenant: TenantId, id: str, now: datetime) -> Backtest | None:
        """Return a backtest, strongly consistent; None: there is none, or its time is over."""
        ...

    def save(self, backtest: Backtest) -> bool:
        """Store a backtest over the turn before its own. False: another worker has taken that turn, or it is gone.

        A repeat of the same write is True. The rule stays as it was stored first.
        """
        ...
