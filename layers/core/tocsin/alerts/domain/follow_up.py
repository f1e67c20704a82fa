"""What a request asks for if too few answer: the `escalation` block."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from tocsin.alerts.domain.elements import Element

MAX_STEPS = 10
"""Steps after the first alert (E5)."""


SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=30)
"""What one step may wait."""


class StopWhen(StrEnum):
    """How many answers end an escalation."""

    ANY = "any"
    ALL = "all"  # everybody who was contacted so far
    COUNT = "count"


class Per(StrEnum):
    """Whose answers count for whom."""

    GROUP = "group"  # everybody's answers end it for everybody
    CONTACT = "contact"  # each one's own answer ends it for that one only; it is over when everybody has answered


@dataclass(frozen=True, slots=True)
class LaterAlert:
    """An alert of the block that is sent later, or never.

    Attributes:
        text: as it is kept: JSON, in the form of a stored alert.
        elements: the same as the door read it.
    """

    text: str
    elements: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class StepOptions:
    """One step of the `escalation` block. `after` counts from the step before it (the first alert, for the first)."""

    after: timedelta
    alert: LaterAlert


@dataclass(frozen=True, slots=True)
class EscalationOptions:
    """The `escalation` block of a request.

    Attributes:
        steps: 1..MAX_STEPS.
        stop_when, count: how many distinct people must answer; `count` is set with COUNT only, 1 or more.
        on_stopped: what is sent to everybody who was contacted when it ends by answers; its elements have no
            receivers. None = nothing.
        give_up_after: from the last step to `exhausted`.
    """

    steps: tuple[StepOptions, ...]
    stop_when: StopWhen
    count: int | None
    per: Per
    on_stopped: LaterAlert | None
    give_up_after: timedelta

    @property
    def lasts(self) -> timedelta:
        """How long it takes at least until it is exhausted."""
        return sum((step.after for step in self.steps), self.give_up_after)

    @property
    def everybody(self) -> bool:
        """Whether everybody who was contacted must answer, so that each step may raise the number."""
        return self.per is Per.CONTACT or self.stop_when is StopWhen.ALL

    def need(self, contacted: int) -> int:
        """Return how many people must answer while `contacted` people were asked."""
        return contacted if self.everybody else self.count or 1
