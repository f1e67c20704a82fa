"""Response of `/sendalert` with `mode` `plan`."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from itertools import zip_longest
from typing import Annotated, Literal, NotRequired

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from alerts_api.schemas import codes
from alerts_api.schemas.answers import AlertEntry, alert_entries
from alerts_api.schemas.codes import OneOf
from alerts_api.schemas.nothing_sent import NOTHING_ACCEPTED
from tocsin.contacts.domain.channel import Channel
from tocsin.entrypoint.http.problems import failure_of
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.planning.application.plan_send import Plan, PlannedAlert
from tocsin.planning.domain.plan import PlannedMessage
from tocsin.results.domain.reasons import reason_text

_EXACT = with_config(ConfigDict(extra="forbid"))


SAMPLES_PER_ENTRY, SAMPLES_PER_PLAN = 3, 250
"""Most samples. A sample has up to 4 KB, and an answer of API Gateway up to 10 MB."""


@_EXACT
class SampleEntry(TypedDict):
    """What one receiver would read."""

    recipient: Annotated[str, Field(description="as in `recipients`")]
    subject: NotRequired[Annotated[str, Field(description="of an email")]]
    text: Annotated[
        str | None,
        Field(
            description="the text, or the body of the email, up to 4 KB. Without `canReadStores`, names of lookups "
            "stand for values of a stored group, and null for stored content"
        ),
    ]
    segments: NotRequired[Annotated[int, Field(description="sms: parts the whole text is billed as")]]
    truncated: Annotated[bool, Field(description="there is more text")]


@_EXACT
class PlannedEntry(TypedDict):
    """Receivers of one element with the same planned outcome."""

    element: Annotated[int, Field(description="place in the step's `alert` array")]
    alertType: Annotated[str, OneOf(Channel)]
    tag: str
    outcome: codes.PlannedOutcome
    reason: NotRequired[Annotated[codes.Reason, Field(description="why")]]
    reasonText: NotRequired[Annotated[str, Field(description="the same in words; may change")]]
    at: Annotated[str, Field(description="earliest time of sending; for other outcomes, the time of the decision")]
    sendBefore: NotRequired[Annotated[str, Field(description="it is not sent at or after this time")]]
    segments: NotRequired[Annotated[int, Field(description="sms: parts each text is billed as")]]
    estimatedSeconds: NotRequired[
        Annotated[float, Field(description="call: how long one call lasts if every prompt is said once; an estimate")]
    ]
    recipients: Annotated[list[str], Field(description="contact ids, or addresses of plain recipients")]
    samples: NotRequired[
        Annotated[
            list[SampleEntry],
            Field(description="what the first 3 receivers would read, if it is sent or held; 250 a plan at most"),
        ]
    ]


@_EXACT
class PlannedStepAnswer(TypedDict):
    """One alert that would be sent."""

    step: Annotated[int, Field(description="0 is the alert itself, the others are steps of its escalation")]
    at: Annotated[str, Field(description="when it would be accepted")]
    alerts: Annotated[list[AlertEntry], Field(description="as in the response to the call")]
    answersNeeded: NotRequired[
        Annotated[int, Field(description="people who must have answered for no later step to be sent")]
    ]
    ifStopped: NotRequired[
        Annotated[
            list[PlannedEntry], Field(description="what `onStopped` would send if it ended after this step, at once")
        ]
    ]
    entries: Annotated[list[PlannedEntry], Field(description="by element, then by time")]
    estimatedCost: Annotated[
        float,
        Field(description="of its texts, and of one call to each receiver of a call, in US dollars; a rough estimate"),
    ]
    failureReason: NotRequired[Annotated[str, Field(description="why nothing would be sent, in words")]]
    failureCode: NotRequired[
        Annotated[codes.FaultCode | codes.ErrorCode, Field(description="the same as a stable word")]
    ]


@_EXACT
class PlanAnswer(TypedDict):
    """What the call would do. Nothing was sent, stored or counted; it assumes no answers."""

    success: bool
    returnCode: int
    clientRef: str
    mode: Literal["plan"]
    plannedAt: str
    runs: NotRequired[
        Annotated[list[str], Field(description="of a schedule, the first of its runs; the plan is of the first one")]
    ]
    steps: list[PlannedStepAnswer]
    exhaustedAt: NotRequired[Annotated[str, Field(description="end of the escalation if too few people answer")]]
    estimatedCost: Annotated[float, Field(description="of all steps, in US dollars")]
    estimatedCostMost: NotRequired[
        Annotated[float, Field(description="the same if every attempt of every call is answered; only with calls")]
    ]


def plan_answer(plan: Plan) -> PlanAnswer:
    """Return the plan of a call."""
    samples = iter(range(SAMPLES_PER_PLAN))
    found: PlanAnswer = {
        "success": True,
        "returnCode": 200,
        "clientRef": plan.client_ref,
        "mode": "plan",
        "plannedAt": wire_time(plan.made_at),
        "steps": [_step(alert, need, samples) for alert, need in zip_longest(plan.alerts, plan.need)],
        "estimatedCost": _dollars(plan.cost),
    }
    if plan.calls:
        found["estimatedCostMost"] = _dollars(plan.cost_most)
    if plan.runs:
        found["runs"] = [wire_time(at) for at in plan.runs]
    if plan.exhausted_at is not None:
        found["exhaustedAt"] = wire_time(plan.exhausted_at)
    return found


def _step(alert: PlannedAlert, need: int | None, samples: Iterator[int]) -> PlannedStepAnswer:
    found: PlannedStepAnswer = {
        "step": alert.step,
        "at": wire_time(alert.at),
        "alerts": alert_entries(alert.result) if alert.result else [],
        "entries": list(entries_of(alert.messages, samples)),
        "estimatedCost": _dollars(sum(message.cost for message in alert.messages)),
    }
    if need is not None:
        found["answersNeeded"] = need
    if alert.all_clear:
        found["ifStopped"] = list(entries_of(alert.all_clear, samples))
    if alert.error is not None:
        failure = failure_of(alert.error)
        found["failureReason"], found["failureCode"] = failure.sentence, failure.code
    elif alert.result is not None and alert.result.failure_reason is not None:
        found["failureReason"], found["failureCode"] = alert.result.failure_reason, NOTHING_ACCEPTED
    return found


def entries_of(messages: Iterable[PlannedMessage], samples: Iterator[int]) -> Iterable[PlannedEntry]:
    """Return entries of messages with the same outcome, in the order of their first messages.

    Args:
        samples: has one entry for each sample that may still be shown.
    """
    alike: dict[Hashable, PlannedEntry] = {}
    for message in messages:
        measured = message.segments, message.seconds
        place = (message.item, message.outcome, message.reason, message.at, message.send_before, measured)
        if place not in alike:
            alike[place] = _entry(message)
        entry = alike[place]
        entry["recipients"].append(message.contact_id or message.address)
        if len(entry["recipients"]) <= SAMPLES_PER_ENTRY and message.sample and next(samples, None) is not None:
            entry.setdefault("samples", []).extend(_sample(message))
    return alike.values()


def _entry(message: PlannedMessage) -> PlannedEntry:
    entry: PlannedEntry = {
        "element": message.item,
        "alertType": message.channel.value,
        "tag": message.tag,
        "outcome": message.outcome.value,
        "at": wire_time(message.at),
        "recipients": [],
    }
    if message.reason is not None:
        entry["reason"] = message.reason
        entry["reasonText"] = reason_text(message.reason)
    if message.send_before is not None:
        entry["sendBefore"] = wire_time(message.send_before)
    if message.segments is not None:
        entry["segments"] = message.segments
    if message.seconds is not None:
        entry["estimatedSeconds"] = message.seconds
    return entry


def _sample(message: PlannedMessage) -> list[SampleEntry]:
    found = message.sample() if message.sample else None
    if found is None:
        return []
    entry: SampleEntry = {
        "recipient": message.contact_id or message.address,
        "text": found.text,
        "truncated": found.truncated,
    }
    if found.subject is not None:
        entry["subject"] = found.subject
    if message.segments is not None:
        entry["segments"] = message.segments
    return [entry]


def _dollars(millionths: int) -> float:
    return millionths / 1_000_000
