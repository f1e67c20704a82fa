"""Vendors' payloads become events by a mapping: a declarative table that is data, and runs no code of tenants.

    {"parse": ["msg"],                                    paths of texts that hold JSON
     "emit": [{"when": {"type": 30012},                   conditions, all of which must hold
               "type": "call.ended",
               "id": [{"at": "sn"}, {"at": "msg.uid"}],   parts, joined by colons
               "time": {"at": "msg.time_start", "as": "local"},
               "data": {"callId": {"at": "msg.uid"}, "from": {"number": {"at": "msg.call_from", "as": "phone"}}}}]}

Values are explained in `values`, conditions in `conditions`. `data` holds values, constants, and
objects and lists of them. What a payload does not have is absent, and so is an object or a list in which nothing is. An
emit without `id` gets one from the payload and the time of its receipt. An emit without `time`, and one whose time is
the constant `received`, happened when it was received.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from tocsin.kernel.domain.errors import Fault
from tocsin.telephony.domain.mappings.conditions import Condition
from tocsin.telephony.domain.mappings.conversions import SourceSettings, as_text
from tocsin.telephony.domain.mappings.values import (
    Reader,
    found_at,
    json_in,
    plain,
)

MOST_ID = 255
"""Characters of an id; a longer one is replaced by its hash."""


RECEIVED = "received"
"""The constant that stands for the time of the receipt."""


class NoEventReason(StrEnum):
    """Why an emit made no event of a payload; the values are stable."""

    CONDITION = "condition_not_met"  # the payload is another kind
    ID = "id_missing"  # without a stable id a repeat would count twice
    TIME = "time_missing"  # there, but not readable as it is said, or absent
    REQUIRED = "required_field_missing"  # the vocabulary requires what the payload does not have, or not as it must be
    DUPLICATE = "duplicate_id"  # an earlier emit gave the same id: an id names one event


@dataclass(frozen=True, slots=True)
class EventDraft:
    """An event that a payload told.

    Attributes:
        id: unique within its source: 1 to 255 characters, the same for every repeat of the payload.
        data: JSON object; times in it are RFC 3339.
    """

    type: str
    id: str
    time: datetime
    data: Mapping[str, Any]

    def cloud_event(self, source: str) -> Mapping[str, Any]:
        """Return the event in the JSON event format, as one of `source`."""
        return {
            "specversion": "1.0", "id": self.id, "source": source, "type": self.type, "time": self.time.isoformat(),
            "data": self.data,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class NoEvent:
    """An emit that made no event.

    Attributes:
        emit: its place in the mapping, from 0.
        field: the path of the condition that was not met, or the field of `data` that is missing.
    """

    emit: int
    type: str
    reason: NoEventReason
    field: str = ""

    @property
    def refused(self) -> bool:
        """Whether the payload should have made this event and could not."""
        return self.reason is not NoEventReason.CONDITION


@dataclass(frozen=True, slots=True)
class MappedPayload:
    """What came of one payload; both lists are in the order of the emits."""

    events: tuple[EventDraft, ...]
    without: tuple[NoEvent, ...]


Judge = Callable[[str, Mapping[str, Any]], Sequence[Fault]]
"""From type and data to what the vocabulary finds wrong with them; pointers begin at the data."""

ABSENT: Any = object()
"""In data: nothing was found."""

DataReader = Callable[[Any, SourceSettings], Any]


@dataclass(frozen=True, slots=True)
class Emit:
    """One event that a payload may tell."""

    type: str
    conditions: Sequence[Condition]
    id: Sequence[Reader]
    time: Reader | None
    data: DataReader


@dataclass(frozen=True, slots=True)
class PayloadMapping:
    """A compiled mapping; `compiler.compiled` makes one."""

    parse: Sequence[Sequence[str]]
    emits: Sequence[Emit]

    def read(self, payload: Any, settings: SourceSettings, received_at: datetime, judge: Judge) -> MappedPayload:
        """Return what a payload tells. Raises nothing, whatever the payload is, and does not change it.

        Args:
            payload: a JSON value.
            received_at: stands for the time of emits that have none.
            judge: the vocabulary. A field that it finds wrong is absent; without a required one there is no event.
        """
        read = _with_parsed(payload, self.parse)
        events: dict[str, EventDraft] = {}
        without: list[NoEvent] = []
        for index, emit in enumerate(self.emits):
            made = _made(emit, index, read, settings, received_at)
            if isinstance(made, EventDraft):
                made = _judged(made, index, judge)
            if isinstance(made, EventDraft) and made.id in events:
                made = NoEvent(index, emit.type, NoEventReason.DUPLICATE)
            if isinstance(made, NoEvent):
                without.append(made)
            else:
                events[made.id] = made
        return MappedPayload(tuple(events.values()), tuple(without))


def _made(
    emit: Emit, index: int, payload: Any, settings: SourceSettings, received_at: datetime
) -> EventDraft | NoEvent:
    for condition in emit.conditions:
        if not condition.holds(payload):
            return NoEvent(index, emit.type, NoEventReason.CONDITION, condition.path)
    parts = [plain(part(payload, settings)) for part in emit.id]
    if None in parts:
        return NoEvent(index, emit.type, NoEventReason.ID)
    at = RECEIVED if emit.time is None else emit.time(payload, settings)
    at = received_at if at == RECEIVED else at
    if not isinstance(at, datetime):
        return NoEvent(index, emit.type, NoEventReason.TIME)
    named = ":".join(as_text(part) for part in parts if part is not None)
    data = emit.data(payload, settings)
    return EventDraft(emit.type, _id(named) or _own_id(payload, index, received_at), at, {} if data is ABSENT else data)


def _judged(draft: EventDraft, index: int, judge: Judge) -> EventDraft | NoEvent:
    """Return the draft without fields that are wrong, or why it is no event."""
    faults = judge(draft.type, draft.data)
    if not faults:
        return draft
    data = draft.data
    for fault in faults:
        data = _without(data, fault.pointer.split("/")[1:])
    if left := judge(draft.type, data):
        return NoEvent(index, draft.type, NoEventReason.REQUIRED, left[0].pointer.removeprefix("/").replace("/", "."))
    return replace(draft, data=data)


def _without(data: Mapping[str, Any], names: Sequence[str]) -> Mapping[str, Any]:
    """Return data without the field of these names; a list that holds it goes as a whole."""
    first, *rest = names or [""]
    inner = data.get(first)
    kept = {name: value for name, value in data.items() if name != first}
    return kept | {first: _without(inner, rest)} if rest and isinstance(inner, dict) else kept


def _id(named: str) -> str:
    return named if len(named) <= MOST_ID else hashlib.sha256(named.encode("utf-8", "replace")).hexdigest()


def _own_id(payload: Any, index: int, received_at: datetime) -> str:
    """Return an id for what has none. The same payload that comes again later is another event."""
    try:
        told = json.dumps(payload, sort_keys=True)
    except (RecursionError, TypeError, ValueError):  # no JSON, or JSON in a text that is a thousand levels deep
        told = ""
    return hashlib.sha256(f"{index} {received_at.isoformat()} {told}".encode()).hexdigest()


def _with_parsed(payload: Any, paths: Sequence[Sequence[str]]) -> Any:
    """Return the payload with the texts at these paths replaced by what they hold as JSON."""
    for path in paths:
        if (inner := json_in(found_at(payload, path))) is not None:
            payload = _replaced(payload, path, inner)
    return payload


def _replaced(payload: Any, path: Sequence[str], inner: Any) -> Any:
    if not path:
        return inner
    if isinstance(payload, list):
        return [_replaced(each, path[1:], inner) if n == int(path[0]) else each for n, each in enumerate(payload)]
    return {**payload, path[0]: _replaced(payload[path[0]], path[1:], inner)}
