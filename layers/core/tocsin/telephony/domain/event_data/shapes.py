"""Shapes of JSON values: each one judges a value. `schema.py` writes the same shapes as JSON Schema.

A shape returns an empty sequence for a valid value: pointers are put together for faults only. They begin at the value.
Messages say what would be valid, and never repeat the value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from tocsin.kernel.domain.errors import Fault
from tocsin.kernel.domain.suggestions import did_you_mean

_RFC3339 = re.compile(
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,30})?([Zz]|[+-][0-9]{2}:[0-9]{2})$"
)


def instant(text: str) -> datetime | None:
    """Return the time of an RFC 3339 text in UTC; None if it is none, or its UTC year is not 1 to 9999.

    Digits of a second after the sixth are cut. Leap seconds (`:60`) are no times here.
    """
    if _RFC3339.fullmatch(text) is None:
        return None
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""Times outside are no times: a telephone system writes 0, or 0001-01-01, for what did not happen."""


def time_in(data: Mapping[str, Any], name: str) -> datetime | None:
    """Return the time of a field that was judged, in UTC; None if it is absent, or no time that anything happens at."""
    text = data.get(name)
    at = None if text is None else instant(text)
    return at if at is not None and EARLIEST <= at < LATEST else None


@dataclass(frozen=True, slots=True)
class TextShape:
    """Text of `least` to `most` characters that matches `form` as a whole.

    Attributes:
        form: begins with ^ and ends with $, and means the same in Python and ECMA-262.
        said: what the form asks for, as in "must be …"; "" = text of any form.
        number: it is a telephone number, which `numbers.py` brings into one form.
    """

    most: int = 200
    least: int = 0
    form: re.Pattern[str] | None = None
    said: str = ""
    number: bool = False

    @property
    def wanted(self) -> str:
        """What would be valid."""
        characters = f"{self.least} to {self.most} characters" if self.least else f"at most {self.most} characters"
        return f"{self.said}, {characters}" if self.said else f"text of {characters}"

    def faults(self, value: Any) -> Iterable[Fault]:
        """Return what is wrong with `value`."""
        if not isinstance(value, str):
            return _one("WRONG_TYPE", self)
        if len(value) > self.most:
            return _one("TOO_LONG", self)
        if len(value) < self.least:
            return _one("TOO_SHORT", self)
        if self.form is not None and self.form.fullmatch(value) is None:
            return _one("WRONG_FORM", self)
        return ()


@dataclass(frozen=True, slots=True)
class InstantShape:
    """A time as RFC 3339 writes it, with its offset."""

    @property
    def wanted(self) -> str:
        """What would be valid."""
        return "a time with its offset (RFC 3339), like 2026-11-21T10:00:18Z"

    def faults(self, value: Any) -> Iterable[Fault]:
        """Return what is wrong with `value`."""
        if not isinstance(value, str):
            return _one("WRONG_TYPE", self)
        return () if instant(value) else _one("WRONG_FORM", self)


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of some words."""

    words: tuple[str, ...]

    @property
    def wanted(self) -> str:
        """What would be valid."""
        return f"one of {', '.join(self.words)}" if len(self.words) > 1 else f'"{self.words[0]}"'

    def faults(self, value: Any) -> Iterable[Fault]:
        """Return what is wrong with `value`."""
        if not isinstance(value, str):
            return _one("WRONG_TYPE", self)
        if value in self.words:
            return ()
        near = did_you_mean(value, self.words)
        return _one("NOT_ALLOWED", self, f"; did you mean {near}?" if near else "")


@dataclass(frozen=True, slots=True)
class NumericShape:
    """A number within limits. A whole one may be written as 18.0, as in JSON Schema.

    Attributes:
        least, most: both allowed; None = no limit.
    """

    whole: bool = True
    least: int | None = None
    most: int | None = None

    @property
    def wanted(self) -> str:
        """What would be valid."""
        kind = "a whole number" if self.whole else "a number"
        if self.most is not None:
            return f"{kind} from {self.least} to {self.most}"
        return kind if self.least is None else f"{kind}, {self.least} or more"

    def faults(self, value: Any) -> Iterable[Fault]:
        """Return what is wrong with `value`."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return _one("WRONG_TYPE", self)
        if isinstance(value, float) and not (value.is_integer() if self.whole else math.isfinite(value)):
            return _one("WRONG_TYPE", self)
        if self.least is not None and value < self.least:
            return _one("OUT_OF_RANGE", self)
        if self.most is not None and value > self.most:
            return _one("OUT_OF_RANGE", self)
        return ()


