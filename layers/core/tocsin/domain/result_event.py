"""What a client is told about its alert, by poll or by callback: one object per happening.

Events are derived from a message's log, never drawn: the same step always gives the same `event_id`, so a client
that sees one twice can tell.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tocsin.domain.alert import Alert, AlertItem, Channel, Recipient
from tocsin.domain.ids import AlertRef
from tocsin.domain.message import Message, MessageState

EVENT_OF = {
    MessageState.SENT: "sent",
    MessageState.DELIVERED: "delivered",
    MessageState.FAILED: "failed",
    MessageState.EXPIRED: "failed",
    MessageState.SUPPRESSED: "failed",
    MessageState.UNCONFIRMED: "failed",
    MessageState.CANCELLED: "failed",
    MessageState.SKIPPED: "skipped",
}
"""The event a step into each state raises; states that are not here are nobody's business outside."""


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


def events_since(
    alert: Alert, item: AlertItem, chunk: int, recipient: Recipient, message: Message, version: int
) -> list[ResultEvent]:
    """Return the events of every step of `message` after `version`, oldest first."""
    events = []
    for number, step in enumerate(message.log[version:], start=version + 1):
        if (event := EVENT_OF.get(step.state)) is None:
            continue
        reason = step.reason
        if event == "failed" and reason is None:
            reason = step.state.value
        natural = f"{alert.tenant}|{alert.ref}|{item.index}|{chunk}|{message.position}|{number}"
        events.append(
            ResultEvent(
                event_id="evt_" + hashlib.sha256(natural.encode()).hexdigest()[:32],
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
            )
        )
    return events


def wire_form(event: ResultEvent) -> dict[str, Any]:
    """Return the event as clients get it, by poll and by callback alike; the schema is `EventEntry`."""
    entry: dict[str, Any] = {
        "eventId": event.event_id,
        "clientRef": event.client_ref,
        "alertId": event.alert,
        "alertRef": event.alert,
        "type": event.channel.value,
        "tag": event.tag,
        "event": event.event,
        "alertees": [event.alertee],
        "whence": event.whence.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    if event.contact_id is not None:
        entry["contactId"] = event.contact_id
    if event.reason is not None:
        entry["reason"] = event.reason
    if event.possible_duplicate:
        entry["possibleDuplicate"] = True
    if event.version:
        entry["version"] = event.version
    return entry


def pack_name(number: int, versions: tuple[int, ...]) -> str:
    """Return the name of the pack of slice `number` that begins at a tally with these versions."""
    return f"{number:04}#{hashlib.sha256(','.join(map(str, versions)).encode()).hexdigest()[:16]}"
