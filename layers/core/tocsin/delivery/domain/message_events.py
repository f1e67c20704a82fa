"""The result events of a message: which steps of its log make an event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.recipient import ANYBODY, Recipient
from tocsin.delivery.domain.call_events import CallEvent, call_events
from tocsin.delivery.domain.delivery_terms import QUIET_HOURS, delivery_terms
from tocsin.delivery.domain.message import BOUNCED, Message, MessageState, Step
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.results.domain.result_event import ResultEvent, event_about
from tocsin.voice.domain.call_content import CallContent

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
"""The event of a step into each state. The other states are internal and make no event. A bounce is a failure with an
event of its own, see `event_of`."""


def event_of(step: Step) -> str | None:
    """Return the event of a step, None if it makes no event."""
    if step.state is MessageState.FAILED and (step.reason or "").startswith(BOUNCED):
        return "bounced"
    return EVENT_OF.get(step.state)


def events_since(
    alert: Alert, item: AlertItem, chunk: int, recipient: Recipient, message: Message, version: int
) -> list[ResultEvent]:
    """Return the events of every step of `message` after `version`, oldest first."""
    calls = _calls(item, message)
    place = (item.index, chunk, message.position)
    events: list[ResultEvent] = []

    def tell(number: int, event: str, reason: str | None, natural: Sequence[object], details: dict[str, Any]) -> None:
        events.append(
            event_about(
                alert,
                event,
                natural,
                channel=item.channel,
                tag=item.tag,
                alertee="" if recipient.address == ANYBODY.address else recipient.address,
                contact_id=recipient.contact_id,
                whence=message.log[number - 1].at,
                reason=reason,
                possible_duplicate=message.possible_duplicate,
                version=number,
                details=details,
            )
        )

    for number, step in enumerate(message.log[version:], start=version + 1):
        if (of_calls := calls[number - 1] if calls else None) is not None:
            for one in of_calls:
                tell(number, one.event, one.reason, (*place, number, one.event), one.details)
        elif event := event_of(step):
            reason = step.state.value if event == "failed" and step.reason is None else step.reason
            details = _details(held_until(alert, recipient, message, number))
            tell(number, event, reason, (*place, number), details)
    return events


def _calls(item: AlertItem, message: Message) -> Sequence[tuple[CallEvent, ...] | None]:
    """Return the events of calls by the steps of the log; nothing for a message on another channel."""
    if item.channel is not Channel.CALL or not isinstance(item.content, CallContent):
        return ()
    return tuple(call_events(item.content.script, message.log))


def held_until(alert: Alert, recipient: Recipient, message: Message, number: int) -> datetime | None:
    """Return until when step `number` (from 1) of the message's log holds it; None if it does not, or is not known.

    The end of quiet hours can be told at any time, unless they were erased; the end of another wait while it lasts.
    """
    step = message.log[number - 1]
    if step.state is not MessageState.HELD:
        return None
    if step.reason != QUIET_HOURS:
        return message.due_at if number == len(message.log) else None
    released = delivery_terms(alert, recipient, step.at).not_before
    return released if released > step.at else None


def _details(held_until: datetime | None) -> dict[str, Any]:
    return {} if held_until is None else {"heldUntil": wire_time(held_until)}
