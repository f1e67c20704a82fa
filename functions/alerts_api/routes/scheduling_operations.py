"""`/schedulestoredalert` and the changes of a scheduled alert, described."""

from __future__ import annotations

from typing import Any

from alerts_api.operation import EXAMPLE_STORE, VERB_ERRORS, Operation
from alerts_api.schemas.nothing_sent import NothingSentAnswer
from alerts_api.schemas.schedules import ChangedAnswer, ScheduledAlertBody, ScheduledAnswer, ScheduleStoredAlertBody

_SCHEDULE = "019aa3c4-7b20-7d3a-8e11-5c0f9a8b7d62"

SCHEDULED: dict[str, Any] = {
    "success": True,
    "returnCode": 200,
    "clientRef": "backup-check",
    "scheduleId": _SCHEDULE,
    "scheduledAlertId": _SCHEDULE,
    "storeId": EXAMPLE_STORE,
    "expirationInDays": 30,
    "nextRunAt": "2026-11-24T09:00:00.000Z",
}

_SCHEDULE_STORED_ALERT_REQUEST: dict[str, Any] = {
    "version": "latest",
    "storeName": "backup-check",
    "schedule": {"start": "2026-11-24T09:00:00", "delay": "0m", "repeat": "1d", "end": "2027-11-24T09:00:00"},
}

_CHANGE_SCHEDULED_ALERT_REQUEST: dict[str, Any] = {
    "version": "latest",
    "scheduledAlertId": _SCHEDULE,
}


def _changed(state: str, next_run_at: str | None) -> dict[str, Any]:
    return {
        "success": True,
        "returnCode": 200,
        "scheduledAlertId": _SCHEDULE,
        "scheduleId": _SCHEDULE,
        "state": state,
        "nextRunAt": next_run_at,
    }


_PAUSE_SCHEDULED_ALERT_RESPONSE = _changed("paused", None)

_RESUME_SCHEDULED_ALERT_RESPONSE = _changed("active", "2026-11-24T09:00:00.000Z")

_CANCEL_SCHEDULED_ALERT_RESPONSE = _changed("cancelled", None)

OPERATIONS = (
    Operation(
        method="POST",
        path="/schedulestoredalert",
        name="scheduleStoredAlert",
        tags=("Schedules",),
        summary="Send a stored alert later",
        description=(
            "Once, or again and again until `end`. Days, weeks and months are steps on your account's calendar, so "
            "every day at nine stays at nine when the clocks change: a time in a gap runs at the first instant after "
            "it, one that occurs twice at the first. Every run has an `alertRef` of its own. A run that would begin "
            "more than 15 minutes late is skipped; `/getinfo` reports it."
        ),
        bodies=(ScheduleStoredAlertBody,),
        answer=ScheduledAnswer,
        refusal=NothingSentAnswer,
        errors=VERB_ERRORS,
        idempotent=True,
        for_company=True,
        request=_SCHEDULE_STORED_ALERT_REQUEST,
        response=SCHEDULED,
    ),
    Operation(
        method="POST",
        path="/pausescheduledalert",
        name="pauseScheduledAlert",
        tags=("Schedules",),
        summary="Pause a scheduled alert",
        description="It does not run until it is resumed. A pause that is confirmed before a run is due stops it.",
        bodies=(ScheduledAlertBody,),
        answer=ChangedAnswer,
        errors=VERB_ERRORS,
        idempotent=True,
        request=_CHANGE_SCHEDULED_ALERT_REQUEST,
        response=_PAUSE_SCHEDULED_ALERT_RESPONSE,
    ),
    Operation(
        method="POST",
        path="/resumescheduledalert",
        name="resumeScheduledAlert",
        tags=("Schedules",),
        summary="Resume a scheduled alert",
        description=(
            "One that runs once keeps its time if that is still ahead, and runs at once if it has passed. A repeating "
            "one goes on at its next regular run."
        ),
        bodies=(ScheduledAlertBody,),
        answer=ChangedAnswer,
        errors=VERB_ERRORS,
        idempotent=True,
        request=_CHANGE_SCHEDULED_ALERT_REQUEST,
        response=_RESUME_SCHEDULED_ALERT_RESPONSE,
    ),
    Operation(
        method="POST",
        path="/cancelscheduledalert",
        name="cancelScheduledAlert",
        tags=("Schedules",),
        summary="Cancel a scheduled alert",
        description="It never runs again. Its stored alert and the alerts of earlier runs stay.",
        bodies=(ScheduledAlertBody,),
        answer=ChangedAnswer,
        errors=VERB_ERRORS,
        idempotent=True,
        request=_CHANGE_SCHEDULED_ALERT_REQUEST,
        response=_CANCEL_SCHEDULED_ALERT_RESPONSE,
    ),
)
