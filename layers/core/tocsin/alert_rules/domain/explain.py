"""Why a rule fired for an event, or did not: each filter by itself, then the gates (ADR 0123)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from tocsin.alert_rules.domain.clock_text import clock_text
from tocsin.alert_rules.domain.facts import AccountNames, EventFacts, facts_of
from tocsin.alert_rules.domain.gates import Gate, GateDecision, Situation, decide
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.alert_rules.domain.triggers import (
    DailyHours,
    FilterName,
    RuleTrigger,
    SecondsRange,
    hours_text,
)
from tocsin.telephony.domain.event import TelephonyEvent

TYPE = "type"
OUT_OF_SCOPE = "out_of_scope"
DATA_SCOPE = "data_scope"
"""Reasons beside the filters: the event is of another type, the trigger is stopped, the rule may not see the event."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class FilterVerdict:
    """One filter of a trigger, or one of the reasons beside the filters: what it wants, and what the event has."""

    name: str
    wanted: tuple[str, ...]
    got: tuple[str, ...]
    matched: bool

    @property
    def sentence(self) -> str:
        """The same for people."""
        got, wanted = " and ".join(self.got) or "nothing", " or ".join(self.wanted)
        verdict = "matches" if self.matched else "does not match"
        return f"{self.name.replace('_', ' ')}: the event has {got}, which {verdict} {wanted}"


@dataclass(frozen=True, slots=True)
class TriggerVerdict:
    """One trigger; it matches if all its filters do."""

    id: str
    description: str
    filters: tuple[FilterVerdict, ...]

    @property
    def matched(self) -> bool:
        """Whether all filters match."""
        return all(each.matched for each in self.filters)


@dataclass(frozen=True, slots=True)
class RuleExplanation:
    """Why a rule fired for an event, or did not.

    Attributes:
        decision: of the gates; None = no trigger matches, so no gate was looked at.
    """

    rule_version: int
    triggers: tuple[TriggerVerdict, ...]
    decision: GateDecision | None

    @property
    def fired(self) -> bool:
        """Whether a trigger matches and no gate stops it."""
        return self.decision is not None and self.decision.fired

    @property
    def gates(self) -> tuple[Gate, ...]:
        """Gates that were looked at, in order."""
        return () if self.decision is None else self.decision.gates


@dataclass(frozen=True, slots=True)
class NearMiss:
    """An enabled rule that does not match by one filter of a trigger."""

    rule: AlertRule
    trigger: RuleTrigger
    filter: FilterVerdict


def explain(
    rule: AlertRule, event: TelephonyEvent, names: AccountNames, zone: ZoneInfo, situation: Situation
) -> RuleExplanation:
    """Return why a rule, in the version that stood then, fired for a valid event or did not."""
    facts = facts_of(event, names)
    verdicts = tuple(_verdict(rule, trigger, event, facts, zone) for trigger in rule.triggers)
    matched = any(verdict.matched for verdict in verdicts)
    decision = decide(rule, event, situation, zone) if matched else None
    return RuleExplanation(rule.version, verdicts, decision)


def near_misses(
    rules: Iterable[AlertRule], event: TelephonyEvent, names: AccountNames, zone: ZoneInfo
) -> Iterator[NearMiss]:
    """Yield the enabled rules that an event misses by one filter, each with the first such trigger."""
    facts = facts_of(event, names)
    for rule in rules:
        if facts is None or not rule.enabled or rule.type is not facts.type:
            continue
        verdicts = [_verdict(rule, trigger, event, facts, zone) for trigger in rule.triggers]
        if any(verdict.matched for verdict in verdicts):
            continue
        for trigger, verdict in zip(rule.triggers, verdicts, strict=True):
            failed = [each for each in verdict.filters if not each.matched]
            if len(failed) == 1:
                yield NearMiss(rule, trigger, failed[0])
                break


def _verdict(
    rule: AlertRule, trigger: RuleTrigger, event: TelephonyEvent, facts: EventFacts | None, zone: ZoneInfo
) -> TriggerVerdict:
    if facts is None or facts.type is not rule.type:
        found = [FilterVerdict(TYPE, (rule.type.value,), (event.type,), matched=False)]
    else:
        found = [*_beside_filters(rule, trigger, facts), *_filters(trigger, facts, zone)]
    return TriggerVerdict(trigger.id, trigger.description, tuple(found))


def _beside_filters(rule: AlertRule, trigger: RuleTrigger, facts: EventFacts) -> Iterator[FilterVerdict]:
    if trigger.out_of_scope:
        yield FilterVerdict(OUT_OF_SCOPE, ("things that its owner may use",), ("a stopped trigger",), matched=False)
    if rule.sight is not None:
        matched = not rule.sight.isdisjoint(facts.things())
        yield FilterVerdict(DATA_SCOPE, ("a thing that the rule may see",), facts.things(), matched)


def _filters(trigger: RuleTrigger, facts: EventFacts, zone: ZoneInfo) -> Iterator[FilterVerdict]:
    filters = trigger.filters
    for name, wanted in filters.values.items():
        got = facts.values[name]
        yield FilterVerdict(name.value, tuple(sorted(wanted)), got, not wanted.isdisjoint(got))
    if filters.duration is not None:
        got = () if facts.seconds is None else (f"{facts.seconds} s",)
        matched = facts.seconds is not None and filters.duration.holds(facts.seconds)
        yield FilterVerdict(FilterName.DURATION, (range_text(filters.duration),), got, matched)
    if filters.time_of_day:
        wall = facts.at.astimezone(zone)
        got = (f"{_DAYS[wall.weekday()]} {clock_text(facts.at, zone)}",)
        minute = wall.weekday() * 1440 + wall.hour * 60 + wall.minute
        spans = [span for hours in filters.time_of_day for span in hours.spans()]
        matched = any(begin <= minute < end for begin, end in spans)
        yield FilterVerdict(FilterName.TIME_OF_DAY, tuple(map(daily_text, filters.time_of_day)), got, matched)
    if filters.contains is not None:
        got = ("the text",) if facts.text else ()
        yield FilterVerdict(FilterName.CONTAINS, (filters.contains,), got, filters.contains in facts.text)


def range_text(wanted: SecondsRange) -> str:
    """Return lengths of calls in words."""
    if wanted.most is None:
        return f"at least {wanted.least or 0} s"
    return f"{wanted.least or 0} to {wanted.most} s"


def daily_text(hours: DailyHours) -> str:
    """Return hours of the day, and days if not all are meant: `09:00-17:30 mon,tue`."""
    days = "" if len(hours.days) == 7 else " " + ",".join(_DAYS[day - 1] for day in sorted(hours.days))
    return f"{hours_text(hours.begin)}-{hours_text(hours.end)}{days}"
