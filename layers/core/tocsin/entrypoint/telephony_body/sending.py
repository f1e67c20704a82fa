"""What senders of telephony events post and are told, and the operations."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from tocsin.entrypoint.http.operation import Operation
from tocsin.telephony.domain.cloud_events import EVENTS_A_CALL

_EXACT = with_config(ConfigDict(extra="forbid"))
_NAME = Field(min_length=1, max_length=255)


@with_config(ConfigDict(extra="allow"))
class CloudEventBody(TypedDict):
    """A CloudEvent 1.0. Up to 20 other attributes are kept and not read."""

    specversion: Literal["1.0"]
    id: Annotated[str, _NAME, Field(description="the sender's; an event of the same `source` and `id` is a repeat")]
    source: Annotated[str, _NAME]
    type: Annotated[str, _NAME, Field(description="for example `call.ended`; other types are kept and do nothing")]
    time: Annotated[str, Field(description="RFC 3339: when it happened; at most 5 minutes ahead")]
    data: Annotated[
        dict[str, Any],
        Field(description="at most 64 KB; `docs/events/<type>.json` is its JSON Schema; unknown fields are kept"),
    ]


@_EXACT
class EventFault(TypedDict):
    """Why an event is refused."""

    code: Annotated[str, Field(json_schema_extra={"x-words": "FaultCode"})]
    message: str
    detail: Annotated[str, Field(description="JSON Pointer within the event")]


@_EXACT
class EventWarning(TypedDict):
    """What is odd about an event that is accepted."""

    pointer: Annotated[str, Field(description="JSON Pointer within the event")]
    code: Annotated[str, Field(json_schema_extra={"x-words": "WarningCode"})]
    message: str


@_EXACT
class EventItem(TypedDict):
    """What became of one event.

    `ignored`: a refreshed registration that no rule asks for. `late`: older than 72 hours; kept, and told to no person.
    """

    id: Annotated[str | None, Field(description="the sender's; null = it cannot be read")]
    event_id: Annotated[str | None, Field(description="ours; null = the event is refused")]
    status: Literal["accepted", "duplicate", "ignored", "late", "refused"]
    warnings: NotRequired[list[EventWarning]]
    errors: NotRequired[list[EventFault]]
    moreErrors: NotRequired[Annotated[bool, Field(description="some faults are not listed")]]


@_EXACT
class EventsAnswerBody(TypedDict):
    """What became of the events of a call, in their order. The three numbers add up to all of them."""

    accepted: Annotated[int, Field(description="with those that are `late` or `ignored`")]
    duplicates: int
    refused: int
    items: list[EventItem]


_EVENT: dict[str, Any] = {
    "specversion": "1.0", "id": "4711", "source": "pbx-1", "type": "call.ended", "time": "2026-11-29T10:00:18Z",
    "data": {
        "callId": "c-4711", "direction": "incoming", "status": "missed", "from": {"number": "+447700900123"},
        "to": {"number": "2010"}, "line": "2010", "durationSeconds": 18,
    },
}  # fmt: skip
_TOLD = {
    "accepted": 1, "duplicates": 0, "refused": 0,
    "items": [{"id": "4711", "event_id": "0c1f7c1d2f0a4a53b1f6d41b0f5e8a77", "status": "accepted"}],
}  # fmt: skip
_LIST = (
    " The schema is that of one event. A list is a JSON array of such events, with the same answer; the generated "
    "clients send one event a call."
)
_LIMITS = (
    f" At most {EVENTS_A_CALL} events and 1 MB a call, 64 KB an event, 200 calls a second for an account. An accepted "
    "event stands: it may be sent again, and is told as a duplicate for seven days. 422: no event was accepted."
)
_ERRORS = (400, 401, 403, 413, 429, 500, 503)


def _sending(path: str, name: str, summary: str, description: str, **more: Any) -> Operation:
    given: dict[str, Any] = {"bodies": (CloudEventBody,), "request": _EVENT, "errors": _ERRORS, **more}
    return Operation(
        method="POST",
        path=path,
        name=name,
        tags=("Telephony events",),
        summary=summary,
        description=description,
        answer=EventsAnswerBody,
        accepted=True,
        judges_each=True,
        response=_TOLD,
        **given,
    )


OPERATIONS = (
    _sending(
        "/events",
        "sendEvents",
        "Send telephony events",
        "Alert rules act on them. The body is a CloudEvent, or a list of such: the structured, the batched and the "
        "binary mode of CloudEvents, or plain JSON. An API key needs the right `canSendEvents`; of people, owners and "
        "admins send events. Of the events of a sandbox key rules are decided and shown, and nothing else happens."
        + _LIST
        + _LIMITS,
    ),
    _sending(
        "/events/{id}",
        "sendPayload",
        "Send what a telephone system tells",
        "For telephone systems: CloudEvents, or JSON and forms in the vendor's own shape. The source proves itself by "
        "Basic (`source_id:secret`), `X-API-Key`, `?token=`, or its vendor's signature. A payload that is of no use is "
        "202 too, and its samples tell why. Requests with Twilio's signature are answered `<Response/>`. OPTIONS "
        "answers the handshake of CloudEvents webhooks.",
        secured=False,
        errors=(400, 401, 413, 429, 500, 503),
    ),
    _sending(
        "/iam/events",
        "sendEventsByRole",
        "Send telephony events as a role of AWS",
        "As `POST /events`, signed by Signature Version 4 in place of a key. The operator names the role and the "
        "account that it sends for. A call without a signature is 404." + _LIST + _LIMITS,
        secured=False,
        errors=(400, 401, 403, 404, 413, 429, 500, 503),
    ),
)
