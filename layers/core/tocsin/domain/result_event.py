"""What a client is told about its alert, by poll or by callback: one object per happening.

Events are derived, from a message's log or from what a person did, never drawn: the same happening always gives the
same `event_id`, so a client that sees one twice can tell.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tocsin.domain.alert import Alert, AlertItem, Channel, Recipient
from tocsin.domain.delivery_terms import delivery_terms
from tocsin.domain.ids import AlertRef
from tocsin.domain.message import BOUNCED, Message, MessageState, Step
from tocsin.domain.wire_time import wire_time

EVENT_OF = {
    MessageState.HELD: "held",
    MessageState.SENT: "sent",
    MessageState.DELIVERED: "delivered",
    MessageState.FAILED: "failed",
    MessageState.EXPIRED: "failed",
    MessageState.SUPPRESSED: "failed",
    MessageState.UNCONFIRMED: "failed",
    MessageState.CANCELLED: "failed",
    MessageState.SKIPPED: "skipped",
}
"""The event a step into each state raises; states that are not here are nobody's business outside. A bounce
is a failure with an event of its own, see `event_of`."""


@dataclass(frozen=True, slots=True)
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


def event_id(*natural: object) -> str:
    """Return the id of the happening that these facts name, tenant and alert first."""
    return "evt_" + hashlib.sha256("|".join(map(str, natural)).encode()).hexdigest()[:32]


def event_of(step: Step) -> str | None:
    """Return the event a step raises, None if it raises none."""
    if step.state is MessageState.FAILED and (step.reason or "").startswith(BOUNCED):
        return "bounced"
    return EVENT_OF.get(step.state)


def events_since(
    alert: Alert, item: AlertItem, chunk: int, recipient: Recipient, message: Message, version: int
) -> list[ResultEvent]:
    """Return the events of every step of `message` after `version`, oldest first."""
    events = []
    for number, step in enumerate(message.log[version:], start=version + 1):
        if (event := event_of(step)) is None:
            continue
        reason = step.reason
        if event == "failed" and reason is None:
            reason = step.state.value
        events.append(
            ResultEvent(
                event_id=event_id(alert.tenant, alert.ref, item.index, chunk, message.position, number),
                client_ref=alert.client_ref,
                alert=alert.ref,
                channel=item.channel,
                tag=item.tag,
                event=event,
                alertee=recipient.address,
                contact_id=recipient.contact_id,
                whence=step.at,
                reason=reason,
                possible_duplicate=message.possible_duplicate,
                version=number,
                details=_details(alert, recipient, step),
            )
        )
    return events


def _details(alert: Alert, recipient: Recipient, step: Step) -> dict[str, Any]:
    if step.state is not MessageState.HELD:
        return {}
    released = delivery_terms(alert, recipient, step.at).not_before
    # Of somebody who was erased since, nobody knows any more when they sleep.
    return {"heldUntil": wire_time(released)} if released > step.at else {}


def happening_name(event_id: str) -> str:
    """Return the name of the pack of one event that is no step of a message."""
    return f"X#{event_id}"


def pack_name(number: int, versions: tuple[int, ...]) -> str:
    """Return the name of the pack of slice `number` that begins at a tally with these versions."""
    return f"{number:04}#{hashlib.sha256(','.join(map(str, versions)).encode()).hexdigest()[:16]}"
