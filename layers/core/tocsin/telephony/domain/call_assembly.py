"""Several legs become one call.

Telephone systems report legs. A ring-all call that one phone answered looks missed on every other phone, so legs are
gathered first, and one event `call.ended` is made of them. An assembly depends on the set of its legs only: any order
and any repeats give the same call.

    gathering ── a leg ──► gathering, settles later
        │ ── a final leg, or the time is over ──► settled ── a leg ──► settled, the leg is ignored
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.event_data.shapes import judged, time_in
from tocsin.telephony.domain.vocabulary import TYPES

MAX_LEGS = 20
"""Legs that an assembly keeps: the earliest, and of the others those with the best outcome."""

MAX_NAMES = 20
"""Entries of each list in the call: lines, groups, tags, transfers."""

SETTLE_AFTER = timedelta(seconds=10)
"""How long a call waits for another leg, unless its source says otherwise."""

OUTCOMES = ("answered", "voicemail", "abandoned", "busy", "missed", "failed")
"""Statuses of a leg, the strongest first: the call has the strongest of its legs."""


_LEG = TYPES["call.leg"].data


class LegResult(StrEnum):
    """What legs did to an assembly."""

    ADDED = "added"
    REPEATED = "repeated"  # all legs were known, or there are twenty that say more
    FINAL = "final"  # the source said that the call is over
    SETTLED = "settled"  # the call had been told: the legs are ignored


@dataclass(frozen=True, slots=True)
class Leg:
    """What an event `call.leg` says of one leg; `data` as the vocabulary describes it, and nothing else.

    An event may have 64 KB of other fields, and a call many legs: a row of the table could not hold them.
    """

    at: datetime
    data: Mapping[str, Any]

    @property
    def ended(self) -> datetime:
        """When the leg ended: as it says, else its start and its duration, else the time of its event."""
        if ended := time_in(self.data, "endedAt"):
            return ended
        started = time_in(self.data, "startedAt")
        return self.at if started is None else started + self._seconds("durationSeconds")

    @property
    def started(self) -> datetime:
        """When the leg began to ring."""
        return time_in(self.data, "startedAt") or self.ended - self._seconds("durationSeconds")

    @property
    def answered(self) -> datetime:
        """When the leg was answered, if it was; its start if only that is known."""
        if answered := time_in(self.data, "answeredAt"):
            return answered
        return self.ended - self._seconds("talkSeconds") if "talkSeconds" in self.data else self.started

    @property
    def strength(self) -> int:
        """The place of its status in `OUTCOMES`; one more than the last if the leg has none."""
        status = self.data.get("status")
        return OUTCOMES.index(status) if status in OUTCOMES else len(OUTCOMES)

    @property
    def order(self) -> tuple[datetime, str, str, datetime]:
        """Sorts legs by their start; legs that are equal in it are the same leg."""
        content = json.dumps(self.data, sort_keys=True)
        return self.started, str(self.data.get("legId", "")), content, self.at

    def _seconds(self, field: str) -> timedelta:
        return timedelta(seconds=self.data.get(field, 0))


@dataclass(frozen=True, slots=True)
class CallAssembly:
    """The legs of one call so far.

    Attributes:
        source, call_id: name the call within its tenant.
        legs: at most `MAX_LEGS`, in order of their start.
        settles_at: when the call is told if no other leg comes; None before the first leg and after the call was told.
        settled: whether the call was told.
    """

    source: str
    call_id: str
    legs: tuple[Leg, ...] = ()
    settles_at: datetime | None = None
    settled: bool = False

    def add(
        self, events: Iterable[TelephonyEvent], now: datetime, settle_after: timedelta = SETTLE_AFTER
    ) -> tuple[CallAssembly, LegResult]:
        """Add `call.leg` events of this call that came together, and say what they did.

        The call settles `settle_after` after the last leg that says something new. It settles now if a leg is final and
        any leg has a status. Legs that come together are added together, so the order of a final leg among them is
        irrelevant.
        """
        if self.settled:
            return self, LegResult.SETTLED
        told = (Leg(event.at, judged(_LEG, event.data)) for event in events)
        legs = _kept({leg.order: leg for leg in (*self.legs, *told)})
        if legs == self.legs:
            return self, LegResult.REPEATED
        known = any(leg.strength < len(OUTCOMES) for leg in legs)
        final = known and any(leg.data.get("final") is True for leg in legs)
        settles_at = now if final else now + settle_after
        return replace(self, legs=legs, settles_at=settles_at), LegResult.FINAL if final else LegResult.ADDED

    def settle(self, now: datetime) -> tuple[CallAssembly, TelephonyEvent | None]:
        """Return the settled assembly and the event of the call.

        None in place of the event: it is too early, the call was told, or no leg has a status yet. In the last case the
        call stays open, and settles after the next leg. The event has a derived id: telling it twice is one event.
        """
        if self.settled or self.settles_at is None or now < self.settles_at:
            return self, None
        event = self.call_ended(now)
        return replace(self, settled=event is not None, settles_at=None), event

    def call_ended(self, now: datetime) -> TelephonyEvent | None:
        """Return the event `call.ended` of the legs so far; None if no leg has a status."""
        legs = [leg for leg in self.legs if leg.strength < len(OUTCOMES)]
        if not legs:
            return None
        ended = max(leg.ended for leg in legs)
        return TelephonyEvent(self.source, f"call:{self.call_id}", "call.ended", ended, now, self._data(legs))

    def _data(self, legs: Sequence[Leg]) -> dict[str, Any]:
        outcome = min(leg.strength for leg in legs)
        started, ended = min(leg.started for leg in legs), max(leg.ended for leg in legs)
        talks = sorted((leg for leg in legs if leg.strength == 0), key=lambda leg: (leg.answered, leg.order))
        decisive = talks or [leg for leg in legs if leg.strength == outcome]
        lines = _names(legs, "line", "lines")
        groups = _names(legs, "group", "groups", lambda group: group["id"])
        data = {
            "callId": self.call_id,
            "direction": _first(legs, "direction"),
            "status": OUTCOMES[outcome],
            "transferred": any(leg.data.get("transferred") is True for leg in legs),
            "from": _first(legs, "from"),
            "to": _first(legs, "to"),
            "line": _first(talks, "line") or (lines[0] if lines else None),
            "lines": lines,
            "phoneNumber": _first(legs, "phoneNumber"),
            "group": groups[0] if groups else None,
            "groups": groups,
            "fisher": any(leg.data.get("fisher") is True for leg in legs) or None,
            "startedAt": started.isoformat(),
            "endedAt": ended.isoformat(),
            "durationSeconds": _whole_seconds(ended - started),
            "tags": _names(legs, None, "tags"),
            "hangupCause": _first(decisive, "hangupCause"),
            "voicemail": _first(legs, "voicemail"),
            "transfers": sorted(_names(legs, None, "transfers", _canonical), key=lambda each: str(each.get("at", ""))),
            "recordingUrl": _first([*decisive, *legs], "recordingUrl"),
        }
        if talks:
            answered = talks[0].answered
            data["answeredAt"] = answered.isoformat()
            data["talkSeconds"] = _whole_seconds(max(leg.ended for leg in talks) - answered)
        return {field: value for field, value in data.items() if value is not None and value != []}


def _kept(legs: Mapping[tuple[datetime, str, str, datetime], Leg]) -> tuple[Leg, ...]:
    """Return the legs that are kept, in order of their start. The choice depends on the set of all legs only."""
    by_start = [legs[order] for order in sorted(legs)]
    best = sorted(by_start[1:], key=lambda leg: (leg.data.get("final") is not True, leg.strength, leg.order))
    return tuple(sorted((*by_start[:1], *best[: MAX_LEGS - 1]), key=lambda leg: leg.order))


def _first(legs: Iterable[Leg], field: str) -> Any:
    return next((leg.data[field] for leg in legs if leg.data.get(field) is not None), None)


def _names(
    legs: Iterable[Leg], one: str | None, many: str, key: Callable[[Any], Any] = lambda value: value
) -> list[Any]:
    """Return what the legs name in both fields: each once, in order of the legs, at most `MAX_NAMES`."""
    found: dict[Any, Any] = {}
    for leg in legs:
        single = leg.data.get(one) if one else None
        for value in (*([] if single is None else [single]), *leg.data.get(many, ())):
            found.setdefault(key(value), value)
    return list(found.values())[:MAX_NAMES]


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _whole_seconds(span: timedelta) -> int:
    return max(0, round(span.total_seconds()))
