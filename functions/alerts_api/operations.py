"""Every operation of the alerts API, in one table: what it takes, what it answers, how it can fail, an example.

`openapi.py` makes the document of it, `/docs` the page; a test compares it with the routes that are served.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from alerts_api import examples
from alerts_api.schemas import answers, resources, responses
from alerts_api.schemas.cancels import CancelAlertsBody, CancelAnswer, NothingCancelledAnswer
from alerts_api.schemas.deletes import DeleteContentBody
from alerts_api.schemas.events import CollectEventsBody
from alerts_api.schemas.explanations import ExplanationResource
from alerts_api.schemas.info import GetInfoBody, SetInfoBody
from alerts_api.schemas.info_answers import GetInfoAnswer
from alerts_api.schemas.plans import PlanAnswer
from alerts_api.schemas.schedules import (
    ChangedAnswer,
    DeferredAnswer,
    NoneSentAnswer,
    ScheduledAlertBody,
    ScheduledAnswer,
    ScheduleStoredAlertBody,
    SendAlertsAnswer,
)
from alerts_api.schemas.send_alert import SendAlertBody, SendAlertFromStoreBody, SendAlertsBody, SendStoredAlertBody
from alerts_api.schemas.stores import StoreContentBody
from alerts_api.schemas.triggers import ArmedAnswer, SentAndArmedAnswer
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.domain.message import MessageState
from tocsin.entrypoint.alert_body.limits import PAGE_ITEMS

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
        others: what else the 200 answer may be.
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
    others: tuple[type, ...] = ()
    media: str = "application/json"
    refusal: Any = answers.FailedAnswer
    errors: tuple[int, ...] = ()
    query: tuple[QueryParameter, ...] = ()
    idempotent: bool = False
    secured: bool = True
    request: Mapping[str, Any] | None = None
    response: Any = None
    tags: tuple[str, ...] = field(default=())


_LIMIT = QueryParameter(
    "limit", f"entries per page, 1 to {PAGE_ITEMS}", {"type": "integer", "minimum": 1, "maximum": PAGE_ITEMS}
)
_CURSOR = QueryParameter("cursor", "`next_cursor` of the page before", {"type": "string", "maxLength": 2048})


def _one_of(words: type[StrEnum]) -> dict[str, Any]:
    return {"type": "string", "enum": [word.value for word in words]}


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
            "With `storeDetails` the alert is taken from a store. With `options.schedule` it is stored and sent later, "
            "once or again and again; with `deferral` it is stored and not sent. `schedule.delay` is an hour if it is "
            "left out, also with an explicit `start`; times without an offset are your account's wall clock. "
            "With `trigger` it is stored and waits for a keyword, or, if the trigger names a stored alert, that one "
            "waits and this one is sent. With `escalation` further steps follow until enough people have answered. "
            "With `mode` `plan` nothing is done, and the answer says what would be done to whom and when."
        ),
        bodies=(SendAlertBody, SendAlertFromStoreBody),
        answer=answers.SendAnswer,
        others=(ScheduledAnswer, DeferredAnswer, ArmedAnswer, SentAndArmedAnswer, PlanAnswer),
        refusal=answers.NothingSentAnswer,
        errors=VERB_ERRORS,
        idempotent=True,
        request=examples.SEND_ALERT_REQUEST,
        response=examples.SEND_ALERT_RESPONSE,
    ),
    Operation(
        method="POST",
        path="/sendalerts",
        name="sendAlerts",
        tags=("Send",),
        summary="Send several alerts, at once or later",
        description=(
            "Up to ten alerts, each as in `/sendalert` without version and key: for example one that goes at once and "
            "its scheduled follow-ups, linked or not. All are accepted together, or none. Together they may be about "
            "as large as one alert to 10,000 people; more is refused as too large."
        ),
        bodies=(SendAlertsBody,),
        answer=SendAlertsAnswer,
        refusal=NoneSentAnswer,
        errors=VERB_ERRORS,
        idempotent=True,
        request=examples.SEND_ALERTS_REQUEST,
        response=examples.SEND_ALERTS_RESPONSE,
    ),
    Operation(
        method="POST",
        path="/sendstoredalert",
        name="sendStoredAlert",
        tags=("Send",),
        summary="Send an alert that was stored before",
        description=(
            "Sends a store of type `alert` by its id or name; with `options.schedule` later. Using a store renews it."
        ),
        bodies=(SendStoredAlertBody,),
        answer=answers.SendAnswer,
        others=(ScheduledAnswer,),
        refusal=answers.NothingSentAnswer,
        errors=VERB_ERRORS,
        idempotent=True,
        request=examples.SEND_STORED_ALERT_REQUEST,
        response=examples.SEND_STORED_ALERT_RESPONSE,
    ),
    Operation(
        method="POST",
        path="/schedulestoredalert",
        name="scheduleStoredAlert",
        tags=("Schedules",),
        summary="Send a stored alert later",
        description=(
            "Once, or again and again until `end`. Days, weeks and months are steps on your account's calendar, so "
            "every day at nine stays at nine when the clocks change: a time in a gap runs at the first instant after "
            "it, one that occurs twice at the first. Every run has an `alertRef` of its own. A run that comes up more "
            "than 15 minutes late is left out; you are told by `/getinfo`."
        ),
        bodies=(ScheduleStoredAlertBody,),
        answer=ScheduledAnswer,
        refusal=answers.NothingSentAnswer,
        errors=VERB_ERRORS,
        idempotent=True,
        request=examples.SCHEDULE_STORED_ALERT_REQUEST,
        response=examples.SCHEDULE_STORED_ALERT_RESPONSE,
    ),
    Operation(
        method="POST",
        path="/pausescheduledalert",
        name="pauseScheduledAlert",
        tags=("Schedules",),
        summary="Pause a scheduled alert",
        description="It does not run until it is resumed. What is confirmed before a run is due wins.",
        bodies=(ScheduledAlertBody,),
        answer=ChangedAnswer,
        errors=VERB_ERRORS,
        idempotent=True,
        request=examples.CHANGE_SCHEDULED_ALERT_REQUEST,
        response=examples.PAUSE_SCHEDULED_ALERT_RESPONSE,
    ),
    Operation(
        method="POST",
        path="/resumescheduledalert",
        name="resumeScheduledAlert",
        tags=("Schedules",),
        summary="Resume a scheduled alert",
        description=(
            "One that runs once keeps its time if that is still ahead, and runs at once if it has passed. A repeating "
            "one goes on at its next regular run."
        ),
        bodies=(ScheduledAlertBody,),
        answer=ChangedAnswer,
        errors=VERB_ERRORS,
        idempotent=True,
        request=examples.CHANGE_SCHEDULED_ALERT_REQUEST,
        response=examples.RESUME_SCHEDULED_ALERT_RESPONSE,
    ),
    Operation(
        method="POST",
        path="/cancelscheduledalert",
        name="cancelScheduledAlert",
        tags=("Schedules",),
        summary="Cancel a scheduled alert",
        description="It never runs again. Its stored alert stays, and so does what earlier runs have sent.",
        bodies=(ScheduledAlertBody,),
        answer=ChangedAnswer,
        errors=VERB_ERRORS,
        idempotent=True,
        request=examples.CHANGE_SCHEDULED_ALERT_REQUEST,
        response=examples.CANCEL_SCHEDULED_ALERT_RESPONSE,
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
        request=examples.STORE_CONTENT_REQUEST,
        response=examples.STORE_CONTENT_RESPONSE,
    ),
    Operation(
        method="POST",
        path="/deletecontent",
        name="deleteContent",
        tags=("Stored content",),
        summary="Remove stored content",
        description="One store by its id, every store of a type (`storeId` `all`), or with `all: true` everything.",
        bodies=(DeleteContentBody,),
        answer=answers.StoreAnswer,
        refusal=answers.NothingStoredAnswer,
        errors=VERB_ERRORS,
        idempotent=True,
        request=examples.DELETE_CONTENT_REQUEST,
        response=examples.DELETE_CONTENT_RESPONSE,
    ),
    Operation(
        method="POST",
        path="/cancelalerts",
        name="cancelAlerts",
        tags=("Send",),
        summary="Cancel alerts",
        description=(
            "Stops what has not been handed over yet, best effort: for about two seconds more a message may still go "
            "out. Each entry has a result of its own; cancelling twice is harmless. A message that did not go out any "
            "more ends as `cancelled`."
        ),
        bodies=(CancelAlertsBody,),
        answer=CancelAnswer,
        refusal=NothingCancelledAnswer,
        errors=VERB_ERRORS,
        idempotent=True,
        request=examples.CANCEL_ALERTS_REQUEST,
        response=examples.CANCEL_ALERTS_RESPONSE,
    ),
    Operation(
        method="POST",
        path="/collectevents",
        name="collectEvents",
        tags=("Results",),
        summary="Collect what happened",
        description=(
            "Takes waiting events of one alert or of all alerts of the key, oldest first. Each is given out once. "
            "An alert that is unknown, over or not yours has no events. Under an Idempotency-Key an answer that was "
            "lost on its way can be asked for again; use a new key for each collection."
        ),
        bodies=(CollectEventsBody,),
        answer=answers.EventsAnswer,
        errors=VERB_ERRORS,
        idempotent=True,
        request=examples.COLLECT_EVENTS_REQUEST,
        response=examples.COLLECT_EVENTS_RESPONSE,
    ),
    Operation(
        method="POST",
        path="/getinfo",
        name="getInfo",
        tags=("Your key",),
        summary="Ask about your key",
        description=(
            "Settings, capacities, stores, brakes, receivers of callbacks, and messages about what no answer could "
            "tell you any more. Each can be read for 30 days; with `unreportedOnly` and `markReported` it is returned "
            "exactly once."
        ),
        bodies=(GetInfoBody,),
        answer=GetInfoAnswer,
        errors=VERB_ERRORS,
        request=examples.GET_INFO_REQUEST,
        response=examples.GET_INFO_RESPONSE,
    ),
    Operation(
        method="POST",
        path="/setinfo",
        name="setInfo",
        tags=("Your key",),
        summary="Change the defaults of your key",
        description=(
            "Its friendly name, how results are told when a call does not say, and whether text messages are put into "
            "the GSM alphabet, and who is mailed about it. "
            "Rights, capacities and brakes are your operator's to change. What is left out stays. "
            "`callback` does something to one receiver of callbacks: a new signing secret (shown once; every "
            "call makes another, but for repeats under the same Idempotency-Key), on or off, and once more what failed."
        ),
        bodies=(SetInfoBody,),
        answer=GetInfoAnswer,
        errors=VERB_ERRORS,
        idempotent=True,
        request=examples.SET_INFO_REQUEST,
        response=examples.SET_INFO_RESPONSE,
    ),
    Operation(
        method="GET",
        path="/alerts",
        name="listAlerts",
        tags=("Results",),
        summary="Sent alerts, newest first",
        description=(
            "All alerts of your account that were sent with keys of the same kind (live or sandbox). "
            "Needs `canReadAlerts`."
        ),
        answer=resources.AlertListResource,
        errors=RESOURCE_ERRORS,
        query=(_LIMIT, _CURSOR),
        response=examples.LIST_ALERTS_RESPONSE,
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
        response=examples.GET_ALERT_RESPONSE,
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
            QueryParameter(
                "state", "only messages in this state", {"type": "string", "enum": [s.value for s in MessageState]}
            ),
            QueryParameter("channel", "only this channel", {"type": "string", "enum": [c.value for c in Channel]}),
        ),
        response=examples.LIST_RECIPIENTS_RESPONSE,
    ),
    Operation(
        method="GET",
        path="/alerts/{alert_ref}/responses",
        name="listResponses",
        tags=("Results",),
        summary="What people answered",
        description=(
            "Every answer to the alert: texts, mails, key presses and clicks, in no order of time. An answer that may "
            "be to one of several alerts stands with each, as `matched: false`. Needs `canReadAlerts`."
        ),
        answer=responses.ResponseListResource,
        errors=RESOURCE_ERRORS,
        query=(_LIMIT, _CURSOR),
        response=examples.LIST_RESPONSES_RESPONSE,
    ),
    Operation(
        method="GET",
        path="/alerts/{alert_ref}/explain/{recipient}",
        name="explainRecipient",
        tags=("Results",),
        summary="Why somebody got it, or did not",
        description=(
            "Everything that was sent, delayed, left out, suppressed, skipped or failed for one receiver, with stable "
            "words for why, oldest first. `recipient` is a contact id, or the `recipient` of an entry of "
            "`/alerts/{alert_ref}/recipients`. Needs `canReadAlerts`."
        ),
        answer=ExplanationResource,
        errors=RESOURCE_ERRORS,
        response=examples.EXPLAIN_RESPONSE,
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
        response=examples.GET_HEALTH_RESPONSE,
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
