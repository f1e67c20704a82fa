"""What a value of a payload becomes: the words of `as` in a mapping."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final
from zoneinfo import ZoneInfo

from tocsin.calendar.domain.local_time import instant
from tocsin.telephony.domain.event_data.shapes import EARLIEST, LATEST
from tocsin.telephony.domain.numbers import is_internal, party_number

Scalar = str | int | float | bool
"""A value of JSON that is neither null nor holds others."""

MOST_TEXT = 8_192
"""Characters of a text; what is longer is cut."""

LONGEST_SECONDS = 604_800
"""A week: no call lasts longer."""

_CLOCK = re.compile(r"(?:([0-9]{1,3}):)?([0-9]{1,4}):([0-9]{1,2})(?:\.[0-9]{1,9})?", re.ASCII)
_REF = re.compile(r"[!-~]{1,128}")
_YES, _NO = frozenset({"true", "yes", "1", "on", "y"}), frozenset({"false", "no", "0", "off", "n"})


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """What a source says about its payloads.

    Attributes:
        region: ISO 3166 country of national numbers, for example "GB"; None: only international numbers are read.
        zone: of local times.
        internal: patterns of extensions as `is_internal` takes them.
    """

    region: str | None
    zone: ZoneInfo
    internal: tuple[str, ...] = ()


Converted = Scalar | datetime
Conversion = Callable[[Scalar, SourceSettings], Converted | None]
"""From a value to what it means, None if it means nothing of this kind. Never raises."""


def as_text(value: Scalar) -> str:
    """Return a value as the text that stands for it in JSON; halves of surrogate pairs are replaced."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = value[:MOST_TEXT] if isinstance(value, str) else str(value)
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def as_number(value: Scalar) -> float | None:
    """Return the number that a value is or is written as; None for every other text, and for booleans."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        if len(value) > 40:
            return None
        try:
            value = float(value)
        except ValueError:
            return None
    return value if math.isfinite(value) else None


def _whole(value: Scalar, _: SourceSettings) -> int | None:
    number = as_number(value)
    return int(number) if number is not None and abs(number) < 2**53 else None


def _seconds(value: Scalar, _: SourceSettings) -> int | None:
    number = as_number(value)
    if number is None and isinstance(value, str) and (clock := _CLOCK.fullmatch(value.strip()[:40])):
        number = int(clock[1] or 0) * 3600 + int(clock[2]) * 60 + int(clock[3])
    return int(number) if number is not None and 0 <= number <= LONGEST_SECONDS else None


def _bool(value: Scalar, _: SourceSettings) -> bool | None:
    text = as_text(value).strip().casefold()
    return True if text in _YES else False if text in _NO else None


def _ref(value: Scalar, _: SourceSettings) -> str | None:
    text = as_text(value).strip()
    return text if _REF.fullmatch(text) else None


def _phone(value: Scalar, settings: SourceSettings) -> str | None:
    return party_number(as_text(value), settings.region)


def _place(value: Scalar, settings: SourceSettings) -> str | None:
    number = party_number(as_text(value), settings.region)
    return None if number is None else "internal" if is_internal(number, settings.internal) else "external"


def _extension(value: Scalar, settings: SourceSettings) -> str | None:
    number = party_number(as_text(value), settings.region)
    return number if number is not None and is_internal(number, settings.internal) else None


def _text(value: Scalar, _: SourceSettings) -> str:
    return as_text(value).strip()


def _sane(at: datetime) -> datetime | None:
    return at.astimezone(UTC) if EARLIEST <= at < LATEST else None


def _epoch(unit: int) -> Conversion:
    def convert(value: Scalar, _: SourceSettings) -> datetime | None:
        number = as_number(value)
        if number is None or not 0 < number / unit < 4_102_444_800:
            return None
        return _sane(datetime.fromtimestamp(number / unit, UTC))

    return convert


def _rfc3339(value: Scalar, _: SourceSettings) -> datetime | None:
    try:
        at = datetime.fromisoformat(as_text(value).strip()[:40])
        return None if at.tzinfo is None else _sane(at)
    except (ValueError, OverflowError):
        return None


def _rfc2822(value: Scalar, _: SourceSettings) -> datetime | None:
    try:
        at = parsedate_to_datetime(as_text(value).strip()[:60])
        return _sane(at if at.tzinfo is not None else at.replace(tzinfo=UTC))
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _local(value: Scalar, settings: SourceSettings) -> datetime | None:
    try:
        at = datetime.fromisoformat(as_text(value).strip()[:40].replace("/", "-"))
        return _sane(at if at.tzinfo is not None else instant(at, settings.zone))
    except (ValueError, OverflowError):
        return None


TIMES: Final[Mapping[str, Conversion]] = {
    "local": _local,
    "epoch": _epoch(1),
    "epoch_ms": _epoch(1_000),
    "epoch_us": _epoch(1_000_000),
    "rfc3339": _rfc3339,
    "rfc2822": _rfc2822,
}
"""The forms of times, by their word: `local` is a wall-clock time of the source's zone."""

CONVERSIONS: Final[Mapping[str, Conversion]] = {
    **TIMES,
    "text": _text,
    "int": _whole,
    "seconds": _seconds,
    "bool": _bool,
    "ref": _ref,
    "phone": _phone,
    "place": _place,
    "extension": _extension,
}
"""All words of `as`. `seconds` reads whole and broken numbers and `h:mm:ss`; `ref` is 1 to 128 printable characters;
`place` says of a number whether it is `internal` or `external`; `extension` is a number that is
internal."""
