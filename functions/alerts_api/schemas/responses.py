"""Answers of people as resources."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from alerts_api.schemas import codes
from alerts_api.schemas.codes import OneOf
from tocsin.alerts.domain.alert import Alert
from tocsin.contacts.domain.channel import Channel
from tocsin.history.application.read_responses import AlertResponses
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.responses.domain.reply_event import wire_text
from tocsin.responses.domain.response import Response
from tocsin.results.domain.reasons import reason_text

_EXACT = with_config(ConfigDict(extra="forbid"))


@_EXACT
class ResponseResource(TypedDict):
    """One answer of a person to a message."""

    kind: codes.ResponseKind
    address: Annotated[str, Field(description="who answered")]
    contact_id: str | None
    channel: Annotated[str, OneOf(Channel), Field(description="of the message that is answered")]
    tag: str
    responded_at: str
    reply: Annotated[
        str, Field(description="the text of the answer, without the quoted message; empty if there is none")
    ]
    reply_encoding: Annotated[str, OneOf(("utf8", "base64")), Field(description="of `reply`")]
    late: Annotated[bool, Field(description="a newer alert had gone to this receiver by then")]
    matched: Annotated[bool, Field(description="false: it may be to another alert; it counts for none")]
    evidence: codes.Evidence
    counted: Annotated[bool, Field(description="whether it counts as an answer")]
    reason: Annotated[codes.Reason | None, Field(description="why it does not count; null if it does")]
    reason_text: Annotated[str | None, Field(description="`reason` as a sentence")]
    not_ok: Annotated[
        bool, Field(description="the person is not well or cannot come: it counts, but ends no escalation")
    ]
    details: Annotated[
        dict[str, Any],
        Field(
            description="what only answers of this kind have, named as in events; of a key in a call `status`, "
            "`digits`, and `attempt` or `callBack`"
        ),
    ]


@_EXACT
class ResponseListResource(TypedDict):
    """A page of answers, in no order of time."""

    items: list[ResponseResource]
    next_cursor: Annotated[str | None, Field(description="give it as `cursor` for what follows; null at the end")]


def response_list(page: AlertResponses) -> ResponseListResource:
    """Return a page of answers."""
    return {
        "items": [_response(page.alert, response) for response in page.responses],
        "next_cursor": page.next,
    }


def _response(alert: Alert, response: Response) -> ResponseResource:
    item = alert.item(response.key.item)
    assert item is not None
    reply, encoding = wire_text(response.text)
    reason = response.uncounted_reason
    return {
        "kind": response.kind.value,
        "address": response.address,
        "contact_id": response.contact_id,
        "channel": item.channel.value,
        "tag": item.tag,
        "responded_at": wire_time(response.at),
        "reply": reply,
        "reply_encoding": encoding,
        "late": response.late,
        "matched": response.matched,
        "evidence": response.evidence.value,
        "counted": response.counted,
        "reason": reason,
        "reason_text": None if reason is None else reason_text(reason),
        "not_ok": response.not_ok,
        "details": dict(response.details),
    }
