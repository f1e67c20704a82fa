"""The response to a call of which nothing was accepted, and the receivers in it."""

from __future__ import annotations

from typing import Annotated, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from alerts_api.schemas import codes
from alerts_api.schemas.answers import AlertEntry, FailedAnswer
from alerts_api.schemas.codes import OneOf
from tocsin.alerts.domain.exclusion import pointer_to
from tocsin.alerts.domain.result import NAMED_AT_MOST, SendResult
from tocsin.contacts.domain.channel import Channel
from tocsin.results.domain.reasons import reason_text

_EXACT = with_config(ConfigDict(extra="forbid"))
NOTHING_ACCEPTED = "NOTHING_ACCEPTED"
"""`failureCode` of an alert of which nothing was accepted."""

NAMED = f"the first {NAMED_AT_MOST} receivers that were asked for, each with why it was not accepted"


@_EXACT
class ExcludedEntry(TypedDict):
    """A receiver that was not accepted."""

    pointer: Annotated[str, Field(description="where the request names the receiver")]
    address: Annotated[str, Field(description="as written, at most 254 characters; empty for a contact without one")]
    contactId: NotRequired[str]
    alertType: Annotated[str, OneOf(Channel)]
    tag: str
    reason: Annotated[codes.Reason, Field(description="why")]
    reasonText: Annotated[str, Field(description="the same in words; may change")]


@_EXACT
class NothingSentAnswer(FailedAnswer):
    """No element could be accepted; nothing will be sent."""

    alerts: NotRequired[list[AlertEntry]]
    excluded: NotRequired[Annotated[list[ExcludedEntry], Field(description=NAMED)]]


def excluded_entries(result: SendResult, at: str = "") -> list[ExcludedEntry]:
    """Return the receivers of a call of which nothing was accepted; `at` is the pointer of the alert in the request."""
    entries: list[ExcludedEntry] = []
    for index, who in result.excluded:
        item = result.items[index]
        entry: ExcludedEntry = {
            "pointer": at + pointer_to(who.place, index),
            "address": who.address,
            "alertType": item.channel.value,
            "tag": item.tag,
            "reason": who.reason,
            "reasonText": reason_text(who.reason),
        }
        if who.contact_id is not None:
            entry["contactId"] = who.contact_id
        entries.append(entry)
    return entries
