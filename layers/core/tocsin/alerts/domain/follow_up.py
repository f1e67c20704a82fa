"""The `escalation` block of a request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from tocsin.alerts.domain.elements import Element
from tocsin.alerts.domain.response_kind import Evidence

MAX_STEPS = 10
"""Most steps after the first alert (E5)."""


SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=30)
"""Limits of the wait before one step."""


class StopWhen(StrEnum):
    """How many answers end an escalation."""

    ANY = "any"
    ALL = "all"  # of everybody who was contacted so far
    COUNT = "count"


class Per(StrEnum):
    """For whom an answer counts."""

    GROUP = "group"  # answers end the escalation for everybody
    CONTACT = "contact"  # an answer ends it for its contact only; it is over when everybody has answered


@dataclass(frozen=True, slots=True)
class LaterAlert:
    """An alert of the block: a step or the all-clear. It is sent later or never.

    Attributes:
        text: JSON text in the form of a stored alert.
        elements: the elements of that text.
    """

    text: str
    elements: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class StepOptions:
    """One step of the `escalation` block. `after` counts from the previous step, for the first step from the alert."""

    after: timedelta
    alert: LaterAlert


@dataclass(frozen=True, slots=True)
class EscalationOptions:
    """The `escalation` block of a request.

    Attributes:
        steps: 1..MAX_STEPS.
        stop_when, count: how many different people must answer; `count` is set with COUNT only, 1 or more.
        on_stopped: the all-clear, which goes to everybody who was contacted if answers end the escalation. Its elements
            have no receivers. None = no all-clear.
        give_up_after: time from the last step to `exhausted`.
        evidence: weaker answers do not count; None = the default.
    """

    steps: tuple[StepOptions, ...]
    stop_when: StopWhen
    count: int | None
    per: Per
    on_stopped: LaterAlert | None
    give_up_after: timedelta
    evidence: Evidence | None = None

    @property
    def lasts(self) -> timedelta:
        """Time from the first alert to `exhausted`, if the steps are on time."""
        return sum((step.after for step in self.steps), self.give_up_after)

    @property
    def everybody(self) -> bool:
        """Whether everybody who was contacted must answer; then each step may raise the number."""
        return self.per is Per.CONTACT or self.stop_when is StopWhen.ALL

    def grade(self, *, click_counts: bool) -> Evidence:
        """Return the weakest evidence that counts. By default a visit to a short link is enough if visits count."""
        return self.evidence or (Evidence.OPENED if click_counts else Evidence.CONFIRMED)

    def need(self, contacted: int) -> int:
        """Return how many people must answer if `contacted` people were contacted so far."""
        return contacted if self.everybody else self.count or 1
