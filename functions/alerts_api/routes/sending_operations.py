"""`/sendalert`, `/sendalerts` and `/sendstoredalert`, described."""

from __future__ import annotations

from typing import Any

from alerts_api.operation import EXAMPLE_ALERT, VERB_ERRORS, Operation
from alerts_api.routes.scheduling_operations import SCHEDULED
from alerts_api.schemas.answers import SendAnswer
from alerts_api.schemas.nothing_sent import NothingSentAnswer
from alerts_api.schemas.plans import PlanAnswer
from alerts_api.schemas.schedules import DeferredAnswer, NoneSentAnswer, ScheduledAnswer, SendAlertsAnswer
from alerts_api.schemas.send_alert import SendAlertBody, SendAlertFromStoreBody, SendAlertsBody, SendStoredAlertBody
from alerts_api.schemas.triggers import ActiveAnswer, SentAndActiveAnswer

_SEND_ALERT_REQUEST: dict[str, Any] = {
    "version": "latest",
    "clientRef": "trunk-7",
    "contactGroup": {
        "inlineContactGroup": {
            "name": "crew",
            "contacts": [
                {"id": "c1", "sms": "+447700900001", "email": "one@example.org", "lookups": {"firstname": "Ana"}},
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
            "content": "{firstname}, trunk 7 is down ({datetime-Europe/London-HH:mm}). Seen it? {shortlink}",
            "lookups": {"shortlink": {"reference": "trunk-7-seen", "url": "https://noc.example.org/trunks/7"}},
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
}

_SEND_ALERT_RESPONSE: dict[str, Any] = {
    "success": True,
    "returnCode": 200,
    "clientRef": "trunk-7",
    "alertRef": EXAMPLE_ALERT,
    "alertId": EXAMPLE_ALERT,
    "emailSubjectRef": "[TX-1YC76VQ1P3]",
    "alerts": [
        {
            "alertType": "sms",
            "tag": "crew-sms",
            "success": True,
            "requestedCount": 2,
            "sentCount": 2,
            "remainingCapacity": 998,
            "segments": 1,
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
}

_SEND_STORED_ALERT_REQUEST: dict[str, Any] = {
    "version": "latest",
    "storeName": "trunk-down",
    "clientRef": "trunk-7",
}

_SEND_STORED_ALERT_RESPONSE: dict[str, Any] = {
    "success": True,
    "returnCode": 200,
    "clientRef": "trunk-7",
    "alertRef": EXAMPLE_ALERT,
    "alertId": EXAMPLE_ALERT,
    "alerts": [
        {
            "alertType": "sms",
            "tag": "crew-sms",
            "success": True,
            "requestedCount": 2,
            "sentCount": 2,
            "remainingCapacity": None,
            "segments": 1,
        }
    ],
}

_TEXT: dict[str, Any] = {
    "alertType": "sms",
    "tag": "crew-sms",
    "sender": "Tocsin",
    "recipients": ["+447700900001"],
    "content": "Trunk 7 is down.",
}

_SEND_ALERTS_REQUEST: dict[str, Any] = {
    "version": "latest",
    "alerts": [
        {"clientRef": "trunk-7", "alert": [_TEXT]},
        {
            "clientRef": "trunk-7-later",
            "alert": [{**_TEXT, "content": "Trunk 7: is anybody there?"}],
            "options": {"schedule": {"start": "now", "delay": "15m"}},
        },
    ],
}

_SEND_ALERTS_RESPONSE: dict[str, Any] = {
    "success": True,
    "returnCode": 200,
    "results": [
        {
            "success": True,
            "returnCode": 200,
            "clientRef": "trunk-7",
            "alertRef": EXAMPLE_ALERT,
            "alertId": EXAMPLE_ALERT,
            "alerts": [
                {
                    "alertType": "sms",
                    "tag": "crew-sms",
                    "success": True,
                    "requestedCount": 1,
                    "sentCount": 1,
                    "remainingCapacity": None,
                    "segments": 1,
                }
            ],
        },
        {**SCHEDULED, "clientRef": "trunk-7-later", "nextRunAt": "2026-11-23T12:15:00.000Z"},
    ],
}

OPERATIONS = (
    Operation(
        method="POST",
        path="/sendalert",
        name="sendAlert",
        tags=("Send",),
        summary="Send an alert",
        description=(
            "One call carries several messages, over several channels, to many people; all results stand under one "
            "`alertRef`. A 200 means that the accepted messages will be sent, also after a failure of ours. Elements "
            "that could not be accepted have a `failureReason` of their own; if none could, the response is a 422 and "
            "nothing is sent. "
            "With `storeDetails` the alert is taken from a store. With `options.schedule` it is stored and sent later, "
            "once or again and again; with `deferral` it is stored and not sent. `schedule.delay` is an hour by "
            "default, also with an explicit `start`; times without an offset are your account's wall clock. "
            "With `trigger` it is stored and waits for a keyword, or, if the trigger names a stored alert, that one "
            "waits and this one is sent. With `escalation` further steps follow until enough people have answered. "
            "With `mode` `plan` nothing is sent; the response says what would be sent to whom and when."
        ),
        bodies=(SendAlertBody, SendAlertFromStoreBody),
        answer=SendAnswer,
        others=(ScheduledAnswer, DeferredAnswer, ActiveAnswer, SentAndActiveAnswer, PlanAnswer),
        refusal=NothingSentAnswer,
        errors=VERB_ERRORS,
        idempotent=True,
        for_company=True,
        request=_SEND_ALERT_REQUEST,
        response=_SEND_ALERT_RESPONSE,
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
        for_company=True,
        request=_SEND_ALERTS_REQUEST,
        response=_SEND_ALERTS_RESPONSE,
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
        answer=SendAnswer,
        others=(ScheduledAnswer,),
        refusal=NothingSentAnswer,
        errors=VERB_ERRORS,
        idempotent=True,
        for_company=True,
        request=_SEND_STORED_ALERT_REQUEST,
        response=_SEND_STORED_ALERT_RESPONSE,
    ),
)
