"""Schedules are read back as they were written, by their own key only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from tests.contract.alert_path import ACME, KEY, NOON, OTHER
from tests.contract.test_write_together import DAY, HOUR, World, a_schedule, here, moved
from tocsin.application.ports import Overtaken
from tocsin.application.ports.together import Together
from tocsin.domain.ids import AlertRef, ApiKeyId
from tocsin.domain.schedule import RunFailure, Schedule, ScheduleBegun, ScheduleRun, ScheduleState, cancelled

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
    )
    for number, schedule in enumerate([everything, a_schedule(repeat=None), cancelled(a_schedule(), NOON)]):
        again = replace(schedule, id=a_schedule(number).id)
        here.begin(again)
        assert here.standing(again) == again


def test_a_schedule_that_nobody_made_is_neither_run_nor_changed(here: World) -> None:
    schedule = a_schedule()
    run = ScheduleRun(schedule, moved(schedule))
    assert here.together(run) == Overtaken(run)
    assert here.standing(schedule) is None


def test_a_list_holds_what_is_not_over_of_one_key_oldest_first(here: World) -> None:
    mine = [a_schedule(2), a_schedule(1), replace(a_schedule(3), state=ScheduleState.PAUSED)]
    others: Sequence[Schedule] = [
        replace(a_schedule(4), key_id=ApiKeyId("k9")),
        replace(a_schedule(5), tenant=OTHER),
        cancelled(a_schedule(6), NOON),
    ]
    for schedule in [*mine, *others]:
        here.write(Together(schedule.tenant, schedule.key_id, NOON, beside=(ScheduleBegun(schedule),)))
    assert here.schedules.list(ACME, KEY) == [mine[1], mine[0], mine[2]]
    assert here.schedules.get(OTHER, KEY, a_schedule(1).id) is None
