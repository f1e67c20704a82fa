"""The explanation of an alert for one receiver: what was done, when, and why, line by line.

The lines are in the order of time. Each line is read from a stored row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.alerts.domain.cause import CauseKind
from tocsin.alerts.domain.exclusion import Exclusion
from tocsin.alerts.domain.response_kind import Evidence
from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.domain.message import Message, MessageState, Step
from tocsin.delivery.domain.message_events import held_until
from tocsin.responses.domain.response import Response
from tocsin.results.domain.reasons import reason_text
from tocsin.voice.domain.call_facts import CallFacts, from_text
from tocsin.voice.domain.dialogue_state import Heard


@dataclass(frozen=True, slots=True)
class ChainLine:
    """One line of the explanation.

    Attributes:
        at: when it happened.
        code: stable word for what happened.
        reason: stable word for the cause, None if the code says enough.
        text: one sentence for a person, without personal data.
        item: place of the element, None if the line is about the whole alert.
        attempt: number of the try, None before the first try.
        until: when the message continues, if it waits.
        evidence: of an answer, else None.
    """

    at: datetime
    code: str
    reason: str | None
    text: str
    item: int | None = None
    attempt: int | None = None
    until: datetime | None = None
    evidence: Evidence | None = None

    @property
    def counted(self) -> bool | None:
        """Whether an answer counts; None if the line is about something else."""
        return None if self.evidence is None else self.code == "answered"


@dataclass(frozen=True, slots=True)
class Found:
    """One place of the receiver in an alert: the exclusion, or the message and its answers.

    Attributes:
        excluded: set if the receiver was excluded; then there is no message.
        message: None while no worker has claimed it.
        responses: answers to this message, unmatched ones included.
    """

    item: AlertItem
    recipient: Recipient | None = None
    excluded: Exclusion | None = None
    message: Message | None = None
    responses: tuple[Response, ...] = ()


_CAUSES = {
    CauseKind.SCHEDULE: "a schedule sent it",
    CauseKind.ESCALATION: "a step of an escalation sent it, because too few people had answered",
    CauseKind.ALL_CLEAR: "an escalation was stopped, and everybody who had been contacted is told",
    CauseKind.TRIGGER: "a keyword or a short link sent it",
    CauseKind.RULE: "an event matched an alert rule",
    CauseKind.RULE_TEST: "a person tested an alert rule",
    CauseKind.MAIL_TEST: "a person tested the mail server or a mail template",
    CauseKind.NOTICE: "people are told of an event, as their notification settings say",
    CauseKind.INCIDENT: "an integration does not work, and its subscribers are told",
    CauseKind.REPORT: "a report or a notice about the account",
    CauseKind.TENANT_MAIL: "an event is mailed, as the mail settings say",
}

_STEPS = {
    MessageState.SENDING: ("taken", "a worker claimed it to submit it"),
    MessageState.CALLING: ("calling", "its receiver is called"),
    MessageState.SENT: ("sent", "the provider accepted it"),
    MessageState.DELIVERED: ("delivered", "it arrived"),
    MessageState.HELD: ("held", "it waits"),
    MessageState.RETRY_WAIT: ("delayed", "it waits for another try"),
    MessageState.UNKNOWN: ("unknown", "we cannot tell whether the provider accepted it; its receipt is awaited"),
    MessageState.UNCONFIRMED: ("unconfirmed", "no receipt came; it may have arrived"),
    MessageState.FAILED: ("failed", "it was given up"),
    MessageState.EXPIRED: ("expired", "it became too old to be sent"),
    MessageState.SUPPRESSED: ("suppressed", "it was not sent"),
    MessageState.SKIPPED: ("skipped", "it was not needed any more"),
    MessageState.CANCELLED: ("cancelled", "the alert was cancelled before it was sent"),
}
"""The code and the text of a step into each state."""


def chain(alert: Alert, found: list[Found], now: datetime) -> list[ChainLine]:
    """Return the explanation of one receiver of an alert, oldest line first."""
    lines = [_accepted(alert)]
    for place in found:
        lines += _of_place(alert, place)
    if alert.cancelled_at is not None:
        lines.append(ChainLine(alert.cancelled_at, "alert_cancelled", None, "the alert was cancelled"))
    if alert.stopped_at is not None:
        lines.append(
            ChainLine(alert.stopped_at, "escalation_stopped", None, "enough people had answered its escalation")
        )
    if alert.expired(now):
        assert alert.expires_at is not None
        lines.append(ChainLine(alert.expires_at, "alert_expired", None, "the alert's lifetime ended"))
    return sorted(lines, key=lambda line: line.at)


def _accepted(alert: Alert) -> ChainLine:
    cause = alert.cause
    if cause is None:
        return ChainLine(alert.accepted_at, "accepted", None, "a call asked for the alert, and it was accepted")
    return ChainLine(alert.accepted_at, "accepted", cause.kind.value, f"the alert was accepted: {_CAUSES[cause.kind]}")


def _of_place(alert: Alert, place: Found) -> Iterator[ChainLine]:
    item = place.item.index
    if (exclusion := place.excluded) is not None:
        text = f"excluded: {reason_text(exclusion.category.value)}"
        if exclusion.reason != exclusion.category.value:
            text += f" ({reason_text(exclusion.reason)})"
        yield ChainLine(alert.accepted_at, "excluded", exclusion.reason, text, item)
        return
    yield from _of_message(alert, place)
    for response in place.responses:
        yield _answered(response, item)


def _answered(response: Response, item: int) -> ChainLine:
    kind, reason = response.kind.value, response.uncounted_reason
    text = f"the receiver answered ({kind})"
    if response.late:
        text += ", after a newer alert had gone out"
    if reason is None:
        return ChainLine(response.at, "answered", kind, text, item, evidence=response.evidence)
    code = "answer_not_counted" if response.matched else "answer_unmatched"
    text += f"; it does not count: {reason_text(reason)}"
    return ChainLine(response.at, code, reason, text, item, evidence=response.evidence)


def _of_message(alert: Alert, place: Found) -> Iterator[ChainLine]:
    message, item = place.message, place.item.index
    if message is None or not message.log:
        yield ChainLine(alert.accepted_at, "queued", None, "it waits for a worker", item)
        return
    attempt = 0
    for number, step in enumerate(message.log, start=1):
        attempt += step.state is MessageState.SENDING
        if step.state is MessageState.HELD and attempt and message.log[number - 2].state is MessageState.SENDING:
            attempt -= 1  # it was held between claim and call, which uses up no try
        until = message.due_at if number == len(message.log) else None
        if step.state is MessageState.HELD and place.recipient is not None:
            until = held_until(alert, place.recipient, message, number)
        yield _of_step(step, item, attempt, until)


def _of_step(step: Step, item: int, attempt: int, due: datetime | None) -> ChainLine:
    code, text = _STEPS[step.state]
    if step.reason:
        text = f"{text}: {reason_text(step.reason)}"
    if step.facts is not None:
        text += _told(from_text(step.facts))
    return ChainLine(step.at, code, step.reason, text, item, attempt or None, due)


def _told(facts: CallFacts) -> str:
    """Return what is known about a call, as the end of a sentence."""
    known = ["the receiver called back"] if facts.called_back else ["answered"] if facts.answered else []
    known += ["heard in full"] if facts.heard is Heard.ALL else []
    known += [f"keys {facts.keys}"] if facts.keys else []
    known += [f"{facts.talk_seconds:.0f} s"] if facts.talk_seconds else []
    return f" ({', '.join(known)})" if known else ""
