"""Who is told next if too few answer: the steps of an escalation, and what ends it.

    armed ─► step 1 ─► step 2 … ─► exhausted
      └───────┴──────────┴─ enough answered ─► acknowledged     (or cancelled)

The alert that is sent at once is step 0. It and its steps form a linked set; whoever answered any of them is not asked
again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

MAX_STEPS = 10
"""Steps after the first alert (E5)."""


class StopWhen(StrEnum):
    """How many answers end an escalation."""

    ANY = "any"
    ALL = "all"  # everybody who was contacted so far
    COUNT = "count"


class Per(StrEnum):
    """Whose answers count for whom."""

    GROUP = "group"  # everybody's answers end it for everybody
    CONTACT = "contact"  # each contact's own answer ends it for that contact only


@dataclass(frozen=True, slots=True)
class StepAsked:
    """One step of the `escalation` block.

    Attributes:
        after: from the step before it (the first alert, for the first step).
        alert: its `alert` array in wire form, checked by the door.
    """

    after: timedelta
    alert: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class EscalationAsked:
    """The `escalation` block of a request.

    Attributes:
        stop_when, count: how many distinct people must answer; `count` is set with COUNT only, 1 or more.
        on_stopped: elements, in wire form and without receivers, that are sent to everybody who was contacted when
            it ends by answers; empty = nothing.
        give_up_after: from the last step to `exhausted`.
    """

    steps: tuple[StepAsked, ...]
    stop_when: StopWhen
    count: int | None
    per: Per
    on_stopped: tuple[Mapping[str, Any], ...]
    give_up_after: timedelta
