"""The resources of incidents, described."""

from __future__ import annotations

from typing import Any

from alerts_api.operation import EXAMPLE_ALERT, RESOURCE_ERRORS, Operation, QueryParameter
from alerts_api.reading_examples import GET_ALERT_RESPONSE
from alerts_api.routes.reading_operations import CURSOR, LIMIT
from alerts_api.schemas.incidents import IncidentResource
from tocsin.history.domain.incident_person import PeopleShown

_MESSAGE: dict[str, Any] = {
    "step": 0,
    "alert_ref": EXAMPLE_ALERT,
    "recipient": "~0.0.0",
    "channel": "sms",
    "tag": "crew-sms",
    "address": "+447700900001",
    "state": "delivered",
    "reason": None,
    "reason_text": None,
    "attempts": 1,
    "updated_at": "2026-11-23T12:00:03.250Z",
    "held_until": None,
}

_LINE: dict[str, Any] = {
    "at": "2026-11-23T12:00:00.000Z",
    "kind": "accepted",
    "step": 0,
    "channel": None,
    "answer_kind": None,
    "count": 3,
    "address": None,
    "contact_id": None,
    "text": None,
    "by": None,
    "reason": None,
    "reason_text": None,
}

INCIDENT_RESPONSE: dict[str, Any] = {
    **{
        name: GET_ALERT_RESPONSE[name]
        for name in (
            "alert_ref", "title", "sent_by", "company", "client_ref", "sandbox", "accepted_at", "counts",
            "excluded_count", "escalation",
        )
    },
    "state": "waiting_for_answers",
    "steps": [
        {
            "step": 0,
            "state": "taken",
            "at": "2026-11-23T12:00:00.000Z",
            "alert_ref": EXAMPLE_ALERT,
            "channels": ["sms", "email"],
            "tags": ["crew-sms", "crew-mail"],
            "recipient_count": 3,
        },
        {
            "step": 1,
            "state": "next",
            "at": "2026-11-23T12:05:00.000Z",
            "alert_ref": None,
            "channels": ["sms"],
            "tags": ["chief"],
            "recipient_count": None,
        },
    ],
    "gives_up_at": "2026-11-23T12:10:00.000Z",
    "people": {
        "items": [
            {
                "contact_id": "c1",
                "messages": [_MESSAGE],
                "answer": {"at": "2026-11-23T12:04:30.000Z", "kind": "sms", "step": 0, "text": "on my way", "by": None},
                "not_reached": False,
            }
        ],
        "next_cursor": None,
        "count": 1,
        "answered": 1,
        "not_reached": 0,
    },
    "timeline": [
        {
            **_LINE,
            "at": "2026-11-23T12:04:30.000Z",
            "kind": "answered",
            "answer_kind": "sms",
            "count": None,
            "address": "+447700900001",
            "contact_id": "c1",
            "text": "on my way",
        },
        _LINE,
    ],
    "contents": [
        {
            "step": 0,
            "item": 0,
            "channel": "sms",
            "tag": "crew-sms",
            "recipient_count": 2,
            "sender": "+447700900100",
            "subject": None,
            "text": "Trunk 7 is down. Reply YES if you come.",
            "truncated": False,
            "content_type": None,
            "personal": False,
        }
    ],
}  # fmt: skip

OPERATIONS = (
    Operation(
        method="GET",
        path="/alerts/{alert_ref}/incident",
        name="getIncident",
        tags=("Results",),
        summary="An alert with all steps of its escalation",
        description=(
            "One page for people: a state in a word, the steps with the next one and its time, one entry for each "
            "person over all elements and steps, the timeline, and what was sent. The reference of a step leads to "
            "its first alert. Poll it with `If-None-Match`: 304 says that nothing has changed, and costs little. "
            "Answers that do not count change the `ETag` within 30 seconds. Needs `canReadAlerts`."
        ),
        answer=IncidentResource,
        versioned=True,
        errors=RESOURCE_ERRORS,
        query=(
            QueryParameter(
                "show",
                "which people; default `all`: who has answered, who was not reached, then the rest. `no_answer` is "
                "all who have not answered",
                {"type": "string", "enum": [shown.value for shown in PeopleShown]},
            ),
            LIMIT,
            CURSOR,
        ),
        response=INCIDENT_RESPONSE,
    ),
    Operation(
        method="GET",
        path="/alerts/{alert_ref}/export.csv",
        name="exportResults",
        tags=("Results",),
        summary="The results as a table",
        description=(
            "CSV in UTF-8 with a line for each receiver of each element and step, and excluded receivers at the end. "
            "A field that a spreadsheet would read as a formula begins with an apostrophe; numbers do, because of "
            "their `+`. A table over 4.5 MB is cut: the header `X-Next-Cursor` then has the `cursor` of the next part, "
            "and the file's name ends in `-cut`. Texts of the newest 1,000 answers of each step are in it. Needs "
            "`canReadAlerts`."
        ),
        media="text/csv",
        errors=RESOURCE_ERRORS,
        query=(QueryParameter("cursor", "`X-Next-Cursor` of the part before", CURSOR.schema),),
    ),
)
