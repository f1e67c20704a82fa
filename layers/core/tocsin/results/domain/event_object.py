"""A result event as a client gets it, collected or by webhook: one JSON object. The API schema is `EventEntry`."""

from __future__ import annotations

from typing import Any

from tocsin.kernel.domain.wire_time import wire_time
from tocsin.results.domain.reasons import reason_text
from tocsin.results.domain.result_event import ResultEvent


def event_object(event: ResultEvent) -> dict[str, Any]:
    """Return the JSON object. Unknown values are omitted, and the entries of `details` are added to the object."""
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
    told = {**event.details, **entry}
    if "reason" in told:
        told.setdefault("reasonText", reason_text(told["reason"]))
    return told
