"""The timeline of an incident: what happened to it, newest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.response_kind import Evidence, ResponseKind
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.domain.message import MessageState
from tocsin.escalation.domain.escalation import Escalation, EscalationState
from tocsin.history.domain.incident_state import NOT_REACHED
from tocsin.history.domain.message_facts import MessageFacts
from tocsin.responses.domain.response import Response

FAILURES_TOLD = 5
"""Messages of one element that failed with a line each. More of them have one line together."""


class TimelineKind(StrEnum):
    """What a line of the timeline is about."""

    ACCEPTED = "accepted"
    STEP = "step"
    STEP_WITHOUT_ALERT = "step_without_alert"
    DELIVERED = "delivered"
    NOT_REACHED = "not_reached"
    ANSWERED = "answered"
    ANSWER_NOT_COUNTED = "answer_not_counted"
    CANCELLED = "cancelled"
    ACKNOWLEDGED = "acknowledged"
    EXHAUSTED = "exhausted"
    ALL_CLEAR = "all_clear"


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line.

    Attributes:
        step: the step it is about, None for the whole incident.
        channel: of the messages it is about.
        answer: how the person answered.
        count: how many messages or receivers it is about, None = one or none.
        address, contact_id: of the one person it is about. Personal data.
        text: what the person wrote. Personal data.
        reason: stable word for why.
        by: who did it, like `key:<id>`; None = no person or key by name.
        evidence: of an answer.
        not_ok: the answer says that the person is not well, or cannot come.
    """

    at: datetime
    kind: TimelineKind
    step: int | None = None
    channel: Channel | None = None
    answer: ResponseKind | None = None
    count: int | None = None
    address: str | None = None
    contact_id: str | None = None
    text: str | None = None
    reason: str | None = None
    by: str | None = None
    evidence: Evidence | None = None
    not_ok: bool = False


@dataclass(frozen=True, slots=True)
class MessageEnd:
    """A message that has reached its receiver, or did not."""

    step: int
    channel: Channel
    address: str
    contact_id: str | None
    facts: MessageFacts


def timeline(
    alerts: Sequence[Alert | None],
    escalation: Escalation | None,
    all_clear: Alert | None,
    answers: Sequence[tuple[int, Response]],
    ends: Sequence[MessageEnd],
) -> list[TimelineEntry]:
    """Return the lines, newest first.

    Args:
        alerts: the alert of each step; None for one that sent nothing or has expired.
        answers: answers with the step of their alert.
        ends: messages that have ended, if there are few enough to name them.
    """
    lines = [
        *_of_steps(alerts, escalation),
        *(_of_answer(step, response) for step, response in answers),
        *_of_messages(ends),
        *_of_the_end(alerts, escalation),
    ]
    if all_clear is not None:
        lines.append(TimelineEntry(all_clear.accepted_at, TimelineKind.ALL_CLEAR, count=all_clear.recipients))
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _of_steps(alerts: Sequence[Alert | None], escalation: Escalation | None) -> Iterator[TimelineEntry]:
    for step, alert in enumerate(alerts):
        if alert is not None:
            kind = TimelineKind.STEP if step else TimelineKind.ACCEPTED
            asked = escalation.requested if escalation is not None else None
            by = asked.by if asked is not None and asked.step == step else None
            yield TimelineEntry(alert.accepted_at, kind, step, count=alert.recipients, by=by)
        elif escalation is not None and step == escalation.step:
            # Of earlier steps without an alert the time is not kept.
            yield TimelineEntry(escalation.stepped_at, TimelineKind.STEP_WITHOUT_ALERT, step)


def _of_answer(step: int, response: Response) -> TimelineEntry:
    kind = TimelineKind.ANSWERED if response.counted else TimelineKind.ANSWER_NOT_COUNTED
    return TimelineEntry(
        response.at,
        kind,
        step,
        answer=response.kind,
        address=response.address,
        contact_id=response.contact_id,
        text=response.text or None,
        reason=response.uncounted_reason,
        by=response.details.get("by"),
        evidence=response.evidence,
        not_ok=response.not_ok,
    )


def _of_messages(ends: Sequence[MessageEnd]) -> Iterator[TimelineEntry]:
    groups: dict[tuple[int, Channel, bool], list[MessageEnd]] = defaultdict(list)
    for end in ends:
        if end.facts.state is MessageState.DELIVERED or end.facts.state in NOT_REACHED:
            groups[end.step, end.channel, end.facts.state is MessageState.DELIVERED].append(end)
    for (step, channel, delivered), those in groups.items():
        latest = max(end.facts.updated_at for end in those)
        if delivered:
            yield TimelineEntry(latest, TimelineKind.DELIVERED, step, channel, count=len(those))
        elif len(those) > FAILURES_TOLD:
            yield TimelineEntry(latest, TimelineKind.NOT_REACHED, step, channel, count=len(those))
        else:
            yield from map(_not_reached, those)


def _not_reached(end: MessageEnd) -> TimelineEntry:
    return TimelineEntry(
        end.facts.updated_at,
        TimelineKind.NOT_REACHED,
        end.step,
        end.channel,
        address=end.address,
        contact_id=end.contact_id,
        reason=end.facts.reason,
    )


def _of_the_end(alerts: Sequence[Alert | None], escalation: Escalation | None) -> Iterator[TimelineEntry]:
    first = alerts[0]
    if escalation is not None and escalation.answered >= escalation.need and escalation.by is not None:
        yield TimelineEntry(escalation.by.at, TimelineKind.ACKNOWLEDGED, count=escalation.answered)
    elif escalation is not None and escalation.state is EscalationState.EXHAUSTED and escalation.ended_at is not None:
        yield TimelineEntry(escalation.ended_at, TimelineKind.EXHAUSTED, count=escalation.answered)
    elif first is not None and first.cancelled_at is not None:
        by = escalation.ended_by if escalation is not None else None
        yield TimelineEntry(first.cancelled_at, TimelineKind.CANCELLED, by=by)
    elif escalation is not None and escalation.state is EscalationState.CANCELLED and escalation.ended_at is not None:
        yield TimelineEntry(escalation.ended_at, TimelineKind.CANCELLED, by=escalation.ended_by)
