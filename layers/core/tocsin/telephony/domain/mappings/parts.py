"""A part of a text, as the steps `regex`, `prefix`, `suffix` and `between` of a mapping give it.

Tenants have no expressions: one that takes exponential time would stop the function for everybody. The three steps that
they have do the same for what PBXs write, such as `PJSIP/2010-0000001a`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from tocsin.kernel.domain.errors import Fault

PART_OF = 512
"""Characters of the longest text that a part is looked for in."""

Part = Callable[[str], str | None]
"""From a text to a part of it, None if it has no such part."""


def parts_of(written: Mapping[str, Any], pointer: str, faults: list[Fault], *, shipped: bool) -> list[Part]:
    """Compile those steps of a value that give a part of a text; every fault is added to `faults`."""
    parts: list[Part] = []
    if "regex" in written:
        parts += _expression(written["regex"], f"{pointer}/regex", faults, shipped)
    for name, make in (("prefix", _after), ("suffix", _before)):
        if name in written:
            text = written[name]
            if isinstance(text, str) and 0 < len(text) <= 64:
                parts.append(make(text))
            else:
                faults.append(Fault(f"{pointer}/{name}", "WRONG_FORM", "must be a text of 1 to 64 characters"))
    if "between" in written:
        ends = written["between"]
        if isinstance(ends, list) and len(ends) == 2 and all(isinstance(one, str) and len(one) <= 64 for one in ends):
            parts.append(_amid(*ends))
        else:
            faults.append(Fault(f"{pointer}/between", "WRONG_FORM", "must be two texts of at most 64 characters"))
    return parts


def _expression(written: object, pointer: str, faults: list[Fault], shipped: bool) -> list[Part]:
    if not shipped or not isinstance(written, str):
        faults.append(Fault(pointer, "NOT_ALLOWED", "only shipped mappings have it; use prefix, suffix or between"))
        return []
    pattern = re.compile(written)

    def part(text: str) -> str | None:
        found = pattern.match(text)
        return found[found.lastindex or 0] if found else None

    return [part]


def _after(start: str) -> Part:
    return lambda text: text[len(start) :] if text.startswith(start) else None


def _before(end: str) -> Part:
    return lambda text: text[: -len(end)] if text.endswith(end) else None


def _amid(start: str, end: str) -> Part:
    def part(text: str) -> str | None:
        _, found, rest = text.partition(start) if start else ("", "^", text)
        return (rest.partition(end)[0] if end else rest) if found else None

    return part
