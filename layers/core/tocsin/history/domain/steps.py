"""The steps of an escalation: those that were taken, the next one, and those that may follow."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tocsin.alerts.domain.alert import Alert
from tocsin.escalation.domain.escalation import Escalation, EscalationPolicy
from tocsin.kernel.domain.ids import AlertRef


class StepState(StrEnum):
    """The state of one step."""

    TAKEN = "taken"
    NEXT = "next"
    LATER = "later"
    NOT_TAKEN = "not_taken"  # the escalation ended before


@dataclass(frozen=True, slots=True)
class IncidentStep:
    """One step.

    Attributes:
        number: 0 = the first alert.
        at: when it was taken; of the next step, when it is due; of later ones, when they are due if each is on time.
            None: it is not taken any more, or the time is not known.
        alert: None: it is not taken, or sent nothing.
        channels, tags: of its elements.
        recipients: accepted receivers, None before it is taken.
    """

    number: int
    state: StepState
    at: datetime | None
    alert: AlertRef | None
    channels: tuple[str, ...]
    tags: tuple[str, ...]
    recipients: int | None


@dataclass(frozen=True, slots=True)
class IncidentSteps:
    """All steps. `gives_up_at`: when the escalation ends without enough answers; None = it has ended."""

    steps: tuple[IncidentStep, ...]
    gives_up_at: datetime | None


def steps_of(escalation: Escalation, policy: EscalationPolicy, alerts: Sequence[Alert | None]) -> IncidentSteps:
    """Return the steps.

    Args:
        alerts: the alert of each step that was taken; None for one that sent nothing or has expired.
    """
    taken = [_taken(number, alert, escalation) for number, alert in enumerate(alerts)]
    coming = escalation.step + 1
    # The wait before step n is `after[n - 1]`, and the last one is that before the end.
    due = [escalation.due_at]
    for wait in policy.after[coming:]:
        due.append(due[-1] + wait)
    later = [
        _coming(number, policy, due[number - coming] if escalation.open else None, first=number == coming)
        for number in range(coming, escalation.steps + 1)
    ]
    return IncidentSteps((*taken, *later), due[-1] if escalation.open else None)


def _taken(number: int, alert: Alert | None, escalation: Escalation) -> IncidentStep:
    if alert is None:
        at = escalation.stepped_at if number == escalation.step else None
        return IncidentStep(number, StepState.TAKEN, at, None, (), (), 0)
    channels = tuple(dict.fromkeys(item.channel.value for item in alert.items))
    tags = tuple(dict.fromkeys(item.tag for item in alert.items))
    return IncidentStep(number, StepState.TAKEN, alert.accepted_at, alert.ref, channels, tags, alert.recipients)


def _coming(number: int, policy: EscalationPolicy, at: datetime | None, *, first: bool) -> IncidentStep:
    elements = json.loads(policy.steps[number - 1])["alert"]
    channels = tuple(dict.fromkeys(element["alertType"] for element in elements))
    tags = tuple(dict.fromkeys(element["tag"] for element in elements))
    coming = StepState.NEXT if first else StepState.LATER
    return IncidentStep(number, StepState.NOT_TAKEN if at is None else coming, at, None, channels, tags, None)
