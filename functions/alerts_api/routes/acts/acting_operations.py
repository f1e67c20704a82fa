"""What is done to a sent alert, described."""

from __future__ import annotations

from alerts_api.operation import ACT_ERRORS, Operation
from alerts_api.reading_examples import GET_ALERT_RESPONSE
from alerts_api.schemas.acts import EscalateBody, StopBody
from alerts_api.schemas.resources import AlertStatusResource

_WHOSE = " Only the key that sent the alert may do this; it needs no right."
_ENDED = "If the escalation had ended in another way, nothing is done: 409 `SUPERSEDED`, and `how` says how it ended."

OPERATIONS = (
    Operation(
        method="POST",
        path="/alerts/{alert_ref}/escalate",
        name="escalateAlert",
        tags=("Send",),
        summary="Send the next step of an escalation now",
        description=(
            "The step is sent within seconds, and the one after it is due as long after it as the call said; "
            "`next_due_at` of the answer is now. If another step is the next by then, nothing is done: 409 "
            "`SUPERSEDED`, `how: moved_on`. If every step was sent and too few people answered, the alert is "
            f"returned unchanged. {_ENDED} Any alert of the escalation may be named.{_WHOSE}"
        ),
        bodies=(EscalateBody,),
        answer=AlertStatusResource,
        errors=ACT_ERRORS,
        idempotent=True,
        request={"step": 1},
        response=GET_ALERT_RESPONSE,
    ),
    Operation(
        method="POST",
        path="/alerts/{alert_ref}/stop",
        name="stopAlert",
        tags=("Send",),
        summary="Stop an alert and its escalation",
        description=(
            "What is not sent yet never goes out, as by `/cancelalerts`, of any alert of the escalation. With "
            "`all_clear` everybody who was contacted gets `escalation.onStopped`; without one in the call this is 422 "
            f"`NOT_POSSIBLE`, and nothing is stopped. Stopping twice in the same way is harmless. {_ENDED} "
            f"Any alert of the escalation may be named.{_WHOSE}"
        ),
        bodies=(StopBody,),
        answer=AlertStatusResource,
        errors=ACT_ERRORS,
        idempotent=True,
        request={"all_clear": True},
        response=GET_ALERT_RESPONSE,
    ),
)
