"""What a stored escalation says: its steps as people read them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from console.composing.prefill import object_of, objects_of, text_of, texts_of
from console.words import counted
from tocsin.entrypoint.alert_body.words import parse_fixed
from tocsin.stored_content.domain.stored_content import StoredContent

_BY = {"sms": "text", "email": "mail", "call": "call", "inboundCall": "call that they make"}


@dataclass(frozen=True, slots=True)
class StepLine:
    """One message of a step: how, to whom in words, and what it says."""

    by: str
    to: str
    text: str


@dataclass(frozen=True, slots=True)
class LadderStep:
    """One step. `after`: the wait before it, in words; "" for the alert itself."""

    after: str
    lines: tuple[StepLine, ...]


@dataclass(frozen=True, slots=True)
class Ladder:
    """A stored escalation in words.

    Attributes:
        need: who must have answered, for example "2 people have".
        steps: the alert itself and then the steps; empty = it has none.
        clear: what everybody is told when enough have answered.
    """

    title: str
    need: str
    steps: tuple[LadderStep, ...]
    clear: tuple[StepLine, ...]

    @property
    def escalates(self) -> bool:
        """Whether anything follows the alert itself."""
        return len(self.steps) > 1


def ladder_of(store: StoredContent) -> Ladder:
    """Return what a stored alert says. What is not an alert has no steps."""
    try:
        body = object_of(json.loads(store.content))
    except ValueError:
        body = {}
    escalation = object_of(body.get("escalation"))
    steps = [LadderStep("", _lines(body))]
    steps += [LadderStep(_after(step.get("after")), _lines(step)) for step in objects_of(escalation.get("steps"))]
    return Ladder(
        title=text_of(body.get("title")),
        need=_need(escalation.get("stopWhen")),
        steps=tuple(steps),
        clear=_lines(object_of(escalation.get("onStopped"))),
    )


def _need(rule: Any) -> str:
    count = rule.get("count") if isinstance(rule, Mapping) else rule
    if isinstance(count, int):
        return "1 person has" if count == 1 else f"{count} people have"
    return "everybody has" if count == "all" else "1 person has"


def _lines(block: Mapping[str, Any]) -> tuple[StepLine, ...]:
    return tuple(
        StepLine(_BY.get(text_of(element.get("alertType")), "message"), _to(element), _text(element))
        for element in objects_of(block.get("alert"))
    )


def _to(element: Mapping[str, Any]) -> str:
    sets = texts_of(element.get("contactSets"))
    named = ["everybody in the group" if name == "all" else f"the set {name}" for name in sets]
    return ", ".join([*named, *texts_of(element.get("contacts")), *texts_of(element.get("recipients"))])


def _text(element: Mapping[str, Any]) -> str:
    parts = (text_of(element.get("subject")), text_of(element.get("content")))
    return ": ".join(part for part in parts if part) or "a stored text"


def _after(text: Any) -> str:
    try:
        minutes = parse_fixed(text) // timedelta(minutes=1)
    except (ValueError, TypeError, AttributeError):
        return "some time"
    if minutes and minutes % 1440 == 0:
        return counted(minutes // 1440, "day")
    return f"{minutes} min" if minutes % 60 or not minutes else counted(minutes // 60, "hour")
