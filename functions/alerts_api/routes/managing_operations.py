"""`/getinfo` and `/setinfo`, described."""

from __future__ import annotations

from typing import Any

from alerts_api.operation import EXAMPLE_ALERT, VERB_ERRORS, Operation
from alerts_api.schemas.info import GetInfoBody, SetInfoBody
from alerts_api.schemas.info_answers import GetInfoAnswer

_SETTINGS = {
    "apiKeyFriendlyName": "Night shift",
    "sandboxed": False,
    "defaultNotification": "callback",
    "defaultNotificationFormat": "json",
    "defaultCallbackUrl": "https://hooks.example.org/alerts",
    "transliterate": True,
    "ownerEmail": "night-shift@example.org",
    "clickCounts": False,
}

_GET_INFO_REQUEST: dict[str, Any] = {
    "version": "latest",
    "getCapacityInfo": True,
    "getSendingLimitInfo": True,
    "getLimitInfo": True,
    "getMessages": True,
    "messageOptions": {"unreportedOnly": True, "markReported": True, "maximumMessages": 50},
}

_GET_INFO_RESPONSE: dict[str, Any] = {
    "success": True,
    "returnCode": 200,
    "info": {
        **_SETTINGS,
        "capacities": {"call": None, "email": None, "sms": 996},
        "sendingLimits": {
            "countries": ["GB"],
            "specialNumbers": False,
            "perReceiver": {"count": 5, "seconds": 900},
            "callsPerReceiver": {"count": 6, "seconds": 3600},
            "perAccount": None,
            "dailySpendLimitUsd": 500.0,
            "spentTodayUsd": 0.18,
            "paused": [],
        },
        "limits": {
            "recipients": 10_000,
            "personalRecipients": 500,
            "textCharacters": 1_600,
            "mailBytes": 1_048_576,
            "callBytes": 268_435_456,
            "bodyBytes": 1_048_576,
            "receiversInAllSteps": 50_000,
        },
        "messages": [
            {
                "messageId": "msg_5f1d0c2ab0a8b6c1d2e3f405",
                "whence": "2026-11-21T12:00:05.000Z",
                "severity": "warning",
                "category": "general",
                "code": "number_rate",
                "message": "text messages wait: one receiver got as many as the account allows in a short time",
                "alertId": EXAMPLE_ALERT,
            }
        ],
    },
}

_SET_INFO_REQUEST: dict[str, Any] = {
    "version": "latest",
    "defaultNotification": "callback",
    "defaultCallbackUrl": "https://hooks.example.org/alerts",
    "transliterate": True,
    "ownerEmail": "night-shift@example.org",
    "callback": {"callbackUrl": "https://hooks.example.org/alerts", "rotateSecret": True},
}

_SET_INFO_RESPONSE: dict[str, Any] = {
    "success": True,
    "returnCode": 200,
    "info": _SETTINGS,
    "callback": {
        "endpoint": {
            "endpointId": "6f1c0f5dbb0a1f8f2a8a6a3b1c9b1b9d4f3a9c1f0e7d6c5b4a39281706f5e4d3",
            "callbackUrl": "https://hooks.example.org/alerts",
            "state": "enabled",
            "created": "2026-11-21T12:00:05.000Z",
        },
        "secret": "whsec_" + "QUJDRA" * 7 + "==",
    },
}

OPERATIONS = (
    Operation(
        method="POST",
        path="/getinfo",
        name="getInfo",
        tags=("Your key",),
        summary="Ask about your key",
        description=(
            "Settings, capacities, stores, sending limits, limits of one call, callback endpoints, and messages about "
            "events after the response. Each can be read for 30 days; with `unreportedOnly` and `markReported` it is "
            "returned exactly once."
        ),
        bodies=(GetInfoBody,),
        answer=GetInfoAnswer,
        errors=VERB_ERRORS,
        request=_GET_INFO_REQUEST,
        response=_GET_INFO_RESPONSE,
    ),
    Operation(
        method="POST",
        path="/setinfo",
        name="setInfo",
        tags=("Your key",),
        summary="Change the defaults of your key",
        description=(
            "Its friendly name, the default way to report results, whether text messages are converted to the GSM "
            "7-bit alphabet, and the owner's email address. Your operator changes rights, capacities and limits. "
            "Omitted fields stay unchanged. `callback` changes one callback endpoint: it makes a new signing secret "
            "(shown once; every call makes another, except repeats under the same Idempotency-Key), enables or "
            "disables the endpoint, delivers failed events again, or sends a test event."
        ),
        bodies=(SetInfoBody,),
        answer=GetInfoAnswer,
        errors=VERB_ERRORS,
        idempotent=True,
        request=_SET_INFO_REQUEST,
        response=_SET_INFO_RESPONSE,
    ),
)
