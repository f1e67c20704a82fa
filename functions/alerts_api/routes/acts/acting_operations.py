"""What is done to a sent alert, described."""

from __future__ import annotations

from alerts_api.operation import ACT_ERRORS, Operation
from alerts_api.reading_examples import GET_ALERT_RESPONSE
from alerts_api.schemas.acts import AcknowledgeBody, EscalateBody, ResendBody, StopBody
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
    Operation(
        method="POST",
        path="/alerts/{alert_ref}/acknowledge",
        name="acknowledgeAlert",
        tags=("Send",),
        summary="Mark a receiver as having answered",
        description=(
            "For an answer that came by phone or in person. It counts as an answer of the receiver, of kind `marked` "
            "and evidence `marked`: towards the end of the escalation, for `previouslySeen`, and in "
            "`/alerts/{alert_ref}/responses`, where `reply` is the note. The event is `acknowledged`, with `by` and "
            "`note`. A receiver of another alert of the escalation may be named too. After the end of the escalation "
            "the mark is kept and does not count (`after_the_end`). An alert that was cancelled or stopped is 409 "
            f"`SUPERSEDED`.{_WHOSE}"
        ),
        bodies=(AcknowledgeBody,),
        answer=AlertStatusResource,
        errors=ACT_ERRORS,
        idempotent=True,
        request={"contact_id": "c1", "note": "called the control room"},
        response=GET_ALERT_RESPONSE,
    ),
    Operation(
        method="POST",
        path="/alerts/{alert_ref}/resend",
        name="resendAlert",
        tags=("Send",),
        summary="Send again to the receivers whose message failed",
        description=(
            "Every message of the alert in the state `failed` gets another try, under the same alert: `attempts` of "
            "`/alerts/{alert_ref}/recipients` goes up. It has as much time as it had after the acceptance, until the "
            "end of the alert's lifetime; STOP, limits and quiet hours hold as before. Nothing that is delivered, on "
            "its way, unconfirmed, expired or suppressed is sent again, and a message has 20 tries at most. If no "
            "message is `failed`: 409 `NOTHING_FAILED`. It works after the end of the escalation too, but not for who "
            "has answered it; an alert that was cancelled or stopped is 409 `SUPERSEDED`. Steps of an escalation are "
            f"alerts of their own.{_WHOSE}"
        ),
        bodies=(ResendBody,),
        answer=AlertStatusResource,
        errors=ACT_ERRORS,
        idempotent=True,
        request={},
        response=GET_ALERT_RESPONSE,
    ),
)
