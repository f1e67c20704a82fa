"""One value of a mapping: from where in a payload it comes, and through which steps.

A value is an object: `{"at": path | [paths], …}`. `at` is the first path at which a payload has something; paths are
names with dots, and digits count in lists. Then, in this order: `json` (the text is JSON: the path within), `regex` or
`prefix`, `suffix`, `between` (a part of the text), `map` (by the text; `*` is any other), `as` (what it means), `else`
(where nothing came out of all this: a constant or another value).

Beside a time, `since` gives the seconds from that path's time to this one, `plus` and `minus` move the time by the
seconds at their path. `{"join": [values]}` gives their texts with colons between them; the steps follow as above.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from tocsin.kernel.domain.errors import Fault
from tocsin.telephony.domain.mappings.conversions import (
    CONVERSIONS,
    LONGEST_SECONDS,
    TIMES,
    Converted,
    Scalar,
    SourceSettings,
    as_text,
)
from tocsin.telephony.domain.mappings.parts import PART_OF, Part, parts_of

Reader = Callable[[Any, SourceSettings], Converted | None]
"""From a payload to the value, None if the payload has none. Never raises."""

Faults = list[Fault]

DEEPEST = 6
"""Levels of values within values, of objects in data, and names in a path."""

INNER_JSON = 65_536
"""Characters of JSON in a text."""

_PATH = re.compile(r"[^.]{1,64}(?:\.[^.]{1,64}){0,5}")
_BESIDE_TIMES = ("since", "plus", "minus")
_STEPS = ("at", *_BESIDE_TIMES, "join", "json", "regex", "prefix", "suffix", "between", "map", "as", "else")


def is_value(written: object) -> bool:
    """Return whether an object of a mapping is a value, and no object of values whose field is called `at`."""
    return isinstance(written, dict) and (isinstance(written.get("at"), str | list) or "join" in written)


def constant(written: object) -> Reader | None:
    """Return the reader of a constant, None if it is no text, number or boolean."""
    if isinstance(written, str | int | float | bool):
        return lambda payload, settings: written
    return None


def found_at(payload: Any, path: Sequence[str]) -> Any:
    """Return what stands at a path, None if there is nothing."""
    for name in path:
        if isinstance(payload, dict):
            payload = payload.get(name)
        elif isinstance(payload, list) and name.isdecimal() and len(name) < 4 and int(name) < len(payload):
            payload = payload[int(name)]
        else:
            return None
    return payload


def path_of(written: object, pointer: str, faults: Faults) -> tuple[str, ...]:
    """Return a path; a fault if it is none."""
    if not isinstance(written, str) or not _PATH.fullmatch(written):
        faults.append(Fault(pointer, "WRONG_FORM", f"must be a path of 1 to {DEEPEST} names with dots between them"))
        return ()
    return tuple(written.split("."))


def value(written: Mapping[str, Any], pointer: str, faults: Faults, *, shipped: bool, depth: int = 1) -> Reader:
    """Compile a value; every fault is added to `faults`.

    Args:
        written: as the module says.
        shipped: whether it is of a mapping of ours, which may use `regex`.
    """
    before = len(faults)
    if depth > DEEPEST:
        faults.append(Fault(pointer, "TOO_DEEP", f"values stand in values at most {DEEPEST} levels deep"))
        return _nothing
    for name in written:
        if name not in _STEPS:
            faults.append(Fault(f"{pointer}/{_escaped(name)}", "UNKNOWN_FIELD", f"must be one of {', '.join(_STEPS)}"))
    if "join" in written:
        read = _joined(written, pointer, faults, shipped, depth)
    else:
        read = _at(written.get("at"), f"{pointer}/at", faults)
    if "json" in written:
        read = _inner(read, path_of(written["json"], f"{pointer}/json", faults))
    for part in parts_of(written, pointer, faults, shipped=shipped):
        read = _then(read, part)
    if "map" in written:
        read = _mapped(read, written["map"], f"{pointer}/map", faults)
    if "as" in written or any(name in written for name in _BESIDE_TIMES):
        read = _meant(read, written, pointer, faults)
    if "else" in written:
        read = _or_else(read, written["else"], f"{pointer}/else", faults, shipped, depth)
    return read if len(faults) == before else _nothing


def _nothing(payload: Any, settings: SourceSettings) -> None:
    return None


def _escaped(name: str) -> str:
    return name[:64].replace("~", "~0").replace("/", "~1")


def scalar(found: Any) -> Scalar | None:
    """Return a value that says something: no blank text, nothing that holds others, no number that JSON cannot have."""
    if isinstance(found, str):
        return as_text(found) if found and not found.isspace() else None
    if isinstance(found, float):
        return found if math.isfinite(found) else None
    return found if isinstance(found, int) and found.bit_length() < 64 else None


def _at(written: object, pointer: str, faults: Faults) -> Reader:
    listed = written if isinstance(written, list) else [written]
    if not 1 <= len(listed) <= 8:
        faults.append(Fault(pointer, "TOO_MANY" if listed else "TOO_FEW", "must be 1 to 8 paths"))
        return _nothing
    paths = [path_of(each, pointer, faults) for each in listed]

    def read(payload: Any, settings: SourceSettings) -> Scalar | None:
        for path in paths:
            if (found := scalar(found_at(payload, path))) is not None:
                return found
        return None

    return read


def _joined(written: Mapping[str, Any], pointer: str, faults: Faults, shipped: bool, depth: int) -> Reader:
    listed = written["join"]
    if "at" in written or not isinstance(listed, list) or not 2 <= len(listed) <= 4:
        faults.append(Fault(f"{pointer}/join", "WRONG_FORM", "must be a list of 2 to 4 values, without `at` beside it"))
        return _nothing
    parts = [_part(one, f"{pointer}/join/{n}", faults, shipped, depth) for n, one in enumerate(listed)]

    def read(payload: Any, settings: SourceSettings) -> str | None:
        texts = [plain(part(payload, settings)) for part in parts]
        return None if None in texts else ":".join(as_text(text) for text in texts if text is not None)

    return read


def _part(written: object, pointer: str, faults: Faults, shipped: bool, depth: int) -> Reader:
    """Compile a constant or a value."""
    fixed = constant(written)
    if fixed is not None:
        return fixed
    if isinstance(written, dict) and is_value(written):
        return value(written, pointer, faults, shipped=shipped, depth=depth + 1)
    faults.append(Fault(pointer, "WRONG_TYPE", "must be a text, a number, a boolean, or an object with `at`"))
    return _nothing


def _inner(read: Reader, path: Sequence[str]) -> Reader:
    def inner(payload: Any, settings: SourceSettings) -> Scalar | None:
        return scalar(found_at(json_in(read(payload, settings)), path))

    return inner


def json_in(text: object) -> Any:
    """Return what a text holds as JSON; None if it is none, or is over INNER_JSON."""
    if not isinstance(text, str) or len(text) > INNER_JSON:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _then(read: Reader, part: Part) -> Reader:
    def then(payload: Any, settings: SourceSettings) -> str | None:
        found = plain(read(payload, settings))
        text = None if found is None else as_text(found)
        return (part(text) or None) if text is not None and len(text) <= PART_OF else None

    return then


def _mapped(read: Reader, written: object, pointer: str, faults: Faults) -> Reader:
    if not isinstance(written, dict) or not 1 <= len(written) <= 100:
        faults.append(Fault(pointer, "WRONG_FORM", "must be an object of 1 to 100 texts and what each becomes"))
        return _nothing
    for name, becomes in written.items():
        if becomes is not None and constant(becomes) is None:
            faults.append(Fault(f"{pointer}/{_escaped(name)}", "WRONG_TYPE", "must be a text, number, boolean or null"))
    table, other = dict(written), written.get("*")

    def mapped(payload: Any, settings: SourceSettings) -> Scalar | None:
        found = plain(read(payload, settings))
        return None if found is None else table.get(as_text(found).strip(), other)

    return mapped


def plain(found: Converted | None) -> Scalar | None:
    """Return a value as it goes into texts: a time in RFC 3339."""
    return found.isoformat() if isinstance(found, datetime) else found


def _meant(read: Reader, written: Mapping[str, Any], pointer: str, faults: Faults) -> Reader:
    """Compile `as`, and what may stand beside a time."""
    kind, beside = written.get("as"), [name for name in _BESIDE_TIMES if name in written]
    known = TIMES if beside else CONVERSIONS
    if not isinstance(kind, str) or kind not in known or len(beside) > 1:
        faults.append(Fault(f"{pointer}/as", "NOT_ALLOWED", f"must be one of {', '.join(known)}"))
        return _nothing
    meant = _converted(read, kind)
    if not beside:
        return meant
    other = _at(written[beside[0]], f"{pointer}/{beside[0]}", faults)
    if beside[0] == "since":
        return _since(_converted(other, kind), meant)
    return _moved(meant, _converted(other, "seconds"), 1 if beside[0] == "plus" else -1)


def _converted(read: Reader, kind: str) -> Reader:
    convert = CONVERSIONS[kind]

    def converted(payload: Any, settings: SourceSettings) -> Converted | None:
        found = plain(read(payload, settings))
        return None if found is None else convert(found, settings)

    return converted


def _since(first: Reader, last: Reader) -> Reader:
    def since(payload: Any, settings: SourceSettings) -> int | None:
        start, end = first(payload, settings), last(payload, settings)
        if not isinstance(start, datetime) or not isinstance(end, datetime):
            return None
        return min(max(round((end - start).total_seconds()), 0), LONGEST_SECONDS)

    return since


def _moved(time: Reader, seconds: Reader, sign: int) -> Reader:
    def moved(payload: Any, settings: SourceSettings) -> datetime | None:
        at, by = time(payload, settings), seconds(payload, settings)
        return at + timedelta(seconds=sign * by) if isinstance(at, datetime) and isinstance(by, int) else None

    return moved


def _or_else(read: Reader, written: object, pointer: str, faults: Faults, shipped: bool, depth: int) -> Reader:
    otherwise = _part(written, pointer, faults, shipped, depth)

    def chosen(payload: Any, settings: SourceSettings) -> Converted | None:
        found = read(payload, settings)
        return otherwise(payload, settings) if found is None else found

    return chosen
