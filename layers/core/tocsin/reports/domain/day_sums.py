"""What is counted of the events of one day.

An event counts on the day of its own time; the time of a call is that of its end. All that is remembered is JSON, so
the count goes on in another process where it stopped.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tocsin.content.domain.sms_text import measure
from tocsin.telephony.domain.event import TelephonyEvent

HOUR = timedelta(hours=1)

AWAITED = 10_000
"""Messages of callers of which only one of two events is known. Both come within minutes, so the newest are enough."""

MOST_NAMES = 2_000
"""Lines and numbers that are counted one by one, those that come first. Sums over all of them count all."""

NAMES_LENGTH = 40_000
"""Characters of JSON that the lines, and the numbers of each direction, may take: all sums are one row of 400 KB."""

COUNTED = frozenset({"call.ended", "voicemail.received", "sms.received", "sms.sent"})
"""Types of events that reports count."""


@dataclass(slots=True)
class DaySums:
    """Sums. Every value is JSON.

    Attributes:
        calls: by direction and status, as `incoming answered`.
        waits: number, sum and longest of the seconds that callers waited in incoming calls: until the answer, or until
            the end without one. A call that was taken, by a person or a mailbox, and does not say for how long, is not
            among them.
        talks: likewise, of the seconds that were talked in answered calls.
        hours: calls by the hour of the day, from 0 = its first; a day has up to 25.
        lines: calls by line, as sources name it.
        voicemails: messages of callers; one that is told by a call and by an event of its own counts once.
        awaited: hashes of calls with a message, which was told by one of the two.
        texts_in, texts_out: number, and segments.
        numbers_in, numbers_out: texts by the number of the account.
    """

    calls: dict[str, int] = field(default_factory=dict)
    waits: list[int] = field(default_factory=lambda: [0, 0, 0])
    talks: list[int] = field(default_factory=lambda: [0, 0, 0])
    hours: list[int] = field(default_factory=lambda: [0] * 25)
    lines: dict[str, int] = field(default_factory=dict)
    voicemails: int = 0
    awaited: list[str] = field(default_factory=list)
    texts_in: list[int] = field(default_factory=lambda: [0, 0])
    texts_out: list[int] = field(default_factory=lambda: [0, 0])
    numbers_in: dict[str, int] = field(default_factory=dict)
    numbers_out: dict[str, int] = field(default_factory=dict)


class DayCounter:
    """Adds events to sums.

    Args:
        begin, end: of the day.
        received_before: events that were received then or later do not count.
    """

    def __init__(self, sums: DaySums, begin: datetime, end: datetime, received_before: datetime) -> None:
        self._sums = sums
        self._begin, self._end, self._received_before = begin, end, received_before
        self._awaited = dict.fromkeys(sums.awaited)
        named = (sums.lines, sums.numbers_in, sums.numbers_out)
        self._lengths = {id(counts): sum(map(_length, counts)) for counts in named}

    def add(self, event: TelephonyEvent) -> None:
        """Count an event, if it is of this day and a report tells it."""
        if event.type not in COUNTED or not self._begin <= event.at < self._end:
            return
        if event.received_at >= self._received_before:
            return
        data, sums = event.known, self._sums
        match event.type:
            case "call.ended":
                self._call(event, data)
            case "voicemail.received":
                self._voicemail(event.source, data.get("callId"))
            case "sms.received":
                self._text(data, "to", sums.texts_in, sums.numbers_in)
            case _:
                self._text(data, "from", sums.texts_out, sums.numbers_out)

    def close(self) -> DaySums:
        """Return the sums, as they are kept."""
        self._sums.awaited = list(self._awaited)[-AWAITED:]
        return self._sums

    def _call(self, event: TelephonyEvent, data: Mapping[str, Any]) -> None:
        sums = self._sums
        direction, status = str(data["direction"]), str(data["status"])
        ended = f"{direction} {status}"
        sums.calls[ended] = sums.calls.get(ended, 0) + 1
        sums.hours[min((event.at - self._begin) // HOUR, 24)] += 1
        line = data.get("line") or next(iter(data.get("lines") or ()), None)
        if isinstance(line, str):
            self._one_more(sums.lines, line)
        talked = data.get("talkSeconds") if status in ("answered", "voicemail") else 0
        if talked is not None and direction == "incoming":
            _measured(sums.waits, max(0, int(data["durationSeconds"]) - int(talked)))
        if talked is not None and status == "answered":
            _measured(sums.talks, int(talked))
        if status == "voicemail":
            self._voicemail(event.source, data.get("callId"))

    def _voicemail(self, source: str, call: Any) -> None:
        """Count a message once, though its call and itself are two events, in any order."""
        if call is not None:
            told = hashlib.sha256(f"{source}\0{call}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
            if told in self._awaited:
                del self._awaited[told]
                return
            self._awaited[told] = None
        self._sums.voicemails += 1

    def _text(self, data: Mapping[str, Any], side: str, sums: list[int], numbers: dict[str, int]) -> None:
        text = data.get("text")
        segments = data.get("segments") or (measure(text).segments if text else 1)
        sums[0] += 1
        sums[1] += int(segments)
        self._one_more(numbers, str(data[side]["number"]))

    def _one_more(self, counts: dict[str, int], name: str) -> None:
        if name not in counts:
            length = self._lengths[id(counts)] + _length(name)
            if len(counts) == MOST_NAMES or length > NAMES_LENGTH:
                return
            self._lengths[id(counts)] = length
        counts[name] = counts.get(name, 0) + 1


def _length(name: str) -> int:
    return len(json.dumps(name))


def _measured(sums: list[int], seconds: int) -> None:
    sums[0] += 1
    sums[1] += seconds
    sums[2] = max(sums[2], seconds)
