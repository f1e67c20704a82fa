"""Why one receiver got, or did not get, what: the causal chain of one alert, told line by line.

Pure: facts in, lines out, in the order in which they happened. Nothing is guessed; every line is a row somebody wrote.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.alerts.domain.cause import CauseKind
from tocsin.alerts.domain.exclusion import Exclusion
from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.domain.delivery_terms import delivery_terms
from tocsin.delivery.domain.message import Message, MessageState, Step
from tocsin.history.domain.reasons import reason_text
from tocsin.responses.domain.response import Response


@dataclass(frozen=True, slots=True)
class Line:
    """One link of the chain.

    Attributes:
        at: when it happened.
        code: stable word for what happened.
        reason: stable word for why, None where the code says it all.
        text: one sentence for a person; names nobody.
        item: place of the element it is about, None if it is about the alert.
        attempt: which try of the message, None before the first.
        until: when it goes on, where it waits.
    """

    at: datetime
    code: str
    reason: str | None
    text: str
    item: int | None = None
    attempt: int | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One place where the receiver stands in an alert: what was owed, what became of it, and what came back.

    Attributes:
        excluded: set if the receiver was asked for and left out; then there is no message.
        message: None while no worker has taken it.
        responses: answers to this message, matched or not.
    """

    item: AlertItem
    recipient: Recipient | None = None
    excluded: Exclusion | None = None
    message: Message | None = None
    responses: tuple[Response, ...] = ()


_CAUSES = {
    CauseKind.SCHEDULE: "a schedule set it off",
    CauseKind.ESCALATION: "a step of an escalation set it off: too few had answered",
    CauseKind.ALL_CLEAR: "an escalation was stopped, and who had been contacted is told",
    CauseKind.TRIGGER: "a keyword or a link set it off",
}

_STEPS = {
    MessageState.SENDING: ("taken", "a worker took it to hand it over"),
    MessageState.SENT: ("sent", "the provider took it"),
    MessageState.DELIVERED: ("delivered", "it arrived"),
    MessageState.HELD: ("held", "it waits"),
    MessageState.RETRY_WAIT: ("delayed", "it waits for another try"),
    MessageState.UNKNOWN: ("unknown", "nobody knows whether the provider has it; its report is awaited"),
    MessageState.UNCONFIRMED: ("unconfirmed", "no report came; it may have arrived"),
    MessageState.FAILED: ("failed", "it was given up"),
    MessageState.EXPIRED: ("expired", "it became too old to be sent"),
    MessageState.SUPPRESSED: ("suppressed", "it was not sent"),
    MessageState.SKIPPED: ("skipped", "it was not needed any more"),
    MessageState.CANCELLED: ("cancelled", "the alert was cancelled before it was sent"),
}
"""What each step into a state is called, and what it says."""


def chain(alert: Alert, found: list[Found], now: datetime) -> list[Line]:
    """Return the whole story of one receiver of an alert, oldest line first."""
    lines = [_accepted(alert)]
    for place in found:
        lines += _of_place(alert, place)
    if alert.cancelled_at is not None:
        lines.append(Line(alert.cancelled_at, "alert_cancelled", None, "the alert was cancelled"))
    if alert.stopped_at is not None:
        lines.append(Line(alert.stopped_at, "escalation_stopped", None, "enough people had answered its escalation"))
    if alert.expired(now):
        assert alert.expires_at is not None
        lines.append(Line(alert.expires_at, "alert_expired", None, "the alert's lifetime ended"))
    return sorted(lines, key=lambda line: line.at)


def _accepted(alert: Alert) -> Line:
    cause = alert.cause
    if cause is None:
        return Line(alert.accepted_at, "accepted", None, "a call asked for the alert, and it was accepted")
    return Line(alert.accepted_at, "accepted", cause.kind.value, f"the alert was accepted: {_CAUSES[cause.kind]}")


def _of_place(alert: Alert, place: Found) -> Iterator[Line]:
    item = place.item.index
    if (left := place.excluded) is not None:
        text = f"left out: {reason_text(left.category.value)}"
        if left.reason != left.category.value:
            text += f" ({reason_text(left.reason)})"
        yield Line(alert.accepted_at, "excluded", left.reason, text, item)
        return
    yield from _of_message(alert, place)
    for response in place.responses:
        code = "answered" if response.matched else "answer_unmatched"
        text = f"the receiver answered ({response.kind.value})"
        if not response.matched:
            text += "; it may be to another alert, so it counts for none"
        elif response.late:
            text += ", after a newer alert had gone out"
        yield Line(response.at, code, response.kind.value, text, item)


def _of_message(alert: Alert, place: Found) -> Iterator[Line]:
    message, item = place.message, place.item.index
    if message is None or not message.log:
        yield Line(alert.accepted_at, "queued", None, "it waits for a worker", item)
        return
    attempt = 0
    for number, step in enumerate(message.log):
        attempt += step.state is MessageState.SENDING
        last = number == len(message.log) - 1
        until = message.due_at if last else None
        if step.state is MessageState.HELD and place.recipient is not None:
            until = delivery_terms(alert, place.recipient, step.at).not_before
        yield _of_step(step, item, attempt, until)


def _of_step(step: Step, item: int, attempt: int, due: datetime | None) -> Line:
    code, text = _STEPS[step.state]
    if step.reason:
        text = f"{text}: {reason_text(step.reason)}"
    return Line(step.at, code, step.reason, text, item, attempt or None, due)
