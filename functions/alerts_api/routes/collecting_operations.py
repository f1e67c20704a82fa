"""`/collectevents`, described."""

from __future__ import annotations

from typing import Any

from alerts_api.operation import EXAMPLE_ALERT, VERB_ERRORS, Operation
from alerts_api.schemas.answers import EventsAnswer
from alerts_api.schemas.events import CollectEventsBody

_COLLECT_EVENTS_REQUEST: dict[str, Any] = {
    "version": "latest",
    "alertId": EXAMPLE_ALERT,
    "options": {"maximumItemsToReturn": 10, "returnNumRemaining": True},
}

_COLLECT_EVENTS_RESPONSE: dict[str, Any] = {
    "success": True,
    "returnCode": 200,
    "events": [
        {
            "eventId": "evt_0f3a5d7c9b1e2f4a6c8e0d2b4f6a8c1e",
            "clientRef": "trunk-7",
            "alertId": EXAMPLE_ALERT,
            "alertRef": EXAMPLE_ALERT,
            "type": "sms",
            "tag": "crew-sms",
            "event": "sent",
            "alertees": ["+447700900001"],
            "whence": "2026-11-23T12:00:01.250Z",
            "contactId": "c1",
        }
    ],
    "numEventsRemaining": 0,
}

OPERATIONS = (
    Operation(
        method="POST",
        path="/collectevents",
        name="collectEvents",
        tags=("Results",),
        summary="Collect result events",
        description=(
            "Takes waiting events of one alert or of all alerts of the key, oldest first. Each is returned once. "
            "An alert that is unknown, over or not yours has no events. Under an Idempotency-Key an answer that was "
            "lost on its way can be asked for again; use a new key for each collection. With `options.peek` the oldest "
            "events that wait are returned, up to 100, and none is taken."
        ),
        bodies=(CollectEventsBody,),
        answer=EventsAnswer,
        errors=VERB_ERRORS,
        idempotent=True,
        request=_COLLECT_EVENTS_REQUEST,
        response=_COLLECT_EVENTS_RESPONSE,
    ),
)
