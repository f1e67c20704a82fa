"""The scheduled alerts of an API key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin.identity.domain.api_key import ApiKey
from tocsin.schedules.domain.schedule import Schedule
from tocsin.schedules.ports import Schedules

SCHEDULES_SHOWN = 1_000
"""The most scheduled alerts of one answer: about 250 KB. The limit of a Lambda response is 6 MB."""


@dataclass(frozen=True, slots=True)
class ScheduleList:
    """Scheduled alerts that are not over, oldest first. `more`: the key has older ones."""

    schedules: Sequence[Schedule]
    more: bool


@dataclass(frozen=True, slots=True)
class ListSchedules:
    """Return the newest SCHEDULES_SHOWN scheduled alerts of a key."""

    schedules: Schedules

    def __call__(self, key: ApiKey, now: datetime) -> ScheduleList:
        """Return the scheduled alerts at `now`. Raises StorageUnavailable."""
        standing = self.schedules.list(key.tenant, key.id, SCHEDULES_SHOWN + 1)
        shown = [schedule for schedule in standing if not schedule.forgotten(now)][-SCHEDULES_SHOWN:]
        return ScheduleList(shown, more=len(standing) > SCHEDULES_SHOWN)
