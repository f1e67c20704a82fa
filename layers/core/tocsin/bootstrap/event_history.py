"""Composition of what keeps telephony events for months, and of backtests over them.

Modules are imported with the first use: most processes never pack an hour, and never test a rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.bootstrap.alert_rules import RuleUseCases
from tocsin.bootstrap.ingesting import read_account
from tocsin.kernel.domain.errors import NotFound

if TYPE_CHECKING:
    from datetime import datetime

    from tocsin.alert_rules.application.run_backtests import PreviewBacktest, StartBacktest, WalkHours
    from tocsin.bootstrap.queues import Queues
    from tocsin.bootstrap.storage import Storage
    from tocsin.kernel.domain.ids import TenantId
    from tocsin.timers.application.run import Action
    from tocsin.timers.domain.timer import Timer


def pack_action(storage: Storage) -> Action:
    """Return the action that packs an hour of events."""

    def pack(timer: Timer, now: datetime) -> datetime | None:
        from tocsin.telephony.application.pack_events import PackEvents

        packing = PackEvents(
            rows=storage.event_rows,
            packs=storage.event_packs,
            kept_days=lambda tenant: _kept_days(storage, tenant),
            clock=storage.clock,
        )
        return packing(timer, now)

    return pack


def backtest_action(storage: Storage) -> Action:
    """Return the action that goes on with a backtest."""

    def run(timer: Timer, now: datetime) -> datetime | None:
        from tocsin.alert_rules.application.run_backtests import RunBacktest

        return RunBacktest(storage.backtests, _walk(storage), storage.clock)(timer, now)

    return run


def start_backtest(storage: Storage, queues: Queues) -> StartBacktest:
    """Return what starts backtests, and reads them."""
    from tocsin.alert_rules.application.run_backtests import StartBacktest

    return StartBacktest(
        backtests=storage.backtests,
        timers=storage.timers,
        queue=queues.timers,
        kept_days=lambda tenant: _kept_days(storage, tenant),
        clock=storage.clock,
        randomness=storage.randomness,
    )


def preview_backtest(storage: Storage) -> PreviewBacktest:
    """Return the quick preview of the console."""
    from tocsin.alert_rules.application.run_backtests import PreviewBacktest

    return PreviewBacktest(_walk(storage), storage.clock)


def _walk(storage: Storage) -> WalkHours:
    from tocsin.alert_rules.application.run_backtests import WalkHours
    from tocsin.telephony.application.read_hours import ReadHours

    clocks = RuleUseCases(storage).clocks
    hours = ReadHours(storage.event_rows, storage.event_packs, storage.clock)
    return WalkHours(hours, read_account(storage), lambda tenant: clocks.get(tenant).zone_info)


def _kept_days(storage: Storage, id: TenantId) -> int:
    tenant = storage.tenants.get(id)
    if tenant is None:
        raise NotFound("tenant")
    return tenant.events_kept_days
