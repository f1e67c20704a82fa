"""Compiles a mapping as it is written, or says everything that is wrong with it. `mapping` explains the form."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from tocsin.kernel.domain.counted import counted
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.telephony.domain.mappings.conditions import conditions
from tocsin.telephony.domain.mappings.conversions import Converted
from tocsin.telephony.domain.mappings.mapping import ABSENT, DataReader, Emit, PayloadMapping
from tocsin.telephony.domain.mappings.values import DEEPEST, Faults, Reader, constant, is_value, path_of, value

MOST_BYTES = 32_768
"""Of a mapping as JSON."""

MOST_EMITS = 40
MOST_FIELDS = 40
"""Values of one emit, in all its objects and lists."""

MOST_INNER_JSON = 8
"""Paths of `parse`, and values with `json`: each parses a text of up to 64 KB for every payload."""


def compiled(written: object, *, shipped: bool = False) -> PayloadMapping:
    """Compile a mapping.

    Args:
        written: the JSON object that the module describes.
        shipped: whether it is ours and may have expressions.

    Raises:
        InvalidRequest: with every fault and its pointer.
    """
    faults: Faults = []
    mapping = _mapping(written, faults, shipped)
    if faults or mapping is None:
        raise InvalidRequest(faults)
    return mapping


def _mapping(written: object, faults: Faults, shipped: bool) -> PayloadMapping | None:
    if not isinstance(written, dict):
        faults.append(Fault("", "WRONG_TYPE", "a mapping must be a JSON object"))
        return None
    if len(json.dumps(written, default=repr)) > MOST_BYTES:
        faults.append(Fault("", "TOO_LONG", f"a mapping must have at most {MOST_BYTES} bytes"))
        return None
    _only(written, ("parse", "emit"), "", faults)
    parse, emits = written.get("parse", []), written.get("emit")
    if not isinstance(parse, list) or len(parse) > MOST_INNER_JSON:
        faults.append(Fault("/parse", "WRONG_FORM", f"must be a list of at most {MOST_INNER_JSON} paths"))
        parse = []
    if not isinstance(emits, list) or not 1 <= len(emits) <= MOST_EMITS:
        faults.append(Fault("/emit", "WRONG_FORM", f"must be a list of 1 to {MOST_EMITS} events"))
        emits = []
    if sum("json" in each for each in _objects(emits)) > MOST_INNER_JSON:
        faults.append(Fault("/emit", "TOO_MANY", f"at most {MOST_INNER_JSON} values have `json`; use `parse`"))
    return PayloadMapping(
        [path_of(path, f"/parse/{n}", faults) for n, path in enumerate(parse)],
        [_emit(one, f"/emit/{n}", faults, shipped) for n, one in enumerate(emits)],
    )


def _emit(written: object, pointer: str, faults: Faults, shipped: bool) -> Emit:
    if not isinstance(written, dict):
        faults.append(Fault(pointer, "WRONG_TYPE", "must be an object"))
        written = {"type": "", "data": {}}
    _only(written, ("when", "type", "id", "time", "data"), pointer, faults)
    kind = written.get("type")
    if not isinstance(kind, str) or not 1 <= len(kind) <= 64:
        faults.append(Fault(f"{pointer}/type", "REQUIRED", "must be the type of the event, for example call.ended"))
        kind = ""
    named = written.get("id", [])
    parts = named if isinstance(named, list) else [named]
    if len(parts) > 8 or (not parts and "id" in written):
        faults.append(Fault(f"{pointer}/id", "WRONG_FORM", "must be 1 to 8 values"))
    readers = [_leaf(part, f"{pointer}/id/{n}", faults, shipped) for n, part in enumerate(parts)]
    time = _leaf(written["time"], f"{pointer}/time", faults, shipped) if "time" in written else None
    data = written.get("data")
    if not isinstance(data, dict) or is_value(data):
        faults.append(Fault(f"{pointer}/data", "REQUIRED", "must be an object with the fields of the event"))
        data = {}
    if (count := sum(1 for _ in _leaves(data, 0))) > MOST_FIELDS:
        faults.append(
            Fault(f"{pointer}/data", "TOO_MANY", f"has {counted(count, 'value')}, and at most {MOST_FIELDS} are read")
        )
    held = conditions(written.get("when", {}), f"{pointer}/when", faults)
    return Emit(kind, held, readers, time, _data(data, f"{pointer}/data", faults, shipped, 0))


def _only(written: Mapping[str, Any], names: Sequence[str], pointer: str, faults: Faults) -> None:
    for name in written:
        if name not in names:
            faults.append(Fault(f"{pointer}/{name[:64]}", "UNKNOWN_FIELD", f"must be one of {', '.join(names)}"))


def _leaf(written: object, pointer: str, faults: Faults, shipped: bool) -> Reader:
    if (fixed := constant(written)) is not None:
        return fixed
    if isinstance(written, dict) and is_value(written):
        return value(written, pointer, faults, shipped=shipped)
    faults.append(Fault(pointer, "WRONG_TYPE", "must be an object with `at`, a text, a number or a boolean"))
    return lambda payload, settings: None


def _leaves(written: object, depth: int) -> Iterator[object]:
    if depth > DEEPEST or is_value(written) or not isinstance(written, dict | list):
        yield written
        return
    for inner in written.values() if isinstance(written, dict) else written:
        yield from _leaves(inner, depth + 1)


def _objects(written: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(written, dict):
        yield written
    if isinstance(written, dict | list):
        for inner in written.values() if isinstance(written, dict) else written:
            yield from _objects(inner)


def _data(written: object, pointer: str, faults: Faults, shipped: bool, depth: int) -> DataReader:
    if depth > DEEPEST:
        faults.append(Fault(pointer, "TOO_DEEP", f"data are at most {DEEPEST} levels deep"))
        return lambda payload, settings: ABSENT
    if isinstance(written, list):
        items = [_data(each, f"{pointer}/{n}", faults, shipped, depth + 1) for n, each in enumerate(written)]
        return lambda payload, settings: (
            [got for item in items if (got := item(payload, settings)) is not ABSENT] or ABSENT
        )
    if isinstance(written, dict) and not is_value(written):
        named = [
            (name, _data(each, f"{pointer}/{name[:64]}", faults, shipped, depth + 1)) for name, each in written.items()
        ]
        return lambda payload, settings: (
            {name: got for name, item in named if (got := item(payload, settings)) is not ABSENT} or ABSENT
        )
    read = _leaf(written, pointer, faults, shipped)
    return lambda payload, settings: _on_the_wire(read(payload, settings))


def _on_the_wire(found: Converted | None) -> Any:
    if found is None:
        return ABSENT
    return wire_time(found) if isinstance(found, datetime) else found
