"""Request models: pydantic models that report every fault at once, with a pointer and a correction.

A `WireModel` has two kinds of rules: the types of its fields, and rules between fields (`rules`). Pydantic skips the
second kind if the first fails. Here both are always checked, on the raw object, so that a client can correct all faults
at once.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NoReturn, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Discriminator, ModelWrapValidatorHandler, ValidationError, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from tocsin.entrypoint.http.strict_json import is_field_name
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.domain.suggestions import did_you_mean

_OURS = "tocsin"
"""Type of the pydantic errors that already carry our code and sentence."""

_ELSEWHERE = "tocsin_elsewhere"
"""Type of the errors that a rule reports in a better form; see `kind_faults`."""


_INDEX = re.compile(r"[0-9]{1,9}")


class WireModel(BaseModel):
    """Base of all request models: camelCase names, no unknown fields, no silent conversions.

    An optional field that is blank counts as omitted: forms and published samples fill what they do not use with "".

    What a shape is checked with is built when the first request of that shape comes: a cold start pays for the one it
    serves. See `build_all`.
    """

    model_config = ConfigDict(
        defer_build=True, extra="forbid", strict=True, frozen=True, alias_generator=to_camel, hide_input_in_errors=True
    )

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        """Yield what is wrong between the fields of `raw`, which may hold anything; pointers are relative to it."""
        return ()

    @classmethod
    def wire_names(cls) -> list[str]:
        """Return the names of all fields as they stand on the wire."""
        return [field.alias or name for name, field in cls.model_fields.items()]

    @classmethod
    def _without_blanks(cls, raw: dict[str, Any]) -> dict[str, Any]:
        blank = {name for name, value in raw.items() if is_blank(value)}
        if not blank:
            return raw
        required = {field.alias or name for name, field in cls.model_fields.items() if field.is_required()}
        optional = blank.intersection(cls.wire_names()) - required
        return {name: value for name, value in raw.items() if name not in optional} if optional else raw

    @model_validator(mode="wrap")
    @classmethod
    def _report_everything(cls, raw: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        broken = []
        if isinstance(raw, dict):
            raw = cls._without_blanks(raw)
            broken = [_as_error(fault) for fault in cls.rules(raw)]
        try:
            value = handler(raw)
        except ValidationError as error:
            told = [_told(cls, e) for e in error.errors(include_url=False) if e["type"] != _ELSEWHERE]
            faults = [*told, *broken] or [_as_error(Fault("", "INVALID", "is not valid"))]
            raise ValidationError.from_exception_data(cls.__name__, faults) from None
        if broken:
            raise ValidationError.from_exception_data(cls.__name__, broken)
        return value


def is_blank(value: object) -> bool:
    """Whether it is a text of nothing but blanks."""
    return isinstance(value, str) and (not value or value.isspace())


def build_all() -> None:
    """Build the validators of all models now: before a SnapStart snapshot no client waits for it."""
    shapes = [WireModel]
    for shape in shapes:  # grows as it goes
        shapes += shape.__subclasses__()
        shape.model_rebuild()


def before_a_snapshot() -> bool:
    """Whether this process is started for a SnapStart snapshot and not to serve calls.

    Source: AWS Lambda Developer Guide, "Defined runtime environment variables".
    """
    return os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start"


Model = TypeVar("Model", bound=WireModel)
Parsed = TypeVar("Parsed")


def read(model: type[Model], body: Mapping[str, Any]) -> Model:
    """Return the body as a model.

    Raises:
        InvalidRequest: with every fault.
    """
    try:
        return model.model_validate(body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
    raise InvalidRequest(_unique(_as_fault(e) for e in found))


def mistake(code: str, message: str) -> NoReturn:
    """Refuse a value from within a field validator."""
    raise PydanticCustomError(_OURS, "{message}", {"code": code, "message": message})


def parsed_by(parse: Callable[[Any], Parsed]) -> Callable[[Any], Parsed]:
    """Return a field validator that calls a parser of the domain; its faults keep their pointers."""

    def check(raw: Any) -> Parsed:
        try:
            return parse(raw)
        except InvalidRequest as error:
            faults = error.faults
        raise ValidationError.from_exception_data("value", [_as_error(fault) for fault in faults])

    return check


def by_kind(field: str, default: str | None = None, branches: Mapping[str, str] | None = None) -> Discriminator:
    """Choose the branch of a union by the value of `field`: its branches are tagged `<value>`.

    The model that holds the union reports unknown values with `kind_faults`.

    Args:
        default: the value when the field is not set.
        branches: value to branch, where several values share one.
    """

    def tag(raw: Any) -> str | None:
        kind = (raw.get(field) if set_in(raw, field) or default is None else default) if isinstance(raw, dict) else None
        if not isinstance(kind, str):
            return None
        return f"<{kind if branches is None else branches.get(kind, kind)}>"

    return Discriminator(tag, custom_error_type=_ELSEWHERE, custom_error_message="elsewhere")


def kind_faults(raw: Any, pointer: str, field: str, known: Sequence[str], *, required: bool = True) -> Iterable[Fault]:
    """Yield the faults of the discriminator of `raw`, an object for a `by_kind` union."""
    if not isinstance(raw, dict):
        yield Fault(pointer, "WRONG_TYPE", "must be an object")
    elif (kind := raw.get(field)) is None or (is_blank(kind) and not required):
        if required:
            yield Fault(f"{pointer}/{field}", "REQUIRED", f"is required: one of {_quoted(known)}")
    elif not isinstance(kind, str):
        yield Fault(f"{pointer}/{field}", "WRONG_TYPE", "must be a string")
    elif kind not in known:
        yield Fault(f"{pointer}/{field}", "NOT_ALLOWED", _choice_of(known, kind))


def set_in(raw: Mapping[str, Any], *names: str) -> list[str]:
    """Return those of `names` that are set in `raw`; null and blank count as not set."""
    return [name for name in names if raw.get(name) is not None and not is_blank(raw[name])]


def one_of(raw: Mapping[str, Any], *names: str) -> Iterable[Fault]:
    """Yield a fault unless exactly one of the fields is set."""
    found = set_in(raw, *names)
    choice = " or ".join(f"`{name}`" for name in names)
    if not found:
        yield Fault(f"/{names[0]}", "REQUIRED", f"give {choice}")
    elif len(found) > 1:
        yield Fault(f"/{found[1]}", "CONFLICT", f"give only one of {choice}")


def _as_error(fault: Fault) -> InitErrorDetails:
    location = tuple(int(part) if _INDEX.fullmatch(part) else part for part in fault.pointer.split("/")[1:])
    kind = PydanticCustomError(_OURS, "{message}", {"code": fault.code, "message": fault.message})
    return InitErrorDetails(type=kind, loc=location, input=None)


def _as_fault(error: ErrorDetails) -> Fault:
    context = error.get("ctx", {})
    return Fault(_pointer(error["loc"]), context.get("code", "INVALID"), context.get("message", "is not valid"))


def _unique(faults: Iterable[Fault]) -> Sequence[Fault]:
    return list(dict.fromkeys(faults))


def _pointer(location: Sequence[str | int]) -> str:
    """Return the JSON pointer, without the names of union branches (`<sms>`).

    It stops at a name that does not look like a field name, because it may be a value in the wrong place.
    """
    parts = []
    for part in location:
        if isinstance(part, str):
            if part.startswith("<") and part.endswith(">"):
                continue
            if not is_field_name(part):
                break
        parts.append(f"/{part}")
    return "".join(parts)


def _told(model: type[WireModel], error: ErrorDetails) -> InitErrorDetails:
    """Return the error with our code and sentence."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == _OURS:
        code, message = context["code"], context["message"]
    elif kind.isupper():  # the `custom_error_type` of a union of ours
        code, message = kind, error["msg"]
    elif kind == "extra_forbidden":
        code, message = "UNKNOWN_FIELD", _unknown_field(str(error["loc"][-1]), model.wire_names())
    else:
        code, message = _phrase(kind, context, error.get("input"))
    ours = PydanticCustomError(_OURS, "{message}", {"code": code, "message": message})
    return InitErrorDetails(type=ours, loc=error["loc"], input=None)


def _unknown_field(name: str, known: Sequence[str]) -> str:
    shown = f"unknown field `{name}`" if is_field_name(name) else "unknown field"
    if near := did_you_mean(name, known):
        return f"{shown}; did you mean `{near}`?"
    return f"{shown}; known here: {_quoted(known)}"


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


def _quoted(known: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in known)


def _choice_of(known: Sequence[str], given: object) -> str:
    near = did_you_mean(given, known) if isinstance(given, str) else None
    return f"must be one of {_quoted(known)}" + (f"; did you mean `{near}`?" if near else "")


def _choice(context: Mapping[str, Any], given: Any) -> tuple[str, str]:
    expected = str(context.get("expected", "")).replace(" or ", ", ")
    return "NOT_ALLOWED", _choice_of([word.strip(" '") for word in expected.split(",")], given)


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
