"""The rules that the scripted day tries, and how often each must match, counted plainly."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from infra.local.pbx.day import DEPOT, QUEUE, DayCall, DayPart, DayRegistration, DayText

MAIL, PHONE, NUMBER = "duty@northwater.example", "+447700900801", "+447700900100"


@dataclass(frozen=True, slots=True)
class ScriptedRule:
    """A rule of the day.

    Attributes:
        body: as it is posted.
        matches: whether something that happens matches it.
    """

    body: dict[str, Any]
    matches: Callable[[DayPart], bool]

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.body["name"])

    def expected(self, day: Iterable[DayPart]) -> int:
        """Return how often the rule matches in a day."""
        return sum(self.matches(each) for each in day)


def _rule(
    name: str, type: str, filters: dict[str, Any], matches: Callable[[DayPart], bool], **options: Any
) -> ScriptedRule:
    notifications: list[dict[str, Any]] = [{"type": "email", "to": MAIL, "subject": name}]
    if type != "call":
        notifications.append({"type": "sms", "from": NUMBER, "to": [PHONE]})
    return ScriptedRule(
        {
            "name": name,
            "description": "Made by make pbx.",
            "type": type,
            "options": options,
            "triggers": [{"description": name, "filters": filters}],
            "notifications": notifications,
        },
        matches,
    )


def _is_text(part: DayPart) -> bool:
    return isinstance(part, DayText)


RULES = (
    _rule(
        "Day: missed calls of the depot",
        "call",
        {"lines": list(DEPOT), "directions": ["incoming"], "statuses": ["missed"]},
        lambda each: (
            isinstance(each, DayCall) and (each.site, each.direction, each.outcome) == ("depot", "incoming", "missed")
        ),
    ),
    _rule(
        "Day: the queue overflows",
        "call",
        {"groups": [QUEUE], "statuses": ["abandoned"]},
        lambda each: isinstance(each, DayCall) and each.queue == QUEUE,
        throttle={"max": 5, "per": "1h", "by": "group"},
    ),
    _rule(
        "Day: a phone is offline",
        "sip",
        {"lines": ["2005", "2006", "2008"], "events": ["unregistered"]},
        lambda each: (
            isinstance(each, DayRegistration)
            and each.inside in ("2005", "2006", "2008")
            and each.event in ("unregistered", "expired")
        ),
        hold={"for": "30s"},
    ),
    _rule("Day: texts", "sms", {"directions": ["incoming"]}, _is_text, digest={"every": "5m"}),
)
