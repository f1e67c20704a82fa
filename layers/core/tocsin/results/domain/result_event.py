"""Result events: what a client learns about its alert, by collecting or by webhook.

The id of an event is derived from the fact that it reports: a step of a message's log, or an action of a person. The
same fact always has the same `event_id`, so a client recognises a repeated event.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.cause import CauseKind
from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.ids import AlertRef

NO_ALERT = AlertRef("")
"""The alert of an event that belongs to none: a mail to a trigger mailbox that sent nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultEvent:
    """One event of one alert.

    Attributes:
        channel: `type` in the API.
        event: `event` in the API: sent, delivered, failed, …
        alertee: the receiver's address.
        whence: when it happened.
        reason: stable word for a failure, else None.
        possible_duplicate: whether the receiver may have got this message twice.
        version: number of the step in the message's log, so a later event has a higher number; 0 = no such number.
        details: further fields of this kind of event, by their names in the API; JSON values.
    """

    event_id: str
    client_ref: str
    alert: AlertRef
    channel: Channel
    tag: str
    event: str
    alertee: str
    contact_id: str | None
    whence: datetime
    reason: str | None = None
    possible_duplicate: bool = False
    version: int = 0
    details: Mapping[str, Any] = field(default_factory=dict)


def event_about(
    alert: Alert,
    event: str,
    natural: Sequence[object],
    *,
    channel: Channel,
    tag: str,
    alertee: str,
    contact_id: str | None,
    whence: datetime,
    reason: str | None = None,
    possible_duplicate: bool = False,
    version: int = 0,
    details: Mapping[str, Any] | None = None,
) -> ResultEvent:
    """Return an event of an alert.

    Args:
        natural: the facts that identify the event inside the alert; the same facts give the same `event_id`.
    """
    return ResultEvent(
        event_id=event_id(alert.tenant, alert.ref, *natural),
        client_ref=alert.client_ref,
        alert=alert.ref,
        channel=channel,
        tag=tag,
        event=event,
        alertee=alertee,
        contact_id=contact_id,
        whence=whence,
        reason=reason,
        possible_duplicate=possible_duplicate,
        version=version,
        details={**_schedule_of(alert), **(details or {})},
    )


def _schedule_of(alert: Alert) -> Mapping[str, str]:
    """Return the names of the schedule whose run sent the alert; none for other alerts."""
    if alert.cause is None or alert.cause.kind is not CauseKind.SCHEDULE:
        return {}
    return {"scheduledAlertId": alert.cause.parent, "scheduleId": alert.cause.parent}


def event_id(*natural: object) -> str:
    """Return the id of the event that these facts identify; tenant and alert come first."""
    return "evt_" + hashlib.sha256("|".join(map(str, natural)).encode()).hexdigest()[:32]


def event_name(event_id: str) -> str:
    """Return the name of a result pack with one event that is no step of a message."""
    return f"X#{event_id}"


def pack_name(number: int, versions: tuple[int, ...]) -> str:
    """Return the name of the result pack of batch `number` that begins at these message versions."""
    return f"{number:04}#{hashlib.sha256(','.join(map(str, versions)).encode()).hexdigest()[:16]}"
