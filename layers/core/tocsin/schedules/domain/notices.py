"""Notices about missed runs, and about runs that sent nothing."""

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
    RunFailure.NO_RECEIVER_LEFT: "no receiver was left",
    RunFailure.LINK_CANCELLED: "its linked alerts were cancelled",
}
"""Other reasons make no notice, because nothing was to be sent."""


def schedule_notices(schedule: Schedule) -> Sequence[AccountNotice]:
    """Return the notices about the latest move of a schedule. A repeat returns notices of the same ids."""
    at = schedule.moved_at
    if at is None:
        return []
    found = []
    if schedule.missed_lately:
        count = schedule.missed_lately
        text = f"{count} {'run' if count == 1 else 'runs'} of scheduled alert {schedule.id} came too late: missed"
        found.append((Severity.WARNING, "schedule_missed", text))
    reason = _REASONS.get(schedule.last_failure) if schedule.last_failure is not None else None
    if reason is not None and schedule.last_failure is not None and schedule.last_at is not None:
        at_time = wire_time(schedule.last_at)
        text = f"the run of scheduled alert {schedule.id} at {at_time} sent nothing: {reason}"
        # For a follow-up alert, it is the desired result that everybody has answered.
        severity = Severity.NOTICE if schedule.last_failure is RunFailure.NO_RECEIVER_LEFT else Severity.ERROR
        found.append((severity, f"schedule_{schedule.last_failure.value}", text))
    return [
        notice_about(schedule.tenant, schedule.key_id, schedule.id, at, severity, Category.GENERAL, code, text)
        for severity, code, text in found
    ]
