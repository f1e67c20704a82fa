"""The rules of an account as bits: which triggers an event matches (ADR 0123).

Each trigger has a bit. For each filter there is a mask for every value that some trigger lists: the triggers that list
it, and the triggers without that filter. A match is the AND of one mask for each filter.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tocsin.alert_rules.domain.facts import AccountNames, EventFacts, facts_of
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.alert_rules.domain.triggers import (
    CHOICES,
    VALUE_FILTERS,
    WEEK_MINUTES,
    DailyHours,
    FilterName,
    RuleTrigger,
    RuleType,
    SecondsRange,
)
from tocsin.telephony.domain.event import TelephonyEvent

_QUARTER = 15 * 60
_MONDAY = 3 * 24 * 60
"""Minutes from a Monday, 29 December 1969, to the beginning of Unix time."""


class MatchedRule(NamedTuple):
    """A rule that an event matches, with those of its triggers that match."""

    rule: AlertRule
    triggers: tuple[RuleTrigger, ...]


class RuleBook:
    """The enabled rules of an account, compiled once.

    Attributes:
        names: what names in events mean.
        zone: of the account.
    """

    def __init__(self, rules: Iterable[AlertRule], names: AccountNames, zone: ZoneInfo) -> None:
        by_type: dict[RuleType, list[tuple[AlertRule, RuleTrigger]]] = {type: [] for type in RuleType}
        for rule in rules:
            if rule.enabled:
                by_type[rule.type] += [(rule, trigger) for trigger in rule.triggers if not trigger.out_of_scope]
        self.names, self.zone = names, zone
        self._of_type = {type: _TypeBook(type, pairs, zone) for type, pairs in by_type.items() if pairs}

    @property
    def country(self) -> str | None:
        """ISO code of the country of the account's national numbers; None = unknown."""
        return self.names.country

    @property
    def wants_refreshes(self) -> bool:
        """Whether some rule asks for refreshed registrations."""
        book = self._of_type.get(RuleType.SIP)
        return book is not None and book.wants(FilterName.EVENTS, "refreshed")

    def match(self, event: TelephonyEvent) -> list[MatchedRule]:
        """Return the rules that a valid event matches, in the order of the rules, each with its triggers."""
        facts = facts_of(event, self.names)
        if facts is None or (book := self._of_type.get(facts.type)) is None:
            return []
        return book.rules_of(book.mask(facts))


