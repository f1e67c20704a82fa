"""Every operation of the alerts API, in one table: what it takes, what it answers, how it can fail, an example.

`openapi.py` makes the document of it, `/docs` the page; a test compares it with the routes that are served.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from alerts_api.schemas import answers, resources
from alerts_api.schemas.events import CollectEventsBody
from alerts_api.schemas.limits import PAGE_ITEMS
from alerts_api.schemas.send_alert import SendAlertBody, SendAlertFromStoreBody, SendStoredAlertBody
from alerts_api.schemas.stores import DeleteContentBody, StoreContentBody
from tocsin.domain.alert import Channel
from tocsin.domain.message import MessageState

_REF = "019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a90"
_STORE = "019aa3c4-9f10-7b1e-8c55-0d3c6b5a4f21"
_KEY = "tcs_live_acme_k1_…"

VERB_ERRORS = (400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 501, 503)
"""Statuses an apiKey verb can fail with."""

RESOURCE_ERRORS = (400, 401, 403, 404, 429, 500, 503)


@dataclass(frozen=True, slots=True)
class QueryParameter:
    """One query parameter."""

    name: str
    description: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path.

    Attributes:
        bodies: the shapes a request may have; empty for a GET.
        answer: shape of the 200 answer, or None where it is described by `media`.
        refusal: shape of the 422 answer of a verb that may accept nothing.
        errors: statuses it can fail with.
        idempotent: takes an Idempotency-Key.
        secured: needs an API key.
        request, response: an example of each.
    """

    method: str
    path: str
    name: str
    summary: str
    description: str
    bodies: tuple[type, ...] = ()
    answer: Any = None
    media: str = "application/json"
    refusal: Any = answers.FailedAnswer
    errors: tuple[int, ...] = ()
    query: tuple[QueryParameter, ...] = ()
    idempotent: bool = False
    secured: bool = True
    request: Mapping[str, Any] | None = None
    response: Any = None
    tags: tuple[str, ...] = field(default=())


_LIMIT = QueryParameter("limit", f"entries per page, 1 to {PAGE_ITEMS}", {"type": "integer", "minimum": 1, "maximum": PAGE_ITEMS})
_CURSOR = QueryParameter("cursor", "`next_cursor` of the page before", {"type": "string", "maxLength": 2048})

