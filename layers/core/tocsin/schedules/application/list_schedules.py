"""The scheduled alerts of an API key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin.identity.domain.api_key import ApiKey
from tocsin.schedules.domain.schedule import Schedule, ScheduleState
from tocsin.schedules.ports import Schedules

SCHEDULES_SHOWN = 1_000
"""The most scheduled alerts of one answer: about 250 KB. The limit of a Lambda response is 6 MB."""


@dataclass(frozen=True, slots=True)
class ScheduleList:
    """Scheduled alerts, oldest first. `more`: the key has older ones."""

    schedules: Sequence[Schedule]
    more: bool


@dataclass(frozen=True, slots=True)
class ListSchedules:
    """Return the newest SCHEDULES_SHOWN scheduled alerts of a key; those that have finished come last.

    A finished one is returned for 30 days (`KEPT`), a cancelled one is not.
    """

    schedules: Schedules

    def __call__(self, key: ApiKey, now: datetime) -> ScheduleList:
        """Return the scheduled alerts at `now`. Raises StorageUnavailable."""
        live: list[Schedule] = []
        finished: list[Schedule] = []
        for schedule in self.schedules.newest(key.tenant, key.id):
            if schedule.forgotten(now) or schedule.state is ScheduleState.CANCELLED or not key.sees(schedule.made):
                continue
            (finished if schedule.over else live).append(schedule)
            if len(live) > SCHEDULES_SHOWN:
                break
        found = live + finished
        return ScheduleList(
            sorted(found[:SCHEDULES_SHOWN], key=lambda schedule: schedule.id), more=len(found) > SCHEDULES_SHOWN
        )
