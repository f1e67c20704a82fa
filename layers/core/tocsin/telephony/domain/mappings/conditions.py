"""When an emit of a mapping is about a payload: conditions on single values, all of which must hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tocsin.kernel.domain.errors import Fault
from tocsin.telephony.domain.mappings.conversions import as_number, as_text
from tocsin.telephony.domain.mappings.values import Faults, found_at, path_of, scalar

_FORMS = 'must be a value, a list of 1 to 20 values, {"not": …}, {"exists": true|false} or {"gt": number}'


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: `path` is where it looks, `holds` says whether a payload meets it."""

    path: str
    holds: Callable[[Any], bool]


def conditions(written: object, pointer: str, faults: Faults) -> list[Condition]:
    """Compile the conditions of an emit; every fault is added to `faults`.

    A form has texts only, JSON has numbers too: values are compared by the text that stands for them in JSON. A value
    that a payload does not have equals nothing, so `not` holds.
    """
    if not isinstance(written, dict) or len(written) > 20:
        faults.append(Fault(pointer, "WRONG_FORM", "must be an object of at most 20 paths and what each must be"))
        return []
    return [_condition(path, wanted, f"{pointer}/{path[:64]}", faults) for path, wanted in written.items()]


def _condition(path: str, wanted: object, pointer: str, faults: Faults) -> Condition:
    at = path_of(path, pointer, faults)
    if isinstance(wanted, dict) and len(wanted) == 1:
        (name, inner), *_ = wanted.items()
        if name == "exists" and isinstance(inner, bool):
            return Condition(path, lambda payload: _is_there(found_at(payload, at)) is inner)
        if name == "gt" and isinstance(inner, int | float) and not isinstance(inner, bool):
            return Condition(path, lambda payload: _is_greater(scalar(found_at(payload, at)), inner))
        if name == "not" and (texts := _texts(inner)):
            return Condition(path, lambda payload: _text_at(payload, at) not in texts)
    elif texts := _texts(wanted):
        return Condition(path, lambda payload: _text_at(payload, at) in texts)
    faults.append(Fault(pointer, "WRONG_FORM", _FORMS))
    return Condition(path, lambda payload: False)


def _is_there(found: Any) -> bool:
    """Return whether something was found: an empty list or object, like a blank text, is nothing."""
    return bool(found) if isinstance(found, dict | list) else scalar(found) is not None


def _texts(wanted: object) -> frozenset[str]:
    listed = wanted if isinstance(wanted, list) else [wanted]
    texts = [as_text(each) for each in listed if isinstance(each, str | int | float | bool)]
    return frozenset(texts) if len(texts) == len(listed) <= 20 else frozenset()


def _text_at(payload: Any, at: tuple[str, ...]) -> str | None:
    found = scalar(found_at(payload, at))
    return None if found is None else as_text(found)


def _is_greater(found: Any, least: float) -> bool:
    number = None if found is None else as_number(found)
    return number is not None and number > least
