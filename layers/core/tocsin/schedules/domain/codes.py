"""The states of a scheduled alert, and the reasons of runs that sent nothing, as clients see them."""

from __future__ import annotations

from tocsin.kernel.domain.codes import Code, Vocabulary
from tocsin.schedules.domain.schedule import RunFailure, ScheduleState

SCHEDULE_STATES = Vocabulary(
    "ScheduleState",
    "States of a scheduled alert",
    "`state` of the answers of `/pausescheduledalert`, `/resumescheduledalert` and `/cancelscheduledalert`.",
    {
        ScheduleState.ACTIVE: Code("it runs at `nextRunAt`", "wait, or pause it"),
        ScheduleState.PAUSED: Code("it was paused", "resume it to run it again"),
        ScheduleState.FINISHED: Code("its last run is over", "schedule the stored alert again to continue"),
        ScheduleState.CANCELLED: Code("it was cancelled and never runs again", "nothing"),
    },
)

RUN_FAILURES = Vocabulary(
    "RunFailure",
    "Why a run of a schedule sent nothing",
    "`lastFailure` of a scheduled alert in `/getinfo`.",
    {
        RunFailure.KEY_DISABLED: Code("the API key of the schedule is disabled", "schedule it again with another key"),
        RunFailure.STORE_GONE: Code("the stored alert of the schedule is gone", "store it and schedule it again"),
        RunFailure.UNREADABLE: Code(
            "the stored alert of the schedule is refused as it stands", "send it once to see why, and store it again"
        ),
        RunFailure.NOT_ALLOWED: Code("the key has lost a right the alert needs", "ask your operator for the right"),
        RunFailure.TOO_LARGE: Code("the alert reaches more people than one call may", "divide its lists"),
        RunFailure.NO_CAPACITY: Code("the key's capacity was used up when the run was due", "ask for more capacity"),
        RunFailure.NO_RECEIVER_LEFT: Code(
            "no receiver was left: no usable address, or everybody has answered",
            "nothing, or fill the lists",
        ),
        RunFailure.OUTSIDE_WINDOWS: Code("no time window of the alert was open", "nothing; or move the schedule"),
        RunFailure.LINK_CANCELLED: Code("the run belongs to a link that was cancelled", "cancel the schedule too"),
    },
)
