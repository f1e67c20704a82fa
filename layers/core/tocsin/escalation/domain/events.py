"""Events, notices and mails about an escalation as a whole. Its events are events of its first alert."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.escalation.domain.escalation import Escalation, EscalationState
from tocsin.kernel.domain.counted import counted
from tocsin.notices.domain.account_notice import AccountNotice, Category, Severity, notice_about
from tocsin.notices.domain.owner_notification import OwnerNotification
from tocsin.results.domain.result_event import ResultEvent, event_about
from tocsin.results.domain.uncounted import event_details

NO_RECEIVER_REACHED = "no_receiver_reached"
"""Reason of an `escalated` event whose step sent nothing: all its receivers had answered, or its alert was no longer
valid."""


def escalated(first: Alert, escalation: Escalation) -> ResultEvent:
    """Return the event of the latest step that was taken."""
    ref = escalation.alerts[escalation.step]
    details: dict[str, Any] = {"step": escalation.step, "steps": escalation.steps}
    if (requested := escalation.requested) is not None and requested.step == escalation.step:
        details["by"] = requested.by
    if ref is None:
        return _event(first, "escalated", escalation.stepped_at, details, escalation.step, reason=NO_RECEIVER_REACHED)
    return _event(first, "escalated", escalation.stepped_at, {**details, "stepAlertId": ref}, escalation.step)


def ended(first: Alert, escalation: Escalation, answered: AlertItem | None = None, address: str = "") -> ResultEvent:
    """Return the event of the end of an escalation: `acknowledged`, `exhausted` or `cancelled`.

    Args:
        answered: the item of the last answer, if the escalation was acknowledged.
        address: the address of the person who gave it. Personal data.
    """
    details: dict[str, Any] = {"step": escalation.step, "answered": escalation.answered, "needed": escalation.need}
    at = escalation.ended_at or escalation.began_at
    by = escalation.by
    if escalation.ended_by is not None:
        details |= {"by": escalation.ended_by, "allClear": escalation.with_all_clear}
    if escalation.state is not EscalationState.ACKNOWLEDGED or by is None:
        return _event(first, escalation.state.value, at, details)
    details |= {"answerType": by.kind.value, "answeredAlertId": by.key.alert, **event_details(by.evidence, None)}
    return _event(first, "acknowledged", by.at, details, item=answered, address=address, contact_id=by.contact_id)


def exhausted_notice(first: Alert, escalation: Escalation) -> AccountNotice:
    """Return the notice about an exhausted escalation."""
    text = f"an escalation ended {_short_of_answers(escalation)}"
    at = escalation.ended_at or escalation.began_at
    return notice_about(
        first.tenant, first.key_id, first.ref, at, Severity.ERROR, Category.GENERAL, "escalation_exhausted", text,
        alert=first.ref,
    )  # fmt: skip


def exhausted_notification(first: Alert, escalation: Escalation) -> OwnerNotification:
    """Return the mail to the key's owner about an exhausted escalation."""
    at = escalation.ended_at or escalation.began_at
    return OwnerNotification(
        f"escalation-exhausted-{first.ref}",
        at,
        "Too few people answered an escalation",
        f"The escalation of alert {first.ref} ended at {at:%Y-%m-%d %H:%M} UTC {_short_of_answers(escalation)}.",
    )


def _short_of_answers(escalation: Escalation) -> str:
    return (
        f"after step {escalation.step}: {escalation.answered} of "
        f"{counted(escalation.need, 'required person has', 'required people have')} answered"
    )


def _event(
    first: Alert,
    event: str,
    at: datetime,
    details: Mapping[str, Any],
    number: int | None = None,
    *,
    item: AlertItem | None = None,
    address: str = "",
    contact_id: str | None = None,
    reason: str | None = None,
) -> ResultEvent:
    item = item or first.items[0]
    return event_about(
        first,
        event,
        ("escalation", event, number or 0),
        channel=item.channel,
        tag=item.tag,
        alertee=address,
        contact_id=contact_id,
        whence=at,
        reason=reason,
        details=details,
    )
