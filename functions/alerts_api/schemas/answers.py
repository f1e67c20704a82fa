"""Response bodies of the apiKey verbs. They are plain dictionaries, because no code reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, NotRequired, cast

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from alerts_api.schemas import codes
from alerts_api.schemas.codes import OneOf
from alerts_api.schemas.replies import ReplyFields
from tocsin.alerts.domain.result import ItemResult, SendResult
from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.warnings import Warned
from tocsin.results.application.collect import Collected
from tocsin.results.domain.event_object import event_object
from tocsin.voice.domain.verdict import CallStatus

_EXACT = with_config(ConfigDict(extra="forbid"))


@_EXACT
class ErrorEntry(TypedDict):
    """One thing that is wrong, and how to correct it."""

    pointer: Annotated[str, Field(description="JSON pointer into the request; empty = the whole request")]
    code: Annotated[codes.FaultCode | codes.ErrorCode, Field(description="like REQUIRED or UNKNOWN_FIELD")]
    message: str


@_EXACT
class WarningEntry(TypedDict):
    """Something that was done, and may not be what was meant."""

    pointer: Annotated[str, Field(description="JSON pointer into the request")]
    code: codes.WarningCode
    message: str


@_EXACT
class FailedAnswer(TypedDict):
    """Nothing was done."""

    success: Annotated[bool, Field(description="false")]
    returnCode: Annotated[int, Field(description="the HTTP status")]
    failureReason: Annotated[str, Field(description="what went wrong, in one line")]
    failureCode: Annotated[codes.FaultCode | codes.ErrorCode, Field(description="the same as a stable word")]
    errors: list[ErrorEntry]
    moreErrors: NotRequired[Annotated[bool, Field(description="true: there are more than the 100 that are listed")]]
    allowed: NotRequired[Annotated[int, Field(description="of a 413: the limit, in what `failureReason` names")]]
    counted: NotRequired[Annotated[int, Field(description="of a 413: how many there are, if all were counted")]]
    requestId: NotRequired[Annotated[str, Field(description="quote it when you ask for help")]]
    clientRef: NotRequired[str]


@_EXACT
class AlertEntry(TypedDict):
    """The result of one element of the call."""

    alertType: Annotated[str, OneOf(Channel)]
    tag: str
    success: bool
    requestedCount: Annotated[int, Field(description="receivers asked for, after expansion")]
    sentCount: Annotated[int, Field(description="receivers accepted for sending")]
    remainingCapacity: Annotated[int | None, Field(description="what is left on this channel; null = unlimited")]
    segments: NotRequired[
        Annotated[
            int,
            Field(
                description="sms only: parts the text is billed as; with lookups that of the longest text among the "
                "receivers, short links counted in full"
            ),
        ]
    ]
    charactersReplaced: NotRequired[
        Annotated[int, Field(description="sms only: characters of the text that became `?` on the way to GSM 7-bit")]
    ]
    failureReason: NotRequired[Annotated[str, Field(description="why fewer were accepted, in words")]]
    failureCode: NotRequired[Annotated[codes.Reason, Field(description="the same as a stable word")]]
    warnings: NotRequired[Annotated[list[WarningEntry], Field(description="they change nothing of the result")]]


@_EXACT
class SendAnswer(TypedDict):
    """The call was accepted as a whole or in part. The accepted messages will be sent."""

    success: bool
    returnCode: int
    clientRef: str
    alertRef: Annotated[str, Field(description="the alert's id")]
    alertId: Annotated[str, Field(description="the same as alertRef")]
    emailSubjectRef: NotRequired[Annotated[str, Field(description="stands in every subject of this alert")]]
    alerts: list[AlertEntry]


@_EXACT
class EventEntry(ReplyFields):
    """One event of a message, or an action of its receiver."""

    eventId: Annotated[str, Field(description="the same event always has the same id")]
    clientRef: str
    alertId: str
    alertRef: Annotated[str, Field(description="empty for a mail to a trigger mailbox that sent nothing")]
    type: Annotated[str, OneOf(Channel), Field(description="the channel")]
    tag: str
    event: codes.Event
    alertees: Annotated[list[str], Field(description="the receiver's address; empty if it is about no single one")]
    whence: Annotated[str, Field(description="when, UTC")]
    contactId: NotRequired[str]
    reason: NotRequired[Annotated[codes.Reason, Field(description="why")]]
    reasonText: NotRequired[Annotated[str, Field(description="the same in words; may change")]]
    possibleDuplicate: NotRequired[Annotated[bool, Field(description="the receiver may have got it twice")]]
    heldUntil: NotRequired[Annotated[str, Field(description="when the wait that `reason` names ends, UTC")]]
    status: NotRequired[Annotated[str, OneOf(CallStatus), Field(description="of a call: what it came to")]]
    attempt: NotRequired[Annotated[int, Field(description="of a call: its number, from 1; of the last one at the end")]]
    attempts: NotRequired[Annotated[int, Field(description="of a `callComplete`: how many calls we placed")]]
    ringSeconds: NotRequired[Annotated[float, Field(description="from dialling to the answer, or to the end")]]
    durationSeconds: NotRequired[Annotated[float, Field(description="from the answer to the end; 0 = not answered")]]
    digits: NotRequired[Annotated[str, Field(description="all keys of the call in order, at most 30")]]
    heard: NotRequired[
        Annotated[
            str,
            OneOf(("none", "part", "all")),
            Field(description="how much of the message was heard; missing if a key may have cut it short"),
        ]
    ]
    machine: NotRequired[Annotated[bool, Field(description="an answering machine took the call, as the provider says")]]
    callBack: NotRequired[Annotated[bool, Field(description="the receiver had called back; it is no attempt of ours")]]
    reply: NotRequired[Annotated[str, Field(description="what the receiver answered, without the quoted message")]]
    replyEncoding: NotRequired[Annotated[str, OneOf(("utf8", "base64")), Field(description="of `reply`")]]
    reaction: NotRequired[
        Annotated[bool, Field(description="`reply` is a reaction to a text, as phones send it: `Liked “…”`")]
    ]
    counted: NotRequired[Annotated[bool, Field(description="of an answer or visit: it counts; if not, see `reason`")]]
    evidence: NotRequired[Annotated[codes.Evidence, Field(description="of an answer or visit")]]
    notOk: NotRequired[
        Annotated[bool, Field(description="the receiver is not well or cannot come: it counts, but ends no escalation")]
    ]
    notice: NotRequired[
        Annotated[str, Field(description="`POSSIBLE_OPT_OUT`: `reply` holds a word by which people opt out")]
    ]
    truncated: NotRequired[Annotated[bool, Field(description="`reply` was longer than what is kept")]]
    late: NotRequired[Annotated[bool, Field(description="a newer alert had gone to this receiver by then")]]
    keyword: NotRequired[
        Annotated[
            str,
            Field(description="of a `keyword`: the keyword; of a reply: a carrier keyword, stop, start or help"),
        ]
    ]
    alerter: NotRequired[Annotated[str, Field(description="of a `keyword`: who wrote it, or answered by the link")]]
    storeId: NotRequired[Annotated[str, Field(description="of a `keyword`: the stored alert that it fired")]]
    candidates: NotRequired[Annotated[list[str], Field(description="alerts that an unmatched reply may belong to")]]
    spf: NotRequired[
        Annotated[str, Field(description="the mail server's own word on the sender: pass, fail … (RFC 8601)")]
    ]
    dkim: NotRequired[Annotated[str, Field(description="its own word on the signature")]]
    dmarc: NotRequired[Annotated[str, Field(description="its own word on the domain")]]
    shortlinkReference: NotRequired[Annotated[str, Field(description="`shortlink.reference`, or the client reference")]]
    classification: NotRequired[Annotated[codes.ClickClassification, Field(description="who clicked")]]
    verdict: NotRequired[
        Annotated[codes.ClickClassification, Field(description="the same as `classification`, until version 1.0")]
    ]
    browser: NotRequired[str]
    os: NotRequired[Annotated[str, Field(description="the operating system: iOS, Android, Windows …")]]
    device: NotRequired[Annotated[str, Field(description="phone, tablet or computer")]]
    language: NotRequired[str]
    scheduledAlertId: NotRequired[Annotated[str, Field(description="of an alert that a schedule sent: the schedule")]]
    scheduleId: NotRequired[Annotated[str, Field(description="the same as `scheduledAlertId`")]]
    step: NotRequired[Annotated[int, Field(description="the latest step of the escalation; 0 = the first alert")]]
    steps: NotRequired[Annotated[int, Field(description="how many steps the escalation has")]]
    stepAlertId: NotRequired[Annotated[str, Field(description="the alert that the step sent")]]
    answered: NotRequired[Annotated[int, Field(description="different people who have answered the escalation")]]
    needed: NotRequired[Annotated[int, Field(description="how many had to")]]
    answerType: NotRequired[Annotated[codes.ResponseKind, Field(description="the answer that ended it, or `marked`")]]
    note: NotRequired[Annotated[str, Field(description="what the client wrote who marked the receiver")]]
    answeredAlertId: NotRequired[Annotated[str, Field(description="the alert of the escalation that was answered")]]
    by: NotRequired[
        Annotated[str, Field(description="who asked for it, if a client did: `key:` and the id of its key")]
    ]
    allClear: NotRequired[
        Annotated[bool, Field(description="of a `cancelled`: the all-clear goes to everybody who was contacted")]
    ]
    version: NotRequired[Annotated[int, Field(description="of two events of one message, the higher one is the later")]]


@_EXACT
class EventsAnswer(TypedDict):
    """Collected events, oldest first."""

    success: bool
    returnCode: int
    clientRef: NotRequired[str]
    events: list[EventEntry]
    numEventsRemaining: NotRequired[int]


def alert_entries(result: SendResult, at: str = "") -> list[AlertEntry]:
    """Return what became of each element, in request order.

    Args:
        at: pointer of the alert in the request.
    """
    return [_alert_entry(item, at, index) for index, item in enumerate(result.items)]


def warning_entries(warnings: Sequence[Warned], at: str, alert: str = "") -> list[WarningEntry]:
    """Return warnings whose pointers begin at the entry `at`, or at the alert."""
    return [
        {
            "pointer": (alert if each.of_alert else at) + each.pointer,
            "code": each.code.value,
            "message": each.message,
        }
        for each in warnings
    ]


def _alert_entry(item: ItemResult, at: str, index: int) -> AlertEntry:
    entry: AlertEntry = {
        "alertType": item.channel.value,
        "tag": item.tag,
        "success": item.success,
        "requestedCount": item.requested,
        "sentCount": item.sent,
        "remainingCapacity": item.remaining,
    }
    if item.segments is not None:
        entry["segments"] = item.segments
    if item.replaced:
        entry["charactersReplaced"] = item.replaced
    if item.failure_reason is not None:
        entry["failureReason"] = item.failure_reason
    if item.failure_code is not None:
        entry["failureCode"] = item.failure_code
    if item.warnings:
        entry["warnings"] = warning_entries(item.warnings, f"{at}/alert/{index}", at)
    return entry


def send_answer(result: SendResult, at: str = "") -> SendAnswer:
    """Return the answer to a call of which something was accepted; `at` is the pointer of the alert in it."""
    assert result.alert_ref is not None
    answer: SendAnswer = {
        "success": True,
        "returnCode": 200,
        "clientRef": result.client_ref,
        "alertRef": result.alert_ref,
        "alertId": result.alert_ref,
        "alerts": alert_entries(result, at),
    }
    if result.email_subject_ref is not None:
        answer["emailSubjectRef"] = result.email_subject_ref
    return answer


def events_answer(collected: Collected, client_ref: str | None) -> EventsAnswer:
    """Return collected events."""
    events = [event_object(event) for event in collected.events]
    answer: EventsAnswer = {"success": True, "returnCode": 200, "events": cast("list[EventEntry]", events)}
    if client_ref is not None:
        answer["clientRef"] = client_ref
    if collected.remaining is not None:
        answer["numEventsRemaining"] = collected.remaining
    return answer