_ALERT = {
    "alert_ref": _REF,
    "alert_id": _REF,
    "client_ref": "trunk-7",
    "sandbox": False,
    "lane": "urgent",
    "notification": "poll",
    "accepted_at": "2026-11-23T12:00:00.000Z",
    "send_before": "2026-11-23T16:00:00.000Z",
    "expires_at": "2026-12-23T12:00:00.000Z",
    "email_subject_ref": "[ref:7K3QZ2]",
    "recipient_count": 3,
    "items": [
        {"channel": "sms", "tag": "crew-sms", "requested_count": 2, "accepted_count": 2, "failure_reason": None},
        {"channel": "email", "tag": "crew-mail", "requested_count": 1, "accepted_count": 1, "failure_reason": None},
    ],
}

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        method="POST",
        path="/sendalert",
        name="sendAlert",
        tags=("Send",),
        summary="Send an alert",
        description=(
            "One call carries several messages, over several channels, to many people; all results stand under one "
            "`alertRef`. A 200 means: what was accepted will be sent, whatever happens to us. Elements that could not "
            "be accepted say why in their own `failureReason`; if none could, the answer is a 422 and nothing is sent. "
            "With `storeDetails` the alert is taken from a store."
        ),
        bodies=(SendAlertBody, SendAlertFromStoreBody),
        answer=answers.SendAnswer,
        refusal=answers.NothingSentAnswer,
        errors=VERB_ERRORS,
        idempotent=True,
        request={
            "version": "latest",
            "apiKey": _KEY,
            "clientRef": "trunk-7",
            "contactGroup": {
                "inlineContactGroup": {
                    "name": "crew",
                    "contacts": [
                        {"id": "c1", "sms": "+447700900001", "email": "one@example.org"},
                        {"id": "c2", "sms": "+447700900002", "email": ""},
                    ],
                    "sets": [{"name": "on-call", "ids": ["c1"]}],
                }
            },
            "alert": [
                {
                    "alertType": "sms",
                    "tag": "crew-sms",
                    "sender": "Tocsin",
                    "contactSets": ["all"],
                    "content": "Trunk 7 is down since 11:58 UTC.",
                },
                {
                    "alertType": "email",
                    "tag": "crew-mail",
                    "contactSets": ["on-call"],
                    "subject": "Trunk 7 is down",
                    "content": "Trunk 7 is down since 11:58 UTC.",
                },
            ],
            "options": {"notification": "poll"},
        },
        response={
            "success": True,
            "returnCode": 200,
            "clientRef": "trunk-7",
            "alertRef": _REF,
            "alertId": _REF,
            "emailSubjectRef": "[ref:7K3QZ2]",
            "alerts": [
                {
                    "alertType": "sms",
                    "tag": "crew-sms",
                    "success": True,
                    "requestedCount": 2,
                    "sentCount": 2,
                    "remainingCapacity": 998,
                },
                {
                    "alertType": "email",
                    "tag": "crew-mail",
                    "success": True,
                    "requestedCount": 1,
                    "sentCount": 1,
                    "remainingCapacity": None,
                },
            ],
        },
    ),
    Operation(
        method="POST",
        path="/sendstoredalert",
        name="sendStoredAlert",
        tags=("Send",),
        summary="Send an alert that was stored before",
        description="Sends a store of type `alert` by its id or name. Using a store renews it.",
        bodies=(SendStoredAlertBody,),
        answer=answers.SendAnswer,
        refusal=answers.NothingSentAnswer,
        errors=VERB_ERRORS,
        idempotent=True,
        request={"version": "latest", "apiKey": _KEY, "storeName": "trunk-down", "clientRef": "trunk-7"},
        response={
            "success": True,
            "returnCode": 200,
            "clientRef": "trunk-7",
            "alertRef": _REF,
            "alertId": _REF,
            "alerts": [
                {
                    "alertType": "sms",
                    "tag": "crew-sms",
                    "success": True,
                    "requestedCount": 2,
                    "sentCount": 2,
                    "remainingCapacity": None,
                }
            ],
        },
    ),
    Operation(
        method="POST",
        path="/storecontent",
        name="storeContent",
        tags=("Stored content",),
        summary="Keep content for later calls",
        description=(
            "Texts, recorded voice, lists, contact groups and whole alerts, encrypted, found by id or by name. A store "
            "is removed if it is not used for its lifetime (30 days unless you may set another); each use renews it."
        ),
        bodies=(StoreContentBody,),
        answer=answers.StoreAnswer,
        refusal=answers.NothingStoredAnswer,
        errors=VERB_ERRORS,
        idempotent=True,
        request={
            "version": "latest",
            "apiKey": _KEY,
            "content": [
                {
                    "contentType": "recipientList",
                    "tag": "on-call",
                    "content": "+447700900001, +447700900002",
                    "storeDetails": {"storeName": "on-call"},
                }
            ],
        },
        response={
            "success": True,
            "returnCode": 200,
            "content": [
                {
                    "success": True,
                    "tag": "on-call",
                    "contentType": "recipientList",
                    "storeId": _STORE,
                    "storeName": "on-call",
                    "expirationInDays": 30,
                }
            ],
        },
    ),
    Operation(
        method="POST",
        path="/deletecontent",
        name="deleteContent",
        tags=("Stored content",),
        summary="Remove stored content",
        description="One store by its id, every store of a type (`storeId` `all`), or with `all` every store of the key.",
        bodies=(DeleteContentBody,),
        answer=answers.StoreAnswer,
        refusal=answers.NothingStoredAnswer,
        errors=VERB_ERRORS,
        idempotent=True,
        request={"version": "latest", "apiKey": _KEY, "content": [{"storeId": _STORE, "tag": "on-call"}]},
        response={
            "success": True,
            "returnCode": 200,
            "content": [
                {
                    "success": True,
                    "tag": "on-call",
                    "contentType": "recipientList",
                    "storeId": _STORE,
                    "storeName": "on-call",
                }
            ],
        },
    ),
    Operation(
        method="POST",
        path="/collectevents",
        name="collectEvents",
        tags=("Results",),
        summary="Collect what happened",
        description=(
            "Takes waiting events of one alert or of all alerts of the key, oldest first. Each event is given out once. "
            "An alert that is unknown, over or not yours has no events."
        ),
        bodies=(CollectEventsBody,),
        answer=answers.EventsAnswer,
        errors=VERB_ERRORS,
        request={
            "version": "latest",
            "apiKey": _KEY,
            "alertId": _REF,
            "options": {"maximumItemsToReturn": 10, "returnNumRemaining": True},
        },
        response={
            "success": True,
            "returnCode": 200,
            "events": [
                {
                    "eventId": "evt_0f3a5d7c9b1e2f4a6c8e0d2b4f6a8c1e",
                    "clientRef": "trunk-7",
                    "alertId": _REF,
                    "alertRef": _REF,
                    "type": "sms",
                    "tag": "crew-sms",
                    "event": "sent",
                    "alertees": ["+447700900001"],
                    "whence": "2026-11-23T12:00:01.250Z",
                    "contactId": "c1",
                }
            ],
            "numEventsRemaining": 0,
        },
    ),
    Operation(
        method="GET",
        path="/alerts",
        name="listAlerts",
        tags=("Results",),
        summary="Sent alerts, newest first",
        description="All alerts of your account that were sent with keys of the same kind (live or sandbox). Needs `canReadAlerts`.",
        answer=resources.AlertListResource,
        errors=RESOURCE_ERRORS,
        query=(_LIMIT, _CURSOR),
        response={"alerts": [_ALERT], "next_cursor": None},
    ),
    Operation(
        method="GET",
        path="/alerts/{alert_ref}",
        name="getAlert",
        tags=("Results",),
        summary="One alert and how far it has come",
        description="Counts per state; they may lag a few seconds behind the messages. Needs `canReadAlerts`.",
        answer=resources.AlertStatusResource,
        errors=RESOURCE_ERRORS,
        response={**_ALERT, "state": "completed", "counts": {**{s.value: 0 for s in MessageState}, "sent": 3}},
    ),
    Operation(
        method="GET",
        path="/alerts/{alert_ref}/recipients",
        name="listRecipients",
        tags=("Results",),
        summary="Who was to be reached, and what became of it",
        description="Every receiver in the order given, element by element. Needs `canReadAlerts`.",
        answer=resources.RecipientListResource,
        errors=RESOURCE_ERRORS,
        query=(
            _LIMIT,
            _CURSOR,
            QueryParameter("state", "only messages in this state", {"type": "string", "enum": [s.value for s in MessageState]}),
            QueryParameter("channel", "only this channel", {"type": "string", "enum": [c.value for c in Channel]}),
        ),
        response={
            "recipients": [
                {
                    "address": "+447700900001",
                    "contact_id": "c1",
                    "channel": "sms",
                    "tag": "crew-sms",
                    "state": "sent",
                    "reason": None,
                    "attempts": 1,
                    "provider_id": "8f0b6c1e-…",
                    "possible_duplicate": False,
                    "updated_at": "2026-11-23T12:00:01.250Z",
                }
            ],
            "next_cursor": None,
        },
    ),
    Operation(
        method="GET",
        path="/health",
        name="getHealth",
        tags=("About",),
        summary="Whether the API is up",
        description="Answers without asking anything behind it.",
        answer=answers.Health,
        secured=False,
        errors=(429, 500),
        response={"status": "ok"},
    ),
    Operation(
        method="GET",
        path="/openapi.json",
        name="getOpenApi",
        tags=("About",),
        summary="This document",
        description="The OpenAPI 3.1 description of this API.",
        secured=False,
        errors=(429, 500),
    ),
    Operation(
        method="GET",
        path="/docs",
        name="getDocs",
        tags=("About",),
        summary="This document, to read",
        description="The same as a page.",
        media="text/html",
        secured=False,
        errors=(429, 500),
    ),
)
