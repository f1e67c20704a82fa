"""Backtests: what a rule would have done with events that came, through the same triggers, holds and throttles.

    event ──► registrations: what it means for its line ──► triggers ──► gates ──► hold ──► throttle ──► counted

Nothing is sent. The rule counts as enabled for the whole time. Texts of rules themselves are not recognised (the gate
`loop`), because what was sent then is not known any more. Events come in the order of their receipt. All that the walk
remembers is JSON, so it goes on in another process where it stopped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tocsin.alert_rules.domain.actions import SmsAction
from tocsin.alert_rules.domain.book import RuleBook
from tocsin.alert_rules.domain.facts import TYPE_OF, AccountNames, facts_of
from tocsin.alert_rules.domain.gates import GateName, Situation, decide
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.alert_rules.domain.triggers import VALUE_FILTERS, FilterName, RuleTrigger, RuleType, TriggerFilters
from tocsin.alert_rules.domain.windows import hold_ends, is_offline_still, throttle_value, throttle_window
from tocsin.alert_rules.domain.words import Told, text
from tocsin.content.domain.sms_text import measure
from tocsin.kernel.domain.counted import counted
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.limits.domain.sms_prices import price_of
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.event_pack import PackContents, PackedEvent, packed, unpacked
from tocsin.telephony.domain.line_state import LineChange, LineState, line_of, line_value

SHOWN = 100
"""Runs that are listed one by one: the first."""

TOP_LINES = 10

_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
_ABANDONED = "abandoned"


@dataclass(slots=True)
class BacktestSums:
    """What a walk has counted and remembers. Every value is JSON.

    Attributes:
        matches: events that match a trigger.
        runs: those that passed all gates.
        days: runs by date, hours: by hour of the day 0..23, both by the account's clock. lines: by line.
        first: the first SHOWN runs: event, time, ids of triggers.
        texts, cost: text messages to single receivers, and their price in millionths of a US dollar.
        near: by filter, the events that fail by this filter alone. `abandoned`: those that match if abandoned calls
            count as missed ones do.
        window, used: beginning of the throttle's window, and what was used in it by value.
        held: packed event, ids of triggers and end of each hold that is not over.
        states: of lines, as far as the events tell.
    """

    matches: int = 0
    runs: int = 0
    days: dict[str, int] = field(default_factory=dict)
    hours: list[int] = field(default_factory=lambda: [0] * 24)
    lines: dict[str, int] = field(default_factory=dict)
    first: list[dict[str, Any]] = field(default_factory=list)
    texts: int = 0
    cost: int = 0
    near: dict[str, int] = field(default_factory=dict)
    window: str = ""
    used: dict[str, int] = field(default_factory=dict)
    held: list[list[Any]] = field(default_factory=list)
    states: dict[str, dict[str, Any]] = field(default_factory=dict)


class RuleWalk:
    """Walks over events with one rule.

    Args:
        sums: of the part of the walk that is done; they change with each event.
    """

    def __init__(self, rule: AlertRule, names: AccountNames, zone: ZoneInfo, sums: BacktestSums) -> None:
        self.sums = sums
        self._rule = replace(rule, enabled=True, counts_from=_ALWAYS)
        self._names, self._zone = names, zone
        self._triggers = {trigger.id: trigger for trigger in rule.triggers}
        self._book = RuleBook([self._rule, *_nearly(self._rule)], names, zone)
        self._types = {type for type, rules in TYPE_OF.items() if rules is rule.type}
        texts = [action for action in rule.actions if isinstance(action, SmsAction) and action.enabled]
        self._texts = [(action, sum(price_of(number, 1) for number in action.to)) for action in texts]

    def wants(self, contents: PackContents) -> bool:
        """Whether a pack may hold events that the rule looks at."""
        return any(count.type in self._types for count in contents.counts)

    def follow(self, event: TelephonyEvent) -> None:
        """Take an event into account that was received before the backtest begins: it tells the state of its line."""
        if event.type == "sip.registration" and event.type in self._types:
            self._followed(event)

    def take(self, found: PackedEvent) -> None:
        """Count one event; no earlier one follows."""
        event = found.event
        self.pass_to(event.received_at)
        if event.type not in self._types:
            return
        if event.type == "sip.registration":
            change = self._followed(event)
            if change is LineChange.NONE:
                return
            event = replace(event, data={**event.data, "event": change.value})
        matched = self._book.match(event)
        triggers = next((each.triggers for each in matched if each.rule is self._rule), None)
        if triggers is None:
            for each in matched:
                self.sums.near[each.rule.id] = self.sums.near.get(each.rule.id, 0) + 1
            return
        self.sums.matches += 1
        self._decided(PackedEvent(found.name, event), triggers, event.received_at, is_held_long_enough=False)

    def pass_to(self, now: datetime) -> None:
        """Let time pass: holds end, in their order."""
        while self.sums.held and (until := datetime.fromisoformat(self.sums.held[0][2])) <= now:
            value, ids, _ = self.sums.held.pop(0)
            found = unpacked(value)
            line = self._state(found.event)
            if is_offline_still(found.event.at, line.since if line.on is False else None):
                triggers = tuple(self._triggers[id] for id in ids)
                self._decided(found, triggers, until, is_held_long_enough=True)

    def _followed(self, event: TelephonyEvent) -> LineChange:
        expiry_counts = self._book.wants_refreshes
        state, change, _ = self._state(event).after(event.at, event.data, expiry_counts=expiry_counts)
        self.sums.states[self._names.line(event.data["line"])] = line_value(state)
        return change

    def _state(self, event: TelephonyEvent) -> LineState:
        value = self.sums.states.get(self._names.line(event.data["line"]))
        return LineState() if value is None else line_of(value)

    def _decided(
        self, found: PackedEvent, triggers: Sequence[RuleTrigger], at: datetime, *, is_held_long_enough: bool
    ) -> None:
        """Count a match that the gates let pass at a time, or remember it until its hold ends."""
        throttle, sums = self._rule.options.throttle, self.sums
        situation = Situation(is_held_long_enough=is_held_long_enough)
        value = ""
        if throttle is not None:
            facts = facts_of(found.event, self._names)
            assert facts is not None  # it matches
            value = throttle_value(throttle.by, facts)
            window = throttle_window(at, throttle.per, self._zone)
            if sums.window != (start := window.start.isoformat()):
                sums.window, sums.used = start, {}
            situation = replace(situation, window=window, used=sums.used.get(value, 0))
        decision = decide(self._rule, found.event, situation, self._zone)
        if decision.stopped_by is GateName.HELD:
            hold = self._rule.options.hold
            assert hold is not None  # its gate stopped the match
            until = hold_ends(found.event.at, hold, at)
            sums.held.append([packed(found), [trigger.id for trigger in triggers], until.isoformat()])
            sums.held.sort(key=lambda each: datetime.fromisoformat(each[2]))
        if not decision.fired:
            return
        if throttle is not None:
            sums.used[value] = sums.used.get(value, 0) + 1
        self._count(found, triggers, at)

    def _count(self, found: PackedEvent, triggers: Sequence[RuleTrigger], at: datetime) -> None:
        sums, event = self.sums, found.event
        wall = at.astimezone(self._zone)
        day = wall.date().isoformat()
        sums.runs += 1
        sums.days[day] = sums.days.get(day, 0) + 1
        sums.hours[wall.hour] += 1
        facts = facts_of(event, self._names)
        for line in facts.values[FilterName.LINES] if facts else ():
            sums.lines[line] = sums.lines.get(line, 0) + 1
        if len(sums.first) < SHOWN:
            ids = [trigger.id for trigger in triggers]
            sums.first.append({"event": found.name, "time": wire_time(event.at), "triggers": ids})
        told = Told(self._rule, tuple(triggers), event, self._names, self._zone)
        for action, price in self._texts:
            sums.texts += len(action.to)
            sums.cost += price * measure(text(action, told)).segments


def result(sums: BacktestSums, span: timedelta) -> dict[str, Any]:
    """Return what people get of a walk over a span."""
    busiest = sorted(sums.lines.items(), key=lambda each: (-each[1], each[0]))[:TOP_LINES]
    return {
        "firings": sums.runs,
        "matches": sums.matches,
        "per_day": [{"day": day, "count": count} for day, count in sorted(sums.days.items())],
        "per_hour": [{"hour": hour, "count": count} for hour, count in enumerate(sums.hours)],
        "lines": [{"line": line, "count": count} for line, count in busiest],
        "first": sums.first,
        "texts": sums.texts,
        "cost": {"currency": "USD", "amount": round(sums.cost / 1_000_000, 6)},
        "near_misses": [
            {"filter": name, "more": count, "sentence": _sentence(name, count)}
            for name, count in sorted(sums.near.items())
        ],
        "noise": _noise(sums.runs, span),
    }


def _sentence(name: str, count: int) -> str:
    if name == _ABANDONED:
        return f"{count} more if abandoned calls counted"
    return f"{count} more if the filter {name} were not set"


def _noise(runs: int, span: timedelta) -> str | None:
    hours = max(1, span // timedelta(hours=1))
    return f"more than one an hour: {runs} in {counted(hours, 'hour')}" if runs > hours else None


def _nearly(rule: AlertRule) -> list[AlertRule]:
    """Return the rule without one of its filters, once for each filter, and with abandoned calls beside missed ones."""
    found = []
    for name in (*VALUE_FILTERS[rule.type], FilterName.DURATION, FilterName.TIME_OF_DAY, FilterName.CONTAINS):
        triggers = tuple(replace(each, filters=_without(each.filters, name)) for each in rule.triggers)
        if triggers != rule.triggers:
            found.append(replace(rule, id=name.value, triggers=triggers))
    if rule.type is RuleType.CALL:
        triggers = tuple(replace(each, filters=_and_abandoned(each.filters)) for each in rule.triggers)
        if triggers != rule.triggers:
            found.append(replace(rule, id=_ABANDONED, triggers=triggers))
    return found


def _without(filters: TriggerFilters, name: FilterName) -> TriggerFilters:
    match name:
        case FilterName.DURATION:
            return replace(filters, duration=None)
        case FilterName.TIME_OF_DAY:
            return replace(filters, time_of_day=())
        case FilterName.CONTAINS:
            return replace(filters, contains=None)
    return replace(filters, values={other: wanted for other, wanted in filters.values.items() if other is not name})


def _and_abandoned(filters: TriggerFilters) -> TriggerFilters:
    wanted = filters.values.get(FilterName.STATUSES, frozenset())
    if wanted.isdisjoint(("missed", "voicemail")):
        return filters
    values: Mapping[FilterName, frozenset[str]] = {**filters.values, FilterName.STATUSES: wanted | {_ABANDONED}}
    return replace(filters, values=values)
