"""A rule in words: the tables of its settings, without any secret."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tocsin.alert_rules.domain.actions import ACTION_TYPE, EmailAction, RuleAction, SmsAction, WebhookAction, masked_url
from tocsin.alert_rules.domain.explain import daily_text, range_text
from tocsin.alert_rules.domain.fields import head_fields
from tocsin.alert_rules.domain.payload import entity
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.alert_rules.domain.triggers import FilterName, RuleTrigger
from tocsin.directory.domain.things import AnyThing, Group, Line
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.wire_time import wire_time

TYPES = {"call": "Calls", "sip": "Registrations", "sms": "Text messages"}
_ACTIONS = {"email": "Mail", "sms": "Text message", "webhook": "Webhook"}
_MASK = "•••"

Pair = tuple[str, str]
"""A setting and its value, both for people."""


@dataclass(frozen=True, slots=True)
class DescribedPart:
    """A trigger or a notification. `off`: it does nothing now, and why."""

    title: str
    settings: tuple[Pair, ...]
    off: str = ""


@dataclass(frozen=True, slots=True)
class DescribedRule:
    """A rule in words."""

    name: str
    settings: tuple[Pair, ...]
    triggers: tuple[DescribedPart, ...]
    notifications: tuple[DescribedPart, ...]


def names_of(things: Iterable[AnyThing]) -> dict[str, str]:
    """Return what people call lines, groups and people, by their ids."""
    found = dict[str, str]()
    for thing in things:
        match thing:
            case Line():
                found[thing.id] = f"{thing.extension} {thing.label}".strip()
            case Group() | User():
                found[thing.id] = thing.name
    return found


def described(rule: AlertRule, names: Mapping[str, str]) -> DescribedRule:
    """Return a rule in words. Secrets and the values of queries are masked.

    Args:
        names: of lines, groups and people, by their ids.
    """
    return DescribedRule(
        _shown(rule.name),
        tuple(_head(rule, names)),
        tuple(_trigger(rule, trigger, names) for trigger in rule.triggers),
        tuple(_notification(action) for action in rule.actions),
    )


def _head(rule: AlertRule, names: Mapping[str, str]) -> Iterator[Pair]:
    yield "About", TYPES[rule.type.value]
    if rule.description:
        yield "Description", _shown(rule.description)
    yield "Enabled", "yes" if rule.enabled else "no"
    yield "Owner", _named(rule.owner, names)
    yield "Created", wire_time(rule.created_at)
    yield "Version", str(rule.version)
    options = head_fields(rule)["options"]
    if throttle := options.get("throttle"):
        yield "At most", f"{throttle['max']} in {throttle['per']}, counted by {throttle['by']}"
    if digest := options.get("digest"):
        yield "Mails are collected for", digest["every"]
    if hold := options.get("hold"):
        yield "A line must be offline for", hold["for"]
    yield "Events may be as old as", options["max_age"]
    yield "Urgent", "yes" if options["urgent"] else "no"


def _trigger(rule: AlertRule, trigger: RuleTrigger, names: Mapping[str, str]) -> DescribedPart:
    filters = trigger.filters
    found: list[Pair] = [
        (_word(name), ", ".join(_named(value, names) for value in sorted(values)))
        for name, values in filters.values.items()
    ]
    if filters.duration is not None:
        found.append((_word(FilterName.DURATION), range_text(filters.duration)))
    if filters.time_of_day:
        found.append((_word(FilterName.TIME_OF_DAY), ", ".join(map(daily_text, filters.time_of_day))))
    if filters.contains is not None:
        found.append((_word(FilterName.CONTAINS), _shown(filters.contains)))
    off = "stopped: it names what the owner may not use" if trigger.out_of_scope else ""
    return DescribedPart(_shown(entity(trigger, rule)), tuple(found) or (("Filters", "none: all match"),), off)


def _notification(action: RuleAction) -> DescribedPart:
    settings = tuple((label, _shown(value)) for label, value in _settings(action) if value)
    return DescribedPart(_ACTIONS[ACTION_TYPE[type(action)]], settings, "" if action.enabled else "off")


def _settings(action: RuleAction) -> Iterator[Pair]:
    match action:
        case EmailAction():
            yield from (("To", action.to), ("Subject", action.subject), ("Text", action.body))
        case SmsAction():
            yield from (("To", ", ".join(action.to)), ("From", action.sender), ("Text", action.text))
        case WebhookAction():
            yield from (("URL", masked_url(action.url)), ("Method", action.method.value))
            for header in action.headers:
                username = f"{header.username}, " if header.username else ""
                yield f"Header {header.header_name}", f"{username}{_MASK}" if header.secret else "has no value"


def _word(name: FilterName) -> str:
    return name.value.replace("_", " ").capitalize()


def _named(value: str, names: Mapping[str, str]) -> str:
    return _shown(names.get(value, value))


def _shown(text: str) -> str:
    """Return a text without what XML cannot hold."""
    return "".join(each if each.isprintable() or each in "\n\t" else "\N{REPLACEMENT CHARACTER}" for each in text)
