"""`/cancelalerts`, described."""

from __future__ import annotations

from typing import Any

from alerts_api.operation import EXAMPLE_ALERT, VERB_ERRORS, Operation
from alerts_api.schemas.cancels import CancelAlertsBody, CancelAnswer, NothingCancelledAnswer

_CANCEL_ALERTS_REQUEST: dict[str, Any] = {
    "version": "latest",
    "cancel": [{"alertId": EXAMPLE_ALERT}, {"linkRef": "trunk-7"}],
}

_CANCEL_ALERTS_RESPONSE: dict[str, Any] = {
    "success": True,
    "returnCode": 200,
    "cancel": [
        {
            "success": True,
            "alertId": EXAMPLE_ALERT,
            "alertRef": EXAMPLE_ALERT,
            "cancelledAt": "2026-11-21T12:00:05.000Z",
            "stoppedCount": 3950,
            "mayStillGoCount": 25,
            "openCount": 3975,
        },
        {
            "success": True,
            "linkRef": "trunk-7",
            "cancelledAt": "2026-11-21T12:00:05.004Z",
            "stoppedCount": 0,
            "mayStillGoCount": 0,
            "openCount": 0,
        },
    ],
}

OPERATIONS = (
    Operation(
        method="POST",
        path="/cancelalerts",
        name="cancelAlerts",
        tags=("Send",),
        summary="Cancel alerts",
        description=(
            "Stops messages that have not been submitted to a provider. `stoppedCount` of them never go out; "
            "`mayStillGoCount` had been taken by a worker, which looks once more before it calls the provider. Each "
            "entry has a result of its own; cancelling twice is harmless. A message that is not sent any more ends as "
            "`cancelled`."
        ),
        bodies=(CancelAlertsBody,),
        answer=CancelAnswer,
        refusal=NothingCancelledAnswer,
        errors=VERB_ERRORS,
        idempotent=True,
        for_company=True,
        request=_CANCEL_ALERTS_REQUEST,
        response=_CANCEL_ALERTS_RESPONSE,
    ),
)
