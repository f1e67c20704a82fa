"""Faults of a form as templates use them: each at its field, and all in the box at the top."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.kernel.domain.errors import ConfirmFirst, Fault


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


@dataclass(frozen=True, slots=True)
class Stops:
    """Triggers of alert rules that a form would stop: they are listed, and the same form with `confirm` stops them.

    Attributes:
        act: which form of the page it is.
        ids: of the triggers, as `<rule>/<trigger>`; none: nothing is to be confirmed.
    """

    act: str = ""
    ids: Sequence[str] = ()
    confirm: str = ""

    @classmethod
    def of(cls, error: Exception, act: str = "save") -> Stops:
        """Return what a refusal asks to confirm, if that is what it does."""
        return cls(act, error.ids, error.confirm) if isinstance(error, ConfirmFirst) else cls()

    @property
    def rules(self) -> list[tuple[str, int]]:
        """Each rule, and how many of its triggers stop."""
        return list(Counter(id.partition("/")[0] for id in self.ids).items())


NOTHING_STOPS = Stops()


def unconfirmed(error: ConfirmFirst) -> Fault:
    """Return the fault of a form that would stop triggers."""
    return Fault("", error.code, "Nothing is changed yet: triggers would stop. Look at the list, then confirm it.")


def at_fields(faults: Sequence[Fault]) -> list[Fault]:
    """Return faults of a resource at the fields of its form, which have the names of the resource's fields."""
    return [Fault(each.pointer.strip("/").partition("/")[0], each.code, each.message) for each in faults]
