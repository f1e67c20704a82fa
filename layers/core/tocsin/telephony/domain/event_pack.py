"""Packs: the events that were received in one hour, kept for months as a few big values."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.stored_event import StoredEvent
from tocsin.telephony.domain.vocabulary import TYPES, without_secrets

HOUR = timedelta(hours=1)

PACK_AFTER = timedelta(minutes=65)
"""After the hour began. Events of the hour are in the index by then: receipt cannot become late."""

RECOUNT_AFTER = timedelta(hours=6)
"""After an hour was packed: its rows are counted again, in case the index was late after all."""

PART_BYTES = 8_000_000
"""JSON of one part before it is deflated, so that its reader needs little memory. The last event may go beyond."""

QUARTER = timedelta(minutes=15)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class PackedEvent(NamedTuple):
    """An event of a pack. `name`: within its tenant; it stays when an erasure changes the event."""

    name: str
    event: TelephonyEvent


class EventCount(NamedTuple):
    """How many events of a pack are alike.

    Attributes:
        quarter: when they happened, rounded down to a quarter of an hour.
        type: "" for types that the vocabulary does not know.
        direction, outcome: of calls; "" for other events. The outcome is the `status` of the vocabulary.
    """

    quarter: datetime
    type: str
    direction: str
    outcome: str
    events: int


@dataclass(frozen=True, slots=True)
class PackContents:
    """What a part holds, for readers that need not open it.

    Attributes:
        lines, groups: each line and group that an event names, as its source writes it.
    """

    counts: tuple[EventCount, ...] = ()
    lines: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PackPart:
    """One part of the pack of an hour.

    Attributes:
        hour: its begin.
        number: from 0; part 0 holds the newest events.
        events: how many it holds; those of sandbox keys are not among them.
        rows: how many rows were read for it, those of sandbox keys included.
        last: place of the oldest row that was read for it.
        complete: no events of the hour are older than those of this part.
    """

    hour: datetime
    number: int
    events: int
    rows: int
    last: str
    complete: bool
    contents: PackContents


def hour_of(at: datetime) -> datetime:
    """Return the begin of the hour, in UTC."""
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def hour_name(hour: datetime) -> str:
    """Return the name of an hour: `yyyymmddhh`."""
    return f"{hour.astimezone(UTC):%Y%m%d%H}"


def hour_named(name: str) -> datetime:
    """Return the begin of the hour that `hour_name` named."""
    return datetime.strptime(name, "%Y%m%d%H").replace(tzinfo=UTC)


def packed(stored: StoredEvent | PackedEvent) -> list[Any]:
    """Return an event as JSON of a pack, without passwords and PINs."""
    event = stored.event
    data = without_secrets(event.type, event.data)
    return [stored.name, event.source, event.id, event.type, event.at.isoformat(), event.received_at.isoformat(), data]


def unpacked(value: list[Any]) -> PackedEvent:
    """Return the event that `packed` wrote."""
    name, source, id, type, at, received_at, data = value
    times = datetime.fromisoformat(at), datetime.fromisoformat(received_at)
    return PackedEvent(name, TelephonyEvent(source, id, type, *times, data))


def size_of(event: list[Any]) -> int:
    """Return how many bytes of PART_BYTES a packed event takes."""
    return len(json.dumps(event, separators=(",", ":"))) + 1


def contents_of(events: Iterable[TelephonyEvent]) -> PackContents:
    """Return what a pack of these events holds; equal for equal events, whatever their order."""
    counts: Counter[tuple[datetime, str, str, str]] = Counter()
    lines, groups = set[str](), set[str]()
    for event in events:
        data = event.known
        is_call = event.type == "call.ended"
        words = (data["direction"], data["status"]) if is_call else ("", "")
        quarter = event.at - (event.at - _EPOCH) % QUARTER
        counts[quarter, event.type if event.type in TYPES else "", *words] += 1
        lines.update(_named(data, "line", "lines"))
        groups.update(_named(data, "group", "groups"))
    alike = tuple(EventCount(*key, events) for key, events in sorted(counts.items()))
    return PackContents(alike, tuple(sorted(lines)), tuple(sorted(groups)))


def _named(data: Mapping[str, Any], one: str, several: str) -> Iterable[str]:
    for each in (data.get(one), *(data.get(several) or ())):
        name = each.get("id") if isinstance(each, Mapping) else each
        if isinstance(name, str):
            yield name
