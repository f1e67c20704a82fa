"""Result events in the form they are sealed in: lists, in the order of the attributes below."""

from __future__ import annotations

from typing import Any

from tocsin.adapters.dynamodb.table.rows import instant, milliseconds
from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.ids import AlertRef
from tocsin.results.domain.result_event import ResultEvent


def to_list(event: ResultEvent) -> list[Any]:
    """Return the sealed form of an event; without its alert, and with details only if there are any."""
    values = [
        event.event_id,
        event.client_ref,
        event.channel.value,
        event.tag,
        event.event,
        event.alertee,
        event.contact_id,
        milliseconds(event.whence),
        event.reason,
        event.possible_duplicate,
        event.version,
    ]
    return [*values, dict(event.details)] if event.details else values


def from_list(alert: AlertRef, values: list[Any]) -> ResultEvent:
    """Return the event of a sealed form found with `alert`."""
    event_id, client_ref, channel, tag, event, alertee, contact_id, whence, reason, duplicate, version, *rest = values
    return ResultEvent(
        event_id=event_id,
        client_ref=client_ref,
        alert=alert,
        channel=Channel(channel),
        tag=tag,
        event=event,
        alertee=alertee,
        contact_id=contact_id,
        whence=instant(whence),
        reason=reason,
        possible_duplicate=duplicate,
        version=version,
        details=rest[0] if rest else {},
    )
