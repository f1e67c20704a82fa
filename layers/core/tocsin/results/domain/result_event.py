"""What a client is told about its alert, by poll or by callback: one object per happening.

Events are derived, from a message's log or from what a person did, never drawn: the same happening always gives the
same `event_id`, so a client that sees one twice can tell.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tocsin.alerts.domain.alert import Alert
from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.ids import AlertRef


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultEvent:
    """One happening of one alert.

    Attributes:
        channel: the wire's `type`.
        event: the wire's `event`: sent, delivered, failed, …
        alertee: the receiver's address.
        reason: stable word for a failure, else None.
        possible_duplicate: the receiver may have got this message twice.
        version: steps the message had taken: of two events of one message the higher one is the later; 0 = unknown.
        details: what only events of this kind have, under its wire names; JSON values.
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
        natural: the facts that name the happening inside the alert; the same facts give the same `event_id`.
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
        details=details or {},
    )


def event_id(*natural: object) -> str:
    """Return the id of the happening that these facts name, tenant and alert first."""
    return "evt_" + hashlib.sha256("|".join(map(str, natural)).encode()).hexdigest()[:32]


def event_name(event_id: str) -> str:
    """Return the name of the pack of one event that is no step of a message."""
    return f"X#{event_id}"


def pack_name(number: int, versions: tuple[int, ...]) -> str:
    """Return the name of the pack of slice `number` that begins at a tally with these versions."""
    return f"{number:04}#{hashlib.sha256(','.join(map(str, versions)).encode()).hexdigest()[:16]}"
