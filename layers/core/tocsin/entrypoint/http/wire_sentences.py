"""The code and the sentence of each kind of error that pydantic reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pydantic_core import ErrorDetails

from tocsin.entrypoint.http.strict_json import is_field_name
from tocsin.kernel.domain.suggestions import did_you_mean


def sentence_of(error: ErrorDetails, known: Sequence[str]) -> tuple[str, str]:
    """Return code and sentence of an error that is not ours.

    Args:
        known: names of the fields of the model that reports it.
    """
    kind, context = error["type"], error.get("ctx", {})
    if kind.isupper():  # the `custom_error_type` of a union of ours
        return kind, error["msg"]
    if kind == "extra_forbidden":
        return "UNKNOWN_FIELD", _unknown_field(str(error["loc"][-1]), known)
    return _phrase(kind, context, error.get("input"))


def _unknown_field(name: str, known: Sequence[str]) -> str:
    shown = f"unknown field `{name}`" if is_field_name(name) else "unknown field"
    if near := did_you_mean(name, known):
        return f"{shown}; did you mean `{near}`?"
    return f"{shown}; known here: {quoted(known)}"


def _phrase(kind: str, context: Mapping[str, Any], given: Any) -> tuple[str, str]:
    if (plain := _PLAIN.get(kind)) is not None:
        return plain
    if (filled := _FILLED.get(kind)) is not None:
        return filled(context, given)
    return "INVALID", "is not valid"


_PLAIN: Mapping[str, tuple[str, str]] = {
    "missing": ("REQUIRED", "is required"),
    "string_type": ("WRONG_TYPE", "must be a string"),
    "bool_type": ("WRONG_TYPE", "must be true or false"),
    "int_type": ("WRONG_TYPE", "must be a whole number"),
    "int_from_float": ("WRONG_TYPE", "must be a whole number"),
    "list_type": ("WRONG_TYPE", "must be an array"),
    "dict_type": ("WRONG_TYPE", "must be an object"),
    "model_type": ("WRONG_TYPE", "must be an object"),
    "model_attributes_type": ("WRONG_TYPE", "must be an object"),
}


def quoted(known: Iterable[str]) -> str:
    """Return names in a sentence."""
    return ", ".join(f"`{word}`" for word in known)


def choice_of(known: Sequence[str], given: object) -> str:
    """Return the sentence about a value that is none of the known ones."""
    near = did_you_mean(given, known) if isinstance(given, str) else None
    return f"must be one of {quoted(known)}" + (f"; did you mean `{near}`?" if near else "")


def _choice(context: Mapping[str, Any], given: Any) -> tuple[str, str]:
    expected = str(context.get("expected", "")).replace(" or ", ", ")
    return "NOT_ALLOWED", choice_of([word.strip(" '") for word in expected.split(",")], given)


def _too(code: str, sentence: str) -> Callable[[Mapping[str, Any], Any], tuple[str, str]]:
    return lambda context, _: (code, sentence.format(**context))


_FILLED: Mapping[str, Callable[[Mapping[str, Any], Any], tuple[str, str]]] = {
    "literal_error": _choice,
    "enum": _choice,
    "string_too_long": _too("TOO_LONG", "must have at most {max_length} characters"),
    "string_too_short": _too("TOO_SHORT", "must have at least {min_length} character(s)"),
    "too_long": _too("TOO_MANY", "must have at most {max_length} entries"),
    "too_short": _too("TOO_FEW", "must have at least {min_length} entry"),
    "greater_than_equal": _too("OUT_OF_RANGE", "must be at least {ge}"),
    "less_than_equal": _too("OUT_OF_RANGE", "must be at most {le}"),
}
