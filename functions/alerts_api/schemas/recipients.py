"""Receivers of an alert, as resources."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from alerts_api.schemas import codes
from alerts_api.schemas.codes import OneOf
from tocsin.contacts.domain.channel import Channel
from tocsin.history.application.read_alerts import RecipientPage, RecipientRow
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.results.domain.reasons import reason_text

_EXACT = with_config(ConfigDict(extra="forbid"))


@_EXACT
class RecipientResource(TypedDict):
    """One receiver of one element, and the state of their message."""

    recipient: Annotated[str | None, Field(description="names this receiver for `explain`; null if excluded")]
    address: Annotated[
        str, Field(description="excluded with an address that is not valid: as written, at most 254 characters")
    ]
    contact_id: str | None
    channel: Annotated[str, OneOf(Channel)]
    tag: str
    state: codes.MessageState | Literal["excluded"]
    reason: Annotated[codes.Reason | None, Field(description="reason of the state; null if the state says all")]
    reason_text: Annotated[str | None, Field(description="the same in words; may change")]
    pointer: Annotated[
        str | None,
        Field(description="excluded: where the request names this receiver, as a JSON pointer; else null"),
    ]
    attempts: int
    provider_id: str | None
    possible_duplicate: bool
    updated_at: str
    segments: Annotated[int | None, Field(description="sms: parts this receiver's text is billed as")]
    responded_at: Annotated[str | None, Field(description="when this message was first answered; null = not yet")]
    held_until: Annotated[str | None, Field(description="held: when the wait that `reason` names ends; else null")]


@_EXACT
class RecipientListResource(TypedDict):
    """Receivers in the order they were given. A page may be short while `next_cursor` says that more follows."""

    items: list[RecipientResource]
    next_cursor: Annotated[str | None, Field(description="give it as `cursor` for what follows; null at the end")]


def recipient_list(page: RecipientPage) -> RecipientListResource:
    """Return a page of receivers."""
    return {"items": [_recipient(row) for row in page.rows], "next_cursor": page.next}


def _recipient(row: RecipientRow) -> RecipientResource:
    return {
        "recipient": row.place,
        "address": row.address,
        "contact_id": row.contact_id,
        "channel": row.channel.value,
        "tag": row.tag,
        "state": str(row.state),
        "reason": row.reason,
        "reason_text": None if row.reason is None else reason_text(row.reason),
        "pointer": row.pointer,
        "attempts": row.attempts,
        "provider_id": row.provider_id,
        "possible_duplicate": row.possible_duplicate,
        "updated_at": wire_time(row.updated_at),
        "segments": row.segments,
        "responded_at": None if row.responded_at is None else wire_time(row.responded_at),
        "held_until": None if row.held_until is None else wire_time(row.held_until),
    }
