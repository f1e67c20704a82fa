"""What rules look at in an event: its values in the form in which filters compare them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tocsin.alert_rules.domain.triggers import CHOICES, FilterName, RuleType, folded
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.event_data.shapes import time_in
from tocsin.telephony.domain.numbers import normal_number

_N = FilterName

TYPE_OF: Mapping[str, RuleType] = {
    "call.ended": RuleType.CALL,
    "sip.registration": RuleType.SIP,
    "sms.received": RuleType.SMS,
    "sms.sent": RuleType.SMS,
}
"""Types of events that rules look at. A call is looked at once, when it has ended (AL-28)."""


@dataclass(frozen=True, slots=True)
class AccountNames:
    """What names in events mean in one account.

    Attributes:
        lines, groups: id by every spelling of a line or group: id, extension, number and aliases, case-folded.
        extensions: extension by line id.
        group_names: name by group id.
        owners: user by line id, of personal lines.
        targets: line id by E.164 number of the account that leads to a line.
        own_numbers: the account's numbers in E.164.
        country: ISO code of the country of numbers that are written nationally; None = unknown.
    """

    lines: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    extensions: Mapping[str, str] = field(default_factory=dict)
    group_names: Mapping[str, str] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)
    targets: Mapping[str, str] = field(default_factory=dict)
    own_numbers: frozenset[str] = frozenset()
    country: str | None = None

    def line(self, name: str) -> str:
        """Return the id of the line that an event names; the name itself if the directory does not know it."""
        return self.lines.get(name.casefold(), name)


@dataclass(frozen=True, slots=True)
class EventFacts:
    """An event as rules see it.

    Attributes:
        values: each filter's values in the event; all filters of the type are there, empty or not.
        own_numbers: those numbers of the event that are the account's.
        seconds: length of a call; None = not given.
        at: when a call started, else when the event happened.
        text: of a message, `folded`; "" = none.
    """

    type: RuleType
    values: Mapping[FilterName, tuple[str, ...]]
    at: datetime
    own_numbers: tuple[str, ...] = ()
    seconds: int | None = None
    text: str = ""

    def things(self) -> tuple[str, ...]:
        """Return what of the account the event names, as `thing_named` writes it; for data scopes."""
        kinds = (("line", _N.LINES), ("group", _N.GROUPS), ("user", _N.USERS))
        named = [thing_named(kind, id) for kind, name in kinds for id in self.values.get(name, ())]
        return (*named, *(thing_named("number", number) for number in self.own_numbers))


def facts_of(event: TelephonyEvent, names: AccountNames) -> EventFacts | None:
    """Return what rules look at in a valid event; None = no rule is about events of this type."""
    type = TYPE_OF.get(event.type)
    if type is None:
        return None
    data = event.known
    lines = _ids(names.lines, data, "line", "lines")
    if type is RuleType.SIP:
        said = tuple(word for word in CHOICES[type][_N.EVENTS] if word == data.get("event"))
        values: dict[FilterName, tuple[str, ...]] = {_N.LINES: lines, _N.EVENTS: said}
        return EventFacts(type, values, event.at)
    parties = [data.get("from"), data.get("to")]
    written = [party["number"] for party in parties if isinstance(party, Mapping)] + [data.get("phoneNumber")]
    numbers = _unique([normal_number(number, names.country) for number in written if number])
    groups = _ids(names.groups, data, "group", "groups")
    own = tuple(number for number in numbers if number in names.own_numbers)
    if type is RuleType.CALL:
        values = {
            _N.LINES: lines,
            _N.NUMBERS: numbers,
            _N.GROUPS: groups,
            _N.DIRECTIONS: (data["direction"],),
            _N.STATUSES: (data["status"], "transferred") if data.get("transferred") else (data["status"],),
            _N.TAGS: _unique(map(folded, data.get("tags", ()))),
        }
        return EventFacts(type, values, _started(data, event), own, data.get("durationSeconds"))
    values = {
        _N.LINES: lines,
        _N.NUMBERS: numbers,
        _N.USERS: _users(data, lines, own, names),
        _N.GROUPS: groups,
        _N.DIRECTIONS: ("incoming" if event.type == "sms.received" else "outgoing",),
    }
    return EventFacts(type, values, event.at, own, text=folded(data.get("text") or ""))


def thing_named(kind: str, id: str) -> str:
    """Return the name of a line, group, number or user in a set of things of several kinds."""
    return f"{kind}:{id}"


def _ids(known: Mapping[str, str], data: Mapping[str, Any], one: str, several: str) -> tuple[str, ...]:
    """Return the ids of the lines or groups of an event; one that the directory does not know keeps its name."""
    found = [data[one]] if data.get(one) else []
    found += data.get(several, ())
    if not found:
        return ()
    written = [each["id"] if isinstance(each, Mapping) else each for each in found]
    return _unique([known.get(name.casefold(), name) for name in written])


def _users(
    data: Mapping[str, Any], lines: tuple[str, ...], own: tuple[str, ...], names: AccountNames
) -> tuple[str, ...]:
    """Return whose text it is: the person of the event, else of its line, else of the line that our number leads to."""
    if data.get("userId"):
        return (data["userId"],)
    of_numbers = [names.targets[number] for number in own if number in names.targets]
    return _unique(names.owners[line] for line in (lines or of_numbers) if line in names.owners)


def _started(data: Mapping[str, Any], event: TelephonyEvent) -> datetime:
    return time_in(data, "startedAt") or event.at


def _unique(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))
