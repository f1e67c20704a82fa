"""Alert rules in words: types, triggers, notifications and options, as people say them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from console.directory.words import called
from console.words import counted, number
from tocsin.alert_rules.domain.actions import (
    ACTION_TYPE,
    EmailAction,
    HeaderPreset,
    RuleAction,
    SmsAction,
    WebhookAction,
    recipient_of,
)
from tocsin.alert_rules.domain.clock_text import span_text
from tocsin.alert_rules.domain.fields import DAYS
from tocsin.alert_rules.domain.rule import ThrottleBy
from tocsin.alert_rules.domain.triggers import (
    DailyHours,
    FilterName,
    RuleTrigger,
    RuleType,
    SecondsRange,
    TriggerFilters,
    hours_text,
)
from tocsin.directory.domain.things import AnyThing

TYPES = {RuleType.CALL: "Call history", RuleType.SIP: "SIP registration", RuleType.SMS: "Text messages"}

FILTERS = {
    FilterName.LINES: "Line",
    FilterName.NUMBERS: "Number",
    FilterName.GROUPS: "Group",
    FilterName.USERS: "Person",
    FilterName.DIRECTIONS: "Direction",
    FilterName.STATUSES: "Status",
    FilterName.EVENTS: "Event",
    FilterName.TAGS: "Tag",
    FilterName.DURATION: "Duration",
    FilterName.TIME_OF_DAY: "Time of day",
    FilterName.CONTAINS: "Text contains",
}

CHOICES = {
    "registered": "online (registered)",
    "unregistered": "offline (unregistered)",
    "refreshed": "registration renewed",
}
"""Fixed values of filters that the API calls by another word."""

NOT_ANSWERED = ("missed", "abandoned", "voicemail")
"""The statuses that “not answered” ticks."""

ACTIONS = {"email": "Email", "sms": "Text", "webhook": "Webhook"}
_NOUNS = {"email": "mail", "sms": "text", "webhook": "webhook"}

PRESETS = {
    HeaderPreset.BEARER: "Bearer token (Authorization)",
    HeaderPreset.X_API_KEY: "X-API-Key",
    HeaderPreset.BASIC: "User name and password (Authorization)",
    HeaderPreset.CUSTOM: "Header with a name of its own",
}

THROTTLED_BY = {
    ThrottleBy.RULE: "for the whole rule",
    ThrottleBy.LINE: "for each line",
    ThrottleBy.CALLER: "for each caller",
    ThrottleBy.NUMBER: "for each number of the account",
    ThrottleBy.GROUP: "for each group",
}

DAY_WORDS = dict(zip(DAYS, ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True))


def names_of_things(things: Iterable[AnyThing]) -> dict[str, str]:
    """Return what the things of a directory are called, by id."""
    return {thing.id: called(thing) for thing in things}


def trigger_lines(filters: TriggerFilters, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what an event must be like: each filter and its values, joined by "or"."""
    lines = [(FILTERS[name], " or ".join(sorted(_value(each, names) for each in wanted)))
             for name, wanted in filters.values.items()]  # fmt: skip
    if filters.duration is not None:
        lines.append((FILTERS[FilterName.DURATION], _seconds(filters.duration)))
    if filters.time_of_day:
        lines.append((FILTERS[FilterName.TIME_OF_DAY], " or ".join(map(_hours, filters.time_of_day))))
    if filters.contains is not None:
        lines.append((FILTERS[FilterName.CONTAINS], f"“{filters.contains}”"))
    return lines


def shown_trigger(trigger: RuleTrigger, place: int, names: Mapping[str, str]) -> dict[str, Any]:
    """Return what the page of a rule shows of a trigger.

    Args:
        place: in the rule, from 1.
    """
    return {
        "id": trigger.id,
        "name": trigger.description or f"Trigger {place}",
        "lines": trigger_lines(trigger.filters, names),
        "stopped": trigger.out_of_scope,
    }


def shown_action(action: RuleAction) -> dict[str, Any]:
    """Return what the page of a rule shows of a notification."""
    kind = ACTION_TYPE[type(action)]
    missing = action.secret_missing if isinstance(action, WebhookAction) else []
    return {"id": action.id, "kind": ACTIONS[kind], "words": action_words(action), "on": action.enabled,
            "missing": missing}  # fmt: skip


def action_words(action: RuleAction) -> str:
    """Return where a notification goes."""
    match action:
        case EmailAction():
            return f"to {action.to}: “{action.subject}”"
        case SmsAction():
            to = action.to[0] if len(action.to) == 1 else f"{number(len(action.to))} numbers"
            return f"from {action.sender} to {to}"
        case WebhookAction():
            return f"{action.method.value} {recipient_of(action)[0]}"


def tells(actions: Iterable[RuleAction]) -> str:
    """Return how many notifications of each kind there are: "2 mails · 1 webhook (off)"."""
    counts = Counter((ACTION_TYPE[type(action)], action.enabled) for action in actions)
    return " · ".join(
        counted(counts[kind, on], noun) + ("" if on else " (off)")
        for kind, noun in _NOUNS.items()
        for on in (True, False)
        if counts[kind, on]
    )


def span_word(span: timedelta | None) -> str:
    """Return a span in words; "" for none."""
    return "" if span is None else span_text(span)


def _value(value: str, names: Mapping[str, str]) -> str:
    return names.get(value) or CHOICES.get(value, value)


def _seconds(wanted: SecondsRange) -> str:
    if wanted.most is None:
        return f"{wanted.least or 0} s or more"
    return f"{wanted.least or 0} to {wanted.most} s"


def _hours(hours: DailyHours) -> str:
    days = [] if len(hours.days) == len(DAYS) else [DAY_WORDS[DAYS[day - 1]] for day in sorted(hours.days)]
    return f"{hours_text(hours.begin)}–{hours_text(hours.end)}" + (f" on {', '.join(days)}" if days else "")
