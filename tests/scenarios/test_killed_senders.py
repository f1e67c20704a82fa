"""A sender is killed at any point of its batch: nobody is lost, few get it twice, and all is over within 15 minutes.

The provider says nothing of its own unless a test says so, so only what the sender recorded is known. Each order comes
once: no duplicate mends by luck what the dead sender left undone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.builders import number, sms
from tests.scenarios.faults import Fault, Script
from tests.scenarios.invariants import check
from tests.scenarios.world import Crash, Disturbance, World
from tocsin.alerts.domain.alert import BATCH_SIZE, URGENT_LIMIT
from tocsin.delivery.domain.message import MessageState

URGENT, BULK = BATCH_SIZE, URGENT_LIMIT + 1
"""Receivers of an alert of each lane."""

FINAL_WITHIN = timedelta(minutes=15)


class Killing(Script):
    """Kills workers at numbered port calls, notes when, and lets each call of the provider take its time."""

    def __init__(self, plan: Mapping[int, Fault], takes: timedelta = timedelta(0)) -> None:
        super().__init__(plan)
        self.takes = takes
        self.killed_at: list[datetime] = []

    def call(self, name: str, method: Any, args: Any, kwargs: Any) -> Any:
        assert self.world is not None
        try:
            return super().call(name, method, args, kwargs)
        except Crash:
            self.killed_at.append(self.world.clock())
            raise
        finally:
            if name == "sender.send":
                self.world.clock.advance(self.takes)


def killed(
    plan: Mapping[int, Fault], receivers: int, *, silent: bool = True, takes: timedelta = timedelta(0)
) -> tuple[World, Killing]:
    """Send one alert, kill its senders by the plan, and let the world come to rest."""
    script = Killing(plan, takes)
    world = World(7, script.wrap, silent=silent, disturbance=Disturbance(duplicates=(1, 1)))
    script.world = world
    world.accept(sms(*map(number, range(receivers))))
    world.until_quiet()
    return world, script


def _calls_of_the_first_batch(receivers: int) -> range:
    """Return the numbers of the port calls from the order's arrival to its report."""
    _, script = killed({}, receivers)
    return range(script.calls.index("rows.save"), script.calls.index("dispatch_progress.record") + 1)


def judge(world: World, script: Killing) -> None:
    """Raise AssertionError unless everybody was reached and everything was final soon after the last kill."""
    check(world)
    (alert,) = world.accepted
    assert len(world.phones) == alert.recipients, "somebody was lost"
    for row in world.rows.rows.values():
        assert row.state in (MessageState.SENT, MessageState.DELIVERED), row.log
        assert row.log[-1].at - max(script.killed_at, default=alert.accepted_at) <= FINAL_WITHIN, row.log


@pytest.mark.parametrize("receivers", [URGENT, BULK])
@pytest.mark.parametrize("takes", [timedelta(0), timedelta(seconds=1)])
@pytest.mark.parametrize("silent", [True, False])
def test_r1_r2_a_sender_killed_anywhere_leaves_nothing_open_for_longer_than_15_minutes(
    receivers: int, takes: timedelta, silent: bool
) -> None:
    for step in _calls_of_the_first_batch(receivers):
        for fault in (Fault.BEFORE, Fault.AFTER):
            world, script = killed({step: fault}, receivers, silent=silent, takes=takes)
            assert len(script.killed_at) == 1
            judge(world, script)
            twice = [phone for phone, copies in world.phones.items() if len(copies) > 1]
            assert silent or not twice, "the provider had told"
