"""Faults of a form as templates use them: each at its field, and all in the box at the top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.kernel.domain.errors import Fault


@dataclass(frozen=True, slots=True)
class FaultsShown:
    """Faults whose pointers are names of fields; "" is the form as a whole."""

    all: Sequence[Fault] = ()

    def of(self, field: str) -> str:
        """Return the first fault of a field, "" if it has none."""
        return next((fault.message for fault in self.all if fault.pointer == field), "")

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Field and sentence of each, for the box."""
        return [(fault.pointer, fault.message) for fault in self.all]


def at_fields(faults: Sequence[Fault]) -> list[Fault]:
    """Return faults of a resource at the fields of its form, which have the names of the resource's fields."""
    return [Fault(each.pointer.strip("/").partition("/")[0], each.code, each.message) for each in faults]
