"""The explanation of one receiver as a resource."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from alerts_api.schemas import codes
from alerts_api.schemas.codes import OneOf
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.domain.message import MessageState
from tocsin.history.application.explain import Explanation
from tocsin.history.domain.explanation import ChainLine, Found
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.results.domain.reasons import REASONS, reason_text

_EXACT = with_config(ConfigDict(extra="forbid"))


@_EXACT
class ExplainedElement(TypedDict):
    """One element of the alert that names the receiver."""

    item: Annotated[int, Field(description="place of the element in the call's `alert` array")]
    channel: Annotated[str, OneOf(Channel)]
    tag: str
    state: Annotated[codes.MessageState | Literal["excluded"], Field(description="state of the message")]
    reason: Annotated[codes.Reason | None, Field(description="reason of the state")]
    reason_text: Annotated[str | None, Field(description="the same in words; may change")]


@_EXACT
class ExplainedLine(TypedDict):
    """One event."""

    at: Annotated[str, Field(description="time of the event")]
    code: codes.ExplanationCode
    reason: Annotated[
        codes.Reason | codes.CauseKind | codes.ResponseKind | None,
        Field(
            description="why; of `accepted` the cause of the alert, of an answer that counts its type, of another why "
            "it does not; null if the code says all"
        ),
    ]
    reason_text: Annotated[str | None, Field(description="`reason` as a sentence; null if it is a cause or a type")]
    text: Annotated[str, Field(description="the same for a person; may change")]
    item: Annotated[int | None, Field(description="the element it is about; null = the alert as a whole")]
    attempt: Annotated[int | None, Field(description="which try of the message")]
    until: Annotated[str | None, Field(description="when it goes on, where it waits")]
    counted: Annotated[bool | None, Field(description="of an answer: it counts; else null")]
    evidence: Annotated[codes.Evidence | None, Field(description="of an answer; else null")]


@_EXACT
class ExplanationResource(TypedDict):
    """What one receiver got or did not get, with reasons."""

    alert_ref: str
    recipient: str
    contact_id: str | None
    elements: list[ExplainedElement]
    chain: Annotated[list[ExplainedLine], Field(description="oldest first")]


def explanation(recipient: str, found: Explanation) -> ExplanationResource:
    """Return the explanation of one receiver."""
    return {
        "alert_ref": found.alert.ref,
        "recipient": recipient,
        "contact_id": found.contact_id,
        "elements": [_element(place) for place in found.found],
        "chain": [_line(line) for line in found.lines],
    }


def _element(place: Found) -> ExplainedElement:
    if place.excluded is not None:
        state, reason = "excluded", place.excluded.reason
    else:
        state = (place.message.state if place.message else MessageState.QUEUED).value
        reason = (place.message.reason or "") if place.message else ""
    item = place.item
    return {
        "item": item.index,
        "channel": item.channel.value,
        "tag": item.tag,
        "state": state,
        "reason": reason or None,
        "reason_text": reason_text(reason) if reason else None,
    }


def _line(line: ChainLine) -> ExplainedLine:
    reason = line.reason or ""
    return {
        "at": wire_time(line.at),
        "code": line.code,
        "reason": line.reason,
        "reason_text": reason_text(reason) if reason in REASONS else None,
        "text": line.text,
        "item": line.item,
        "attempt": line.attempt,
        "until": None if line.until is None else wire_time(line.until),
        "counted": line.counted,
        "evidence": None if line.evidence is None else line.evidence.value,
    }
