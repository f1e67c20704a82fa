"""Why a form of a rule was refused: faults at its fields, and what others changed meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from console.visit import Form
from console.words import sentence
from tocsin.kernel.domain.errors import (
    Fault,
    Forbidden,
    Immutable,
    InvalidRequest,
    NotPossible,
    PreconditionFailed,
    StaleWrite,
    WrongState,
)

REFUSALS = (Forbidden, Immutable, InvalidRequest, NotPossible, PreconditionFailed, StaleWrite, WrongState)
"""What a form is told, with everything that was typed kept."""


def faults_of(error: Exception, labels: Mapping[str, str]) -> Sequence[Fault]:
    """Return a refusal at the fields of the form.

    Args:
        labels: the fields of the form, by name. The longest beginning of a pointer, joined by `_`, names its field.
    """
    match error:
        case InvalidRequest():
            return [_placed(fault, labels) for fault in error.faults]
        case PreconditionFailed():
            return [Fault("", error.code, "It was changed after you opened the form, so nothing is saved yet.")]
        case StaleWrite():
            return [Fault("", error.code, "It kept being changed. Try again.")]
        case Forbidden():
            return [Fault("", error.code, sentence(error.right))]
    return [Fault("", getattr(error, "code", "NOT_POSSIBLE"), sentence(str(error)))]


def _placed(fault: Fault, labels: Mapping[str, str]) -> Fault:
    parts = fault.pointer.strip("/").split("/")
    if parts[0] in ("filters", "options"):
        parts = parts[1:]
    names = ("_".join(parts[:length]) for length in range(len(parts), 0, -1))
    field = next((name for name in names if name in labels), "")
    said = sentence(fault.message) if not field else f"{labels[field]}: {fault.message}"
    return Fault(field, fault.code, said, fault.ids)


def differences(labels: Mapping[str, str], now: Form, typed: Form) -> list[tuple[str, str, str]]:
    """Return field, what stands and what was typed, of every field in which the two differ."""
    return [
        (label, ", ".join(now.all(name)), ", ".join(_trimmed(typed, name)))
        for name, label in labels.items()
        if [each.strip() for each in now.all(name)] != _trimmed(typed, name)
    ]


def _trimmed(form: Form, name: str) -> list[str]:
    return [each.replace("\r\n", "\n").strip() for each in form.all(name)]
