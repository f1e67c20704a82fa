"""The form of a trigger: the filters of the rule's type, and the things of the directory that it offers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.directory.words import called
from console.rules.words import CHOICES as CHOICE_WORDS
from console.rules.words import DAY_WORDS, FILTERS, NOT_ANSWERED
from console.visit import Form, whole_or_typed
from tocsin.alert_rules.application.account import Account
from tocsin.alert_rules.domain import limits
from tocsin.alert_rules.domain.facts import thing_named
from tocsin.alert_rules.domain.fields import trigger_fields
from tocsin.alert_rules.domain.triggers import CHOICES, NEEDED, VALUE_FILTERS, FilterName, RuleTrigger, RuleType
from tocsin.directory.domain.things import AnyThing, Group, Line, PhoneNumber
from tocsin.identity.domain.user import User

LABELS = {
    "description": "Name of the trigger",
    **{name.value: word for name, word in FILTERS.items() if name is not FilterName.DURATION},
    "duration_min": "Shortest",
    "duration_max": "Longest",
}
"""The fields of the form, in words."""

BLANK_HOURS = 2
"""Empty rows for hours that the form shows beneath those that are filled in."""

_TYPED = {FilterName.NUMBERS, FilterName.LINES, FilterName.TAGS}
"""Filters whose values can also be typed."""

_BETWEEN = re.compile(r"[\n,;]")


@dataclass(frozen=True, slots=True)
class Picker:
    """A filter of values, as the form shows it.

    Attributes:
        options: value and word of each that can be ticked.
        other: what is typed beside them; None = nothing can be typed.
        more: how many things of the directory have no tick, because they are too many.
    """

    name: str
    label: str
    options: Sequence[tuple[str, str]]
    chosen: Sequence[str]
    other: str | None
    more: int
    needed: bool


def standing(trigger: RuleTrigger) -> Form:
    """Return the form of a trigger as it stands."""
    fields = trigger_fields(trigger)
    values: dict[str, list[str]] = {"description": [fields["description"]]}
    for name, wanted in fields["filters"].items():
        match name:
            case "duration":
                values |= {f"duration_{end}": [str(seconds)] for end, seconds in wanted.items()}
            case "time_of_day":
                for row, hours in enumerate(wanted):
                    values |= {f"from-{row}": [hours["from"]], f"to-{row}": [hours["to"]]}
                    values[f"days-{row}"] = hours.get("days", [])
            case "contains":
                values[name] = [wanted]
            case _:
                values[name] = wanted
    return Form(values)


def body_of(form: Form, type: RuleType) -> dict[str, Any]:
    """Return the whole trigger as the API takes it; filters that are empty are absent."""
    filters: dict[str, Any] = {}
    for name in VALUE_FILTERS[type]:
        chosen = [each for each in form.all(name.value) if each]
        if name is FilterName.STATUSES and form.ticked("not_answered"):
            chosen += NOT_ANSWERED
        if name in _TYPED:
            chosen += [each.strip() for each in _BETWEEN.split(form.text(f"{name}_typed")) if each.strip()]
        if chosen or name in NEEDED[type]:
            filters[name.value] = list(dict.fromkeys(chosen))
    if type is RuleType.CALL:
        ends = {
            end: whole_or_typed(form.get(f"duration_{end}")) for end in ("min", "max") if form.get(f"duration_{end}")
        }
        hours = [_hours_row(form, row) for row in range(limits.DAILY_HOURS) if _has_hours(form, row)]
        filters |= {name: value for name, value in (("duration", ends), ("time_of_day", hours)) if value}
    if type is RuleType.SMS and form.get("contains"):
        filters["contains"] = form.get("contains")
    return {"description": form.get("description"), "filters": filters}


def patch_of(form: Form, type: RuleType) -> dict[str, Any]:
    """Return the merge patch that makes a trigger what the form says: a filter that is empty is removed."""
    body = body_of(form, type)
    filters = dict.fromkeys(name.value for name in FilterName) | body["filters"]
    if "duration" in body["filters"]:
        filters["duration"] = {"min": None, "max": None} | body["filters"]["duration"]
    return {"description": body["description"], "filters": filters}


def pickers(form: Form, type: RuleType, account: Account, sight: frozenset[str] | None) -> list[Picker]:
    """Return the filters of values of a rule's type.

    Args:
        sight: things that the rule may name; None = all.
    """
    found = []
    for name in VALUE_FILTERS[type]:
        fixed = CHOICES[type].get(name)
        if fixed is not None:
            all_options = [(each, CHOICE_WORDS.get(each, each)) for each in fixed]
        else:
            all_options = sorted(_offered(name, account.things, sight), key=lambda option: option[1].casefold())
        chosen = form.all(name.value)
        first = [option for option in all_options if option[0] in chosen]
        rest = [option for option in all_options if option[0] not in chosen]
        shown = all_options if fixed else [*first, *rest[: max(0, limits.FILTER_VALUES - len(first))]]
        known = {value for value, _ in shown}
        other = [*(each for each in chosen if each not in known), *form.text(f"{name}_typed").splitlines()]
        typed = "\n".join(dict.fromkeys(each for each in other if each.strip())) if name in _TYPED else None
        more = len(all_options) - len(shown)
        found.append(Picker(name.value, FILTERS[name], shown, chosen, typed, more, name in NEEDED[type]))
    return found


def hours_rows(form: Form) -> list[tuple[int, str, str, Sequence[str]]]:
    """Return the rows of hours: number, begin, end and days; some empty ones follow."""
    filled = [row for row in range(limits.DAILY_HOURS) if _has_hours(form, row)]
    rows = [(form.get(f"from-{row}"), form.get(f"to-{row}"), form.all(f"days-{row}")) for row in filled]
    rows += [("", "", list[str]())] * min(BLANK_HOURS, limits.DAILY_HOURS - len(rows))
    return [(number, *row) for number, row in enumerate(rows)]


def days() -> Mapping[str, str]:
    """Return the days of the week, by the word of the API."""
    return DAY_WORDS


def _offered(name: FilterName, things: Sequence[AnyThing], sight: frozenset[str] | None) -> list[tuple[str, str]]:
    found = []
    for thing in things:
        match thing:
            case Line() if name is FilterName.LINES:
                named, option = thing_named("line", thing.id), (thing.id, _line_word(thing))
            case Group() if name is FilterName.GROUPS:
                named, option = thing_named("group", thing.id), (thing.id, called(thing))
            case PhoneNumber() if name is FilterName.NUMBERS:
                named, option = thing_named("number", thing.e164), (thing.e164, called(thing))
            case User() if name is FilterName.USERS:
                named, option = thing_named("user", thing.id), (thing.id, f"{thing.name}, {thing.email}")
            case _:
                continue
        if sight is None or named in sight:
            found.append(option)
    return found


def _line_word(line: Line) -> str:
    return called(line) + (" (seen in events)" if line.discovered else "")


def _has_hours(form: Form, row: int) -> bool:
    return bool(form.get(f"from-{row}") or form.get(f"to-{row}"))


def _hours_row(form: Form, row: int) -> dict[str, Any]:
    hours: dict[str, Any] = {"from": form.get(f"from-{row}"), "to": form.get(f"to-{row}")}
    chosen = form.all(f"days-{row}")
    return hours | {"days": chosen} if 0 < len(set(chosen)) < len(DAY_WORDS) else hours