@dataclass(frozen=True, slots=True)
class FlagShape:
    """True or false."""

    @property
    def wanted(self) -> str:
        """What would be valid."""
        return "true or false, without quotes"

    def faults(self, value: Any) -> Iterable[Fault]:
        """Return what is wrong with `value`."""
        return () if isinstance(value, bool) else _one("WRONG_TYPE", self)


@dataclass(frozen=True, slots=True)
class ListShape:
    """A list of `least` to `most` values of one shape."""

    of: ValueShape
    most: int = 20
    least: int = 0

    @property
    def wanted(self) -> str:
        """What would be valid."""
        return f"a list of {self.least} to {self.most} entries"

    def faults(self, value: Any) -> Iterable[Fault]:
        """Return what is wrong with `value`; entries of a list that is too long are not judged."""
        if not isinstance(value, list):
            return _one("WRONG_TYPE", self)
        if len(value) > self.most:
            return _one("TOO_MANY", self)
        if len(value) < self.least:
            return _one("TOO_FEW", self)
        return [fault for index, item in enumerate(value) for fault in below(index, self.of.faults(item))]


@dataclass(frozen=True, slots=True)
class OrNull:
    """A value of a shape, or null."""

    of: ValueShape

    @property
    def wanted(self) -> str:
        """What would be valid."""
        return f"null, or {self.of.wanted}"

    def faults(self, value: Any) -> Iterable[Fault]:
        """Return what is wrong with `value`."""
        return () if value is None else self.of.faults(value)


@dataclass(frozen=True, slots=True)
class EventField:
    """A field of an object.

    Attributes:
        about: what it is, where its name does not say so; part of a sentence.
        secret: it is never packed, and leaves the event's row as soon as it has been used.
    """

    name: str
    shape: ValueShape
    required: bool = False
    about: str = ""
    secret: bool = False


@dataclass(frozen=True, slots=True)
class RecordShape:
    """An object with these fields, and any others: senders grow, and a new field of theirs is kept."""

    fields: tuple[EventField, ...]

    @property
    def wanted(self) -> str:
        """What would be valid."""
        required = [field.name for field in self.fields if field.required]
        return f"an object with {', '.join(required)}" if required else "an object"

    def faults(self, value: Any) -> Iterable[Fault]:
        """Return what is wrong with `value`."""
        if not isinstance(value, Mapping):
            return _one("WRONG_TYPE", self)
        found: list[Fault] = []
        for field in self.fields:
            if field.name in value:
                if faults := field.shape.faults(value[field.name]):
                    found += below(field.name, faults)
            elif field.required:
                found.append(Fault(f"/{field.name}", "REQUIRED", f"is missing; give {field.shape.wanted}"))
        return found


ValueShape = TextShape | InstantShape | OneOf | NumericShape | FlagShape | ListShape | OrNull | RecordShape


def judged(shape: ValueShape, value: Any) -> Any:
    """Return a valid value without the fields that its shape does not have, also those further inside."""
    match shape:
        case RecordShape():
            return {field.name: judged(field.shape, value[field.name]) for field in shape.fields if field.name in value}
        case ListShape():
            return [judged(shape.of, each) for each in value]
    return value


def below(step: str | int, faults: Iterable[Fault]) -> Iterator[Fault]:
    """Yield faults of a part, with pointers that begin one step above it; `step` holds no `~` and no `/`."""
    return (replace(fault, pointer=f"/{step}{fault.pointer}") for fault in faults)


def _one(code: str, shape: ValueShape, more: str = "") -> Sequence[Fault]:
    return (Fault("", code, f"must be {shape.wanted}{more}"),)
