"""Records of the history of alert rules as answers have them, and their operations."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from tocsin.alert_rules.application.history_rows import HistoryRow
from tocsin.entrypoint.http.operation import RESOURCE_ERRORS, Operation, QueryParameter
from tocsin.kernel.domain.wire_time import wire_time

_EXACT = with_config(ConfigDict(extra="forbid"))


def record(row: HistoryRow) -> dict[str, Any]:
    """Return a record as answers show it."""
    reason, action = row.reason, row.action
    return {
        "id": row.id,
        "alert_rule": row.run.rule,
        "rule_version": row.run.rule_version,
        "notification_id": row.notification,
        "trigger_ids": list(row.run.trigger_ids),
        "entities": list(row.run.entities),
        "channel": row.channel and row.channel.value,
        "recipient": row.recipient,
        "status": row.status.value,
        "reason": reason and {"code": reason.code, "message": reason.message, "detail": reason.detail},
        "action": action
        and {
            "service": action.service, "operation": action.operation, "request": dict(action.request),
            "response": action.response and dict(action.response), "http_status": action.http_status,
        },
        "event_id": row.run.event,
        "attempts": row.attempts,
        "created_at": wire_time(row.created_at),
        "updated_at": wire_time(row.updated_at),
        "held_until": row.waits_until and wire_time(row.waits_until),
        "test": row.run.test,
    }  # fmt: skip


@_EXACT
class ReasonResource(TypedDict):
    """Why a message failed."""

    code: Annotated[str, Field(description="a stable word")]
    message: str
    detail: Annotated[str | None, Field(description="what the other side said")]


@_EXACT
class ActionResource(TypedDict):
    """The call that sends the message; secrets are masked."""

    service: Annotated[str, Field(description="sns, sms-voice, ses or https")]
    operation: str
    request: dict[str, Any]
    response: dict[str, Any] | None
    http_status: int | None


@_EXACT
class HistoryRecord(TypedDict):
    """A message, a webhook, or a line that is held."""

    id: Annotated[str, Field(description="its id, for ever")]
    alert_rule: str
    rule_version: int
    notification_id: Annotated[str | None, Field(description="null for a line that is held")]
    trigger_ids: list[str]
    entities: Annotated[list[str], Field(description="descriptions of the triggers, as they were")]
    channel: Literal["EMAIL", "SMS", "WEBHOOK"] | None
    recipient: Annotated[str | None, Field(description="of a webhook: scheme, host and path")]
    status: Literal["PENDING", "SUCCESS", "FAILED"]
    reason: Annotated[ReasonResource | None, Field(description="null unless the status is FAILED")]
    action: ActionResource | None
    event_id: str
    attempts: int
    created_at: str
    updated_at: str
    held_until: Annotated[str | None, Field(description="when it is told or tried next, if it waits")]
    test: bool


@_EXACT
class HistoryList(TypedDict):
    """Records, newest event first. A page may be short, or empty, with a `next_cursor`."""

    items: list[HistoryRecord]
    next_cursor: str | None


_TEXT = {"type": "string"}
_TIME = {"type": "string", "format": "date-time"}
_RUN = "0192f0c4-7c00-7000-8000-00000000000b"
_RECORD: dict[str, Any] = {
    "id": f"{_RUN}.0", "alert_rule": "0192f0c4-7c00-7000-8000-00000000000a", "rule_version": 3,
    "notification_id": "n1", "trigger_ids": ["t1"], "entities": ["Support"], "channel": "EMAIL",
    "recipient": "ana@example.org", "status": "SUCCESS", "reason": None,
    "action": {"service": "ses", "operation": "SendEmail", "request": {"to": "ana@example.org"},
               "response": {"message_id": "0102-3f"}, "http_status": None},
    "event_id": "3f9c2a713f9c2a713f9c2a713f9c2a71", "attempts": 1, "created_at": "2026-11-21T10:00:19.000Z",
    "updated_at": "2026-11-21T10:00:20.000Z", "held_until": None, "test": False,
}  # fmt: skip
_NEED = (
    "Who may see the rule reads its history, for 90 days; of a deleted rule those who could see it. What a throttle "
    "stopped or a digest collects stands in explanations only."
)

OPERATIONS = (
    Operation(
        method="GET", path="/alert_rules/{id}/history", name="listHistory", tags=("Alert rules",),
        summary="Read what a rule sent",
        description=f"{_NEED} All filters hold together.",
        query=(
            QueryParameter("from", "the event was received then or later", _TIME),
            QueryParameter("to", "the event was received before", _TIME),
            QueryParameter("channel", "EMAIL, SMS or WEBHOOK, in any case", _TEXT),
            QueryParameter("status", "PENDING, SUCCESS or FAILED, in any case", _TEXT),
            QueryParameter("recipient", "an address, or a webhook's URL without query", _TEXT),
            QueryParameter("entity", "description of a trigger, whole; for rules about calls only", _TEXT),
            QueryParameter("line", "id, extension or alias; for rules about registrations only", _TEXT),
            QueryParameter("extension", "the same as `line`", _TEXT),
            QueryParameter("test", "id of a test", _TEXT),
            QueryParameter("limit", "events of a page; all messages of an event stand together",
                           {"type": "integer", "minimum": 1, "maximum": 100}),
            QueryParameter("cursor", "`next_cursor` of the page before", _TEXT),
        ),
        answer=HistoryList, errors=RESOURCE_ERRORS, response={"items": [_RECORD], "next_cursor": None},
    ),
    Operation(
        method="GET", path="/alert_rules/{id}/history/{history_id}", name="getHistoryRecord", tags=("Alert rules",),
        summary="Read one message of a rule", description=_NEED, answer=HistoryRecord, errors=RESOURCE_ERRORS,
        response=_RECORD,
    ),
)  # fmt: skip
