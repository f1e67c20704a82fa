"""A failure is reported, and something dies at every call there is: everybody is mailed once, and reminded as always.

Who reports repeats until the call is answered. Timers are found by the sweeper, so a run that dies is repeated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from itertools import combinations, product
from typing import cast

import pytest

from tests.scenarios.faults import FOUR, Fault, Script
from tests.scenarios.integration_world import IntegrationWorld
from tests.scenarios.world import Crash, World
from tests.unit.integrations.people import ACME, ACTIVE, ADA, DAY, FAILED, MAX, NOON, PENDING, subscribed
from tocsin.integrations.domain.integration import IntegrationStatus
from tocsin.kernel.domain.errors import StaleWrite, StorageUnavailable

DIED = (Crash, StorageUnavailable, StaleWrite)
ON_BUS = [
    ("opened", None),
    ("failed", None),
    *(("stage", stage) for stage in ("told", "day_7", "day_14", "day_21")),
    ("closed", None),
]
TOLD = [(ADA.id, MAX.id)] * 4


class Run:
    """The reports of one incident from its beginning to its end, under a plan of faults."""

    def __init__(self, plan: Mapping[int, Fault]) -> None:
        self.script = Script(plan, world=cast(World, object()))
        self.world = IntegrationWorld(self.script.wrap)
        self.world.subscribe(subscribed(ADA), subscribed(MAX))
        self.world.wants_bus = True

    def report(self, status: IntegrationStatus, at: timedelta) -> None:
        """Report a status as the event of that moment does, until it is answered."""
        while True:
            try:
                self.world.report(status, at=NOON + at)
            except DIED:
                continue
            return

    def go_to(self, at: timedelta) -> None:
        """Let time pass. A timer whose run died runs again a minute and a half later."""
        until = NOON + at
        while due := [timer.due_at for timer in self.world.timers.rows.values() if timer.due_at <= until]:
            self.world.clock.at_least(min(due))
            try:
                self.world.run_due()
            except DIED:
                self.world.clock.advance(timedelta(seconds=90))
        self.world.clock.at_least(until)

    def through(self) -> IntegrationWorld:
        self.report(PENDING, timedelta(0))
        self.report(FAILED, timedelta(0))
        self.go_to(8 * DAY)
        self.report(PENDING, 8 * DAY)
        self.go_to(22 * DAY)
        self.report(ACTIVE, 22 * DAY)
        self.go_to(30 * DAY)
        return self.world


def calls_without_a_fault() -> int:
    run = Run({})
    run.through()
    return len(run.script.calls)


CALLS = calls_without_a_fault()


def check(plan: Mapping[int, Fault]) -> None:
    world = Run(plan).through()
    mails = list(world.mails.values())
    assert [mail.cause.run for mail in mails] == ["told", "day_7", "day_14", "day_21"], plan
    assert [tuple(mail.to) for mail in mails] == TOLD, plan
    late = [
        mail.cause.at - NOON - after for mail, after in zip(mails, (0 * DAY, 7 * DAY, 14 * DAY, 21 * DAY), strict=True)
    ]
    assert all(timedelta(0) <= each <= timedelta(minutes=6) for each in late), plan
    assert world.timers.rows == {}, plan
    assert world.integrations.kept[ACME, "hub"].incident is None
    [incident] = world.integrations.incidents(ACME)
    assert [told.people for told in incident.told] == [2, 2, 2, 2], plan
    assert world.on_bus == ON_BUS, plan


def test_ia_01_04_without_a_fault_everybody_is_mailed_four_times() -> None:
    check({})
    assert CALLS > 40


@pytest.mark.parametrize("fault", FOUR)
def test_ia_01_04_05_a_fault_at_each_call_changes_no_mail(fault: Fault) -> None:
    for call in range(CALLS):
        check({call: fault})


def pairs(calls: Iterable[int]) -> Iterable[Mapping[int, Fault]]:
    for (one, two), (first, second) in product(combinations(calls, 2), product(FOUR, FOUR)):
        yield {one: first, two: second}


def test_ia_01_04_05_two_faults_of_the_first_mail_change_nothing() -> None:
    for plan in pairs(range(9, 20)):
        check(plan)


@pytest.mark.deep
def test_ia_01_04_05_two_faults_anywhere_change_nothing() -> None:
    for plan in pairs(range(CALLS)):
        check(plan)
