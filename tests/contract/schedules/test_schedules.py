"""Schedules are read back as they were written, by their own key only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from functools import partial

from tests.contract.alert_path import ACME, KEY, NOON, OTHER
from tests.contract.schedules.test_commit_together import DAY, HOUR, World, a_schedule, an_alert, here, moved
from tocsin.alerts.ports.alerts import Committed, Conflict
from tocsin.alerts.ports.together import UnitOfWork
from tocsin.identity.domain.visibility import Made
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, CompanyId, UserId
from tocsin.schedules.domain.schedule import (
    RunFailure,
    Schedule,
    ScheduleBegun,
    ScheduleChanged,
    ScheduleRun,
    ScheduleState,
    cancelled,
    paused,
    timer_key,
)

__all__ = ["here"]


def test_everything_about_a_schedule_is_read_back(here: World) -> None:
    everything = a_schedule(
        client_ref="mine",
        wall=datetime(2027, 3, 28, 1, 30),
        runs=3,
        missed=7,
        missed_lately=2,
        last_at=NOON - DAY,
        last_alert=AlertRef("019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a90"),
        last_failure=RunFailure.STORE_GONE,
        moved_at=NOON - HOUR,
        made=Made(UserId("u7"), CompanyId("north")),
    )
    for number, schedule in enumerate([everything, a_schedule(repeat=None), cancelled(a_schedule(), NOON)]):
        again = replace(schedule, id=a_schedule(number).id)
        here.begin(again)
        assert here.standing(again) == again


def test_a_schedule_that_nobody_made_is_neither_run_nor_changed(here: World) -> None:
    schedule = a_schedule()
    run = ScheduleRun(schedule, moved(schedule))
    assert here.together(run) == Conflict(run)
    assert here.standing(schedule) is None


def test_a_list_holds_what_is_not_over_of_one_key_oldest_first(here: World) -> None:
    mine = [a_schedule(2), a_schedule(1), replace(a_schedule(3), state=ScheduleState.PAUSED)]
    others: Sequence[Schedule] = [
        replace(a_schedule(4), key_id=ApiKeyId("k9")),
        replace(a_schedule(5), tenant=OTHER),
    ]
    over = cancelled(a_schedule(6), NOON)
    for schedule in [*mine, over, *others]:
        here.write(UnitOfWork(schedule.tenant, schedule.key_id, NOON, participants=(ScheduleBegun(schedule),)))
    found = list(here.schedules.newest(ACME, KEY))
    assert [each for each in found if each != over] == [mine[2], mine[0], mine[1]]
    assert over in found
    assert here.schedules.get(OTHER, KEY, a_schedule(1).id) is None


def test_t4_of_runs_pauses_and_cancels_at_once_one_is_written_and_an_alert_only_with_its_run(here: World) -> None:
    for number in range(1, 4):
        schedule = a_schedule(number)
        here.begin(schedule)
        run = ScheduleRun(schedule, moved(schedule))
        alert = replace(an_alert(number), participants=(run,))
        pause, cancel = (
            ScheduleChanged(schedule, paused(schedule)),
            ScheduleChanged(schedule, cancelled(schedule, NOON)),
        )
        tries: list[tuple[Schedule, Callable[[], object]]] = [
            (run.after, partial(here.path.alerts.accept, alert)),
            (pause.after, partial(here.together, pause)),
            (cancel.after, partial(here.together, cancel)),
        ]
        tries = tries[number - 1 :] + tries[: number - 1]  # each is the first to begin once
        with ThreadPoolExecutor(len(tries)) as executor:
            outcomes = list(executor.map(lambda one: one[1](), tries))
        (stands,) = (after for (after, _), outcome in zip(tries, outcomes, strict=True) if outcome == Committed())
        assert here.standing(schedule) == stands
        ran = stands == run.after
        assert (here.path.alerts.get(ACME, alert.alert.ref) is not None) == ran
        # whoever ran it moves its timer next
        assert here.timers.get(timer_key(ACME, KEY, schedule.id)) == (schedule.timer if ran else None)