def week_minute(at: datetime, zone: ZoneInfo) -> int:
    """Return the minute of the week in a zone, 0 = Monday 00:00."""
    seconds = int(at.timestamp())
    return (seconds // 60 + _offset(zone, seconds // _QUARTER) + _MONDAY) % WEEK_MINUTES


@lru_cache(maxsize=8_192)
def _offset(zone: ZoneInfo, quarter: int) -> int:
    """Return the minutes by which a zone is ahead of UTC. Clocks change at a full quarter of an hour."""
    ahead = datetime.fromtimestamp(quarter * _QUARTER, zone).utcoffset()
    assert ahead is not None  # it has a zone
    return int(ahead.total_seconds()) // 60


class _Spans:
    """Masks of the triggers whose spans of integers hold a number."""

    def __init__(self, free: int, spans: Mapping[int, Sequence[tuple[int, int | None]]]) -> None:
        """Args are the triggers without spans, and by bit the spans of a trigger: begin, and end (exclusive)."""
        flips: dict[int, int] = defaultdict(int)
        for bit, own in spans.items():
            for begin, end in _disjoint(own):
                flips[begin] ^= bit
                if end is not None:
                    flips[end] ^= bit
        self.points, self.masks, mask = sorted(flips), [free], free
        for point in self.points:
            mask ^= flips[point]
            self.masks.append(mask)

    def mask(self, number: int) -> int:
        return self.masks[bisect_right(self.points, number)]


def _disjoint(spans: Sequence[tuple[int, int | None]]) -> list[tuple[int, int | None]]:
    """Return the same numbers as spans that do not overlap."""
    found: list[tuple[int, int | None]] = []
    for begin, end in sorted(spans, key=lambda span: span[0]):
        last = found[-1][1] if found else 0
        if found and (last is None or begin <= last):
            found[-1] = (found[-1][0], None if last is None or end is None else max(last, end))
        else:
            found.append((begin, end))
    return found


class _TypeBook:
    """The triggers of all rules of one type; bit n belongs to trigger n."""

    def __init__(self, type: RuleType, pairs: Sequence[tuple[AlertRule, RuleTrigger]], zone: ZoneInfo) -> None:
        self._pairs, self._zone = pairs, zone
        self._all = (1 << len(pairs)) - 1
        bits = [(1 << n, trigger.filters) for n, (_, trigger) in enumerate(pairs)]
        few = CHOICES[type]
        lists = {name: [(bit, filters.values.get(name)) for bit, filters in bits] for name in VALUE_FILTERS[type]}
        self._few = [(name, *_masks(lists[name])) for name in lists if name in few and _is_used(lists[name])]
        self._many = [(name, *_masks(lists[name])) for name in lists if name not in few and _is_used(lists[name])]
        sights = [(1 << n, rule.sight) for n, (rule, _) in enumerate(pairs)]
        self._sight = _masks(sights) if _is_used(sights) else None
        self._folded: dict[tuple[tuple[str, ...], ...], int] = {}
        lengths = {bit: [_length(filters.duration)] for bit, filters in bits if filters.duration is not None}
        self._no_length = self._all & ~sum(lengths)
        self._lengths = _Spans(self._no_length, lengths) if lengths else None
        hours = {bit: _week(filters.time_of_day) for bit, filters in bits if filters.time_of_day}
        self._hours = _Spans(self._all & ~sum(hours), hours) if hours else None
        self._parts: dict[str, int] = defaultdict(int)
        for bit, filters in bits:
            if filters.contains is not None:
                self._parts[filters.contains] |= bit
        self._no_part = self._all & ~sum(self._parts.values())

    def wants(self, name: FilterName, value: str) -> bool:
        """Whether a trigger lists this value of a filter."""
        return any(value in trigger.filters.values.get(name, ()) for _, trigger in self._pairs)

    def mask(self, facts: EventFacts) -> int:
        """Return the bits of the triggers that match. It ends with the first filter that no trigger passes."""
        values = facts.values
        mask = self._fold(values)
        for name, free, masks in self._many:
            mask &= _any(free, masks, values[name])
            if not mask:
                return 0
        if self._sight is not None:
            mask &= _any(*self._sight, facts.things())
        if mask and self._lengths is not None:
            mask &= self._no_length if facts.seconds is None else self._lengths.mask(facts.seconds)
        if mask and self._hours is not None:
            mask &= self._hours.mask(week_minute(facts.at, self._zone))
        if mask and self._parts:
            mask &= self._no_part | sum(bits for part, bits in self._parts.items() if part in facts.text)
        return mask

    def rules_of(self, mask: int) -> list[MatchedRule]:
        """Return the rules whose triggers have these bits."""
        found: list[tuple[AlertRule, list[RuleTrigger]]] = []
        last = None
        while mask:
            highest = mask.bit_length() - 1
            mask ^= 1 << highest
            rule, trigger = self._pairs[highest]
            if rule is last:
                found[-1][1].append(trigger)
            else:
                found.append((rule, [trigger]))
                last = rule
        return [MatchedRule(rule, tuple(reversed(triggers))) for rule, triggers in reversed(found)]

    def _fold(self, values: Mapping[FilterName, tuple[str, ...]]) -> int:
        """Return the mask of all filters with few fixed values at once: an event has one of two dozen combinations."""
        key = tuple(values[name] for name, _, _ in self._few)
        mask = self._folded.get(key)
        if mask is None:
            mask = self._all
            for (_, free, masks), said in zip(self._few, key, strict=True):
                mask &= _any(free, masks, said)
            if len(self._folded) < 256:
                self._folded[key] = mask
        return mask


def _is_used(lists: Iterable[tuple[int, frozenset[str] | None]]) -> bool:
    return any(wanted is not None for _, wanted in lists)


def _masks(lists: Iterable[tuple[int, frozenset[str] | None]]) -> tuple[int, dict[str, int]]:
    """Return the triggers without the filter, and the triggers by value."""
    free, masks = 0, dict[str, int]()
    for bit, wanted in lists:
        if wanted is None:
            free |= bit
        else:
            for value in wanted:
                masks[value] = masks.get(value, 0) | bit
    return free, masks


def _any(free: int, masks: Mapping[str, int], values: Iterable[str]) -> int:
    found = free
    for value in values:
        found |= masks.get(value, 0)
    return found


def _length(wanted: SecondsRange) -> tuple[int, int | None]:
    return wanted.least or 0, None if wanted.most is None else wanted.most + 1


def _week(hours: Iterable[DailyHours]) -> list[tuple[int, int | None]]:
    return [span for each in hours for span in each.spans()]
