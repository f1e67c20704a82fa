"""Faults of a form, as templates show them: a box with links to the fields, and each at its field."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from tocsin.kernel.domain.errors import Fault


def shown_faults(faults: Sequence[Fault]) -> dict[str, Any]:
    """Return `fault`, the first sentence of each field ("" for a field that is right), and `fault_pairs`.

    Args:
        faults: their pointers are names of fields; "" = of no field.
    """
    found: defaultdict[str, str] = defaultdict(str)
    for fault in faults:
        found.setdefault(fault.pointer, fault.message)
    return {"fault": found, "fault_pairs": [(fault.pointer, fault.message) for fault in faults]}
