"""The state of an incident in one word: an alert and all steps of its escalation together. It is not stored."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from tocsin.delivery.domain.message import TERMINAL_STATES, MessageState
from tocsin.escalation.domain.escalation import Escalation, EscalationState

NOT_REACHED = frozenset({MessageState.FAILED, MessageState.EXPIRED, MessageState.SUPPRESSED, MessageState.CANCELLED})
"""States of messages that did not reach their receiver."""


class IncidentState(StrEnum):
    """What became of an alert and its steps."""

    SENDING = "sending"
    WAITING_FOR_ANSWERS = "waiting_for_answers"
    ANSWERED = "answered"
    UNANSWERED = "unanswered"
    STOPPED = "stopped"
    DELIVERED = "delivered"
    SOME_FAILED = "some_failed"
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"


def incident_state(
    counts: Mapping[MessageState, int], escalation: Escalation | None, *, cancelled: bool
) -> IncidentState:
    """Return the state of an incident.

    Messages that are all delivered end nothing while an escalation waits for answers.

    Args:
        counts: messages per state, of the first alert and all steps.
        cancelled: whether the first alert was cancelled.
    """
    present = {state for state, count in counts.items() if count}
    if cancelled:
        return IncidentState.STOPPED
    if escalation is not None:
        return _escalated(present, escalation)
    if present - TERMINAL_STATES:
        return IncidentState.SENDING
    if present == {MessageState.SKIPPED}:
        return IncidentState.ANSWERED
    if present & NOT_REACHED:
        others = present - NOT_REACHED - {MessageState.SKIPPED}
        return IncidentState.SOME_FAILED if others else IncidentState.FAILED
    return IncidentState.UNCONFIRMED if MessageState.UNCONFIRMED in present else IncidentState.DELIVERED


def _escalated(present: set[MessageState], escalation: Escalation) -> IncidentState:
    if escalation.answered >= escalation.need:
        return IncidentState.ANSWERED
    if escalation.state is EscalationState.CANCELLED:
        return IncidentState.STOPPED
    if escalation.state is EscalationState.EXHAUSTED:
        return IncidentState.UNANSWERED
    under_way = present & {MessageState.QUEUED, MessageState.SENDING, MessageState.CALLING}
    return IncidentState.SENDING if under_way else IncidentState.WAITING_FOR_ANSWERS
