"""What the owner of a key is told when a schedule came up and did not do what was asked of it."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin.kernel.domain.wire_time import wire_time
from tocsin.notices.domain.account_notice import AccountNotice, Category, Severity, notice_about
from tocsin.schedules.domain.schedule import RunFailure, Schedule

_REASONS = {
    RunFailure.KEY_DISABLED: "the API key is disabled",
    RunFailure.STORE_GONE: "its stored alert is gone",
    RunFailure.UNREADABLE: "its stored alert cannot be sent as it stands",
    RunFailure.NOT_ALLOWED: "the API key has lost a right the alert needs",
    RunFailure.TOO_LARGE: "it reaches more people than one call may",
    RunFailure.NO_CAPACITY: "the capacity was used up",
    RunFailure.NO_RECEIVER_LEFT: "nobody was left to be contacted",
    RunFailure.LINK_CANCELLED: "its linked alerts were cancelled",
    RunFailure.NOT_AVAILABLE: "it asks for a feature that is not available",
}
"""A word that is not here is no failure: nothing was to be sent."""


def schedule_notices(schedule: Schedule) -> Sequence[AccountNotice]:
    """Return what is to be told of the latest time it came up: the same messages however often they are made."""
    at = schedule.moved_at
    if at is None:
        return []
    told = []
    if schedule.missed_lately:
        count = schedule.missed_lately
        text = f"{count} {'run' if count == 1 else 'runs'} of scheduled alert {schedule.id} came up too late: missed"
        told.append((Severity.WARNING, "schedule_missed", text))
    reason = _REASONS.get(schedule.last_failure) if schedule.last_failure is not None else None
    if reason is not None and schedule.last_failure is not None and schedule.last_at is not None:
        at_time = wire_time(schedule.last_at)
        text = f"the run of scheduled alert {schedule.id} at {at_time} sent nothing: {reason}"
        # That everybody has answered before is what a follow-up hopes for.
        severity = Severity.NOTICE if schedule.last_failure is RunFailure.NO_RECEIVER_LEFT else Severity.ERROR
        told.append((severity, f"schedule_{schedule.last_failure.value}", text))
    return [
        notice_about(schedule.tenant, schedule.key_id, schedule.id, at, severity, Category.GENERAL, code, text)
        for severity, code, text in told
    ]
