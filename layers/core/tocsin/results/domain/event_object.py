"""A result event as a client sees it, collected or called back: one JSON object. The schema is `EventEntry`."""

from __future__ import annotations

from typing import Any

from tocsin.kernel.domain.wire_time import wire_time
from tocsin.results.domain.result_event import ResultEvent


def event_object(event: ResultEvent) -> dict[str, Any]:
    """Return the wire form; what is not known is left out, and `details` stand beside the rest."""
    entry: dict[str, Any] = {
        "eventId": event.event_id,
        "clientRef": event.client_ref,
        "alertId": event.alert,
        "alertRef": event.alert,
        "type": event.channel.value,
        "tag": event.tag,
        "event": event.event,
        "alertees": [event.alertee] if event.alertee else [],
        "whence": wire_time(event.whence),
    }
    if event.contact_id is not None:
        entry["contactId"] = event.contact_id
    if event.reason is not None:
        entry["reason"] = event.reason
    if event.possible_duplicate:
        entry["possibleDuplicate"] = True
    if event.version:
        entry["version"] = event.version
    return {**event.details, **entry}
