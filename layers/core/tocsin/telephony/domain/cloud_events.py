"""Reads CloudEvents 1.0.2: the three content modes of HTTP, plain JSON, and what EventBridge delivers.

Sources: "CloudEvents", "JSON Event Format for CloudEvents" and "HTTP Protocol Binding for CloudEvents", each version
1.0.2; Amazon EventBridge User Guide, "Event structure".

Bodies come parsed, by the strict parser of HTTP bodies, which also refuses more than 1 MB. Faults of an event concern
that event alone. Their pointers, and those of warnings, begin at the event.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote_to_bytes

from tocsin.kernel.domain.counted import counted
from tocsin.kernel.domain.errors import FAULTS_LISTED, Fault, InvalidRequest
from tocsin.kernel.domain.plain_text import composed, readable
from tocsin.kernel.domain.warnings import Warned, WarningCode
from tocsin.telephony.domain.event import DEPTH_HEADER, MOST_DEPTH, TelephonyEvent
from tocsin.telephony.domain.event_data.fields import TIME, must, record
from tocsin.telephony.domain.event_data.shapes import EARLIEST, OneOf, TextShape, below, instant
from tocsin.telephony.domain.numbers import with_normal_numbers
from tocsin.telephony.domain.vocabulary import TYPES, data_faults, known_type, nearest_type

EVENTS_A_CALL = 500
BYTES_AN_EVENT = 65_536
"""Of its data and extensions, as JSON without blanks in UTF-8."""

EXTENSIONS_KEPT = 20
AHEAD = timedelta(minutes=5)
"""How far the clock of a telephone system may be ahead of ours."""

LATE_AFTER = timedelta(hours=72)
"""An older event is kept, and told to no person."""

_ATTRIBUTE = TextShape(255, 1, re.compile(r"^[^\x00-\x1f\x7f-\x9f\ud800-\udfff]+$"), "text without control characters")
_ENVELOPE = record(
    must("specversion", OneOf(("1.0",))),
    must("id", _ATTRIBUTE),
    must("source", _ATTRIBUTE),
    must("type", _ATTRIBUTE),
    must("time", TIME),
)
_READ = frozenset({*(field.name for field in _ENVELOPE.fields), "data", "data_base64", "datacontenttype"})
_EXTENSION = re.compile(r"[a-z0-9]{1,40}")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)


@dataclass(frozen=True, slots=True)
class ReceivedEvent:
    """What one entry of a call was read as.

    Attributes:
        id: the sender's, as far as it can be read.
        event: None if the entry is refused; then `faults` has at least one fault, else none.
        late: the event is older than 72 hours.
        repeated: an entry of the same call, further up, is the same event.
        extensions: attributes that are kept and never read, at most 20, as texts.
        faults: at most FAULTS_LISTED + 1.
    """

    id: str | None
    event: TelephonyEvent | None
    late: bool = False
    repeated: bool = False
    extensions: Mapping[str, str] | None = None
    warnings: tuple[Warned, ...] = ()
    faults: tuple[Fault, ...] = ()


def depth_of(headers: Mapping[str, str]) -> int:
    """Return the depth of the events of a request. What is no number counts as too much: we write numbers only.

    Args:
        headers: names in any case.
    """
    written = next((value for name, value in headers.items() if name.lower() == DEPTH_HEADER.lower()), "0").strip()
    is_number = written.isascii() and written.isdecimal() and len(written) <= len(str(MOST_DEPTH))
    return min(int(written), MOST_DEPTH + 1) if is_number else MOST_DEPTH + 1


@dataclass(frozen=True, slots=True)
class EventReader:
    """Reads the events of one call.

    Attributes:
        now: when they were received.
        country: ISO 3166 code of the account's country, for numbers as people dial them; None = read none.
        sandbox: the sender is a sandbox key.
        depth: of the events, see `depth_of`.
    """

    now: datetime
    country: str | None = None
    sandbox: bool = False
    depth: int = 0

    def from_http(self, headers: Mapping[str, str], body: Any) -> list[ReceivedEvent]:
        """Return the events of an HTTP call, in their order.

        The body is a batch if it is a list, whatever the content type. An object is one event; it is only the data of
        one, and the headers `ce-…` have the rest, if these are there and the content type is not that of CloudEvents.

        Args:
            headers: names in any case.
            body: the JSON value of the body.

        Raises:
            InvalidRequest: there are too many events, or the body is neither object nor list.
        """
        given = {name.lower(): value for name, value in headers.items()}
        binary = not given.get("content-type", "").strip().lower().startswith("application/cloudevents")
        attributes = {name[3:]: value for name, value in given.items() if name.startswith("ce-")}
        if binary and attributes:
            return [self._from_headers(attributes, body)]
        if isinstance(body, dict):
            return [self._read(body)]
        if not isinstance(body, list):
            message = "the body must be a CloudEvent as a JSON object, or a list of such"
            raise InvalidRequest([Fault("", "WRONG_TYPE", message)])
        if len(body) > EVENTS_A_CALL:
            message = f"a call takes at most {EVENTS_A_CALL} events; send the rest in further calls"
            raise InvalidRequest([Fault("", "TOO_MANY", message)])
        return list(_with_repeats(map(self._read, body)))

    def from_bus(self, delivered: Mapping[str, Any]) -> ReceivedEvent:
        """Return the event of an entry that EventBridge delivers.

        `detail` is a CloudEvent if it has `specversion`. Else it is the data; the entry's `detail-type` is the type,
        and its id, source and time are the event's.
        """
        detail = readable(delivered.get("detail"))
        if isinstance(detail, dict) and "specversion" in detail:
            return self._read(detail)
        entry = {name: delivered[name] for name in ("id", "source", "time") if name in delivered}
        return self._read({"specversion": "1.0", **entry, "type": delivered.get("detail-type"), "data": detail})

    def _from_headers(self, attributes: Mapping[str, str], data: Any) -> ReceivedEvent:
        read: dict[str, Any] = {}
        for name, value in attributes.items():
            try:
                read[name] = _header_text(value)
            except UnicodeError:
                fault = Fault(f"/{name}", "BAD_ENCODING", "must be percent-encoded UTF-8")
                return ReceivedEvent(None, None, faults=(fault,))
        return self._read({**read, "data": data})

    def _read(self, given: Any) -> ReceivedEvent:
        """Return the event of an object in the JSON event format."""
        faults = tuple(_ENVELOPE.faults(given))
        if not isinstance(given, Mapping):
            return ReceivedEvent(None, None, faults=faults)
        id = given.get("id")
        id = composed(id) if isinstance(id, str) and not tuple(_ATTRIBUTE.faults(id)) else None
        type = given.get("type")
        type = known_type(composed(type)) if isinstance(type, str) else ""
        data = given.get("data")
        data = {} if data is None else data
        extensions, warnings = _extensions(given)
        faults += tuple(self._more_faults(given, type, data, extensions))
        if faults or id is None:
            return ReceivedEvent(id, None, faults=faults[: FAULTS_LISTED + 1])
        at = instant(given["time"])
        assert at is not None
        event = TelephonyEvent(
            source=composed(given["source"]),
            id=id,
            type=type,
            at=at,
            received_at=self.now,
            data=with_normal_numbers(type, data, self.country),
            sandbox=self.sandbox,
            depth=self.depth,
        )
        if type not in TYPES:
            warnings += (_unknown(type),)
        return ReceivedEvent(id, event, at < self.now - LATE_AFTER, extensions=extensions, warnings=warnings)

    def _more_faults(
        self, given: Mapping[str, Any], type: str, data: Any, extensions: Mapping[str, str]
    ) -> Iterator[Fault]:
        """Yield the faults that the envelope alone does not show."""
        time = given.get("time")
        at = instant(time) if isinstance(time, str) else None
        if at is not None and at > self.now + AHEAD:
            message = "is more than 5 minutes ahead; set the clock and the time zone of the telephone system"
            yield Fault("/time", "TIME_IN_FUTURE", message)
        if at is not None and at < EARLIEST:
            yield Fault("/time", "OUT_OF_RANGE", "is before 2000; give the time at which it happened")
        if "data_base64" in given:
            yield Fault("/data_base64", "NOT_ALLOWED", "is not read; give the data as a JSON object in `data`")
        elif not isinstance(data, Mapping):
            yield Fault("/data", "WRONG_TYPE", "must be a JSON object")
        elif _size([data, extensions]) > BYTES_AN_EVENT:
            yield Fault("/data", "TOO_LONG", "an event takes at most 64 KB")
        else:
            yield from below("data", data_faults(type, data))


def _header_text(value: str) -> str:
    """Return the value of an attribute's header: without the quotes of earlier versions, percent-decoded once.

    Raises:
        UnicodeError: what is percent-encoded is not UTF-8.
    """
    quoted = _QUOTED.fullmatch(value.strip())
    plain = re.sub(r"\\(.)", r"\1", quoted[1], flags=re.DOTALL) if quoted else value.strip()
    return unquote_to_bytes(plain).decode("utf-8")


def _extensions(given: Mapping[str, Any]) -> tuple[dict[str, str], tuple[Warned, ...]]:
    """Return the other attributes as texts (true is `true`, 7 is `7`), and a warning if some are not kept."""
    kept: dict[str, str] = {}
    dropped = []
    for name in sorted(name for name in given if name not in _READ and given[name] is not None):
        value = given[name]
        text = json.dumps(value) if isinstance(value, bool | int) else value
        if _EXTENSION.fullmatch(name) and isinstance(text, str) and len(kept) < EXTENSIONS_KEPT:
            kept[name] = composed(text)
        else:
            dropped.append(name)
    if not dropped:
        return kept, ()
    message = (
        f"{counted(len(dropped), 'attribute is', 'attributes are')} not kept: an event has at most {EXTENSIONS_KEPT} "
        "extensions, with names of small letters and digits, and texts as values"
    )
    return kept, (Warned("", WarningCode.DROPPED, message),)


def _unknown(type: str) -> Warned:
    near = nearest_type(type)
    meant = f"; did you mean {near}?" if near else ""
    return Warned(
        "/type", WarningCode.UNKNOWN_TYPE, f"no rule and no notice knows this type, so it does nothing{meant}"
    )


def _size(value: Any) -> int:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return len(text.encode("utf-8", "surrogatepass"))


def _with_repeats(items: Iterator[ReceivedEvent]) -> Iterator[ReceivedEvent]:
    seen: set[str] = set()
    for item in items:
        name = item.event.name if item.event else None
        yield replace(item, repeated=True) if name in seen else item
        if name:
            seen.add(name)
