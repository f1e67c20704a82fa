"""Request models: pydantic models that report every fault at once, with a pointer and a correction.

A `WireModel` has two kinds of rules: the types of its fields, and rules between fields (`rules`). Pydantic skips the
second kind if the first fails. Here both are always checked, on the raw object, so that a client can correct all faults
at once. Judging stops when there are ENOUGH faults: a body of a megabyte can hold 400,000.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any, NoReturn, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    GetCoreSchemaHandler,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema, ErrorDetails, InitErrorDetails, PydanticCustomError, core_schema

from tocsin.entrypoint.http.blank import is_blank
from tocsin.entrypoint.http.strict_json import is_field_name
from tocsin.entrypoint.http.wire_sentences import choice_of, quoted, sentence_of
from tocsin.kernel.domain.errors import FAULTS_LISTED, Fault, InvalidRequest

_OURS = "tocsin"
"""Type of the pydantic errors that already carry our code and sentence."""

_ELSEWHERE = "tocsin_elsewhere"
"""Type of the errors that a rule reports in a better form; see `kind_faults`."""


ENOUGH = FAULTS_LISTED + 1
"""Faults after which judging stops: those that are listed, and one that says that there are more."""

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

    @classmethod
    def _with_few_unknown(cls, raw: dict[str, Any]) -> dict[str, Any]:
        known = cls.wire_names()
        unknown = [name for name in raw if name not in known]
        if len(unknown) <= ENOUGH:
            return raw
        left = set(unknown[ENOUGH:])
        return {name: value for name, value in raw.items() if name not in left}

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[BaseModel], handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return the schema, with lists that are judged until there are faults enough."""
        found: CoreSchema = _with_bounded_lists(handler(source), cls)
        return found

    @model_validator(mode="wrap")
    @classmethod
    def _report_everything(cls, raw: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        broken = []
        if isinstance(raw, dict):
            raw = cls._with_few_unknown(cls._without_blanks(raw))
            broken = [_as_error(fault) for fault in islice(cls.rules(raw), ENOUGH)]
        try:
            value = handler(raw)
        except ValidationError as error:
            found = error.errors(include_url=False)
            told = [_told(cls.wire_names(), each) for each in found if each["type"] != _ELSEWHERE]
            faults = [*told, *broken] or [_as_error(Fault("", "INVALID", "is not valid"))]
            raise ValidationError.from_exception_data(cls.__name__, faults) from None
        if broken:
            raise ValidationError.from_exception_data(cls.__name__, broken)
        return value


def build_all() -> None:
    """Build the validators of all models now: before a SnapStart snapshot no client waits for it."""
    shapes = [WireModel]
    for shape in shapes:  # grows as it goes
        shapes += shape.__subclasses__()
        shape.model_rebuild()


Model = TypeVar("Model", bound=WireModel)
Parsed = TypeVar("Parsed")


def read(model: type[Model], body: Mapping[str, Any]) -> Model:
    """Return the body as a model.

    Raises:
        InvalidRequest: with every fault, up to ENOUGH.
    """
    try:
        return model.model_validate(body)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
    raise InvalidRequest(_unique(_as_fault(e) for e in found)[:ENOUGH])


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
            yield Fault(f"{pointer}/{field}", "REQUIRED", f"is required: one of {quoted(known)}")
    elif not isinstance(kind, str):
        yield Fault(f"{pointer}/{field}", "WRONG_TYPE", "must be a string")
    elif kind not in known:
        yield Fault(f"{pointer}/{field}", "NOT_ALLOWED", choice_of(known, kind))


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


def _told(known: Sequence[str], error: ErrorDetails) -> InitErrorDetails:
    """Return the error with our code and sentence. One that a rule reports in a better form stays as it is."""
    if error["type"] == _ELSEWHERE:
        return InitErrorDetails(type=PydanticCustomError(_ELSEWHERE, "elsewhere"), loc=error["loc"], input=None)
    if error["type"] == _OURS:
        code, message = error["ctx"]["code"], error["ctx"]["message"]
    else:
        code, message = sentence_of(error, known)
    ours = PydanticCustomError(_OURS, "{message}", {"code": code, "message": message})
    return InitErrorDetails(type=ours, loc=error["loc"], input=None)


def _with_bounded_lists(schema: Any, owner: type[WireModel]) -> Any:
    """Return a schema in which each list of `owner` itself is judged by `_entries`."""
    if isinstance(schema, list):
        return [_with_bounded_lists(each, owner) for each in schema]
    if not isinstance(schema, dict) or schema.get("fail_fast") or schema.get("cls", owner) is not owner:
        return schema
    found = {
        name: each if name in ("metadata", "serialization") else _with_bounded_lists(each, owner)
        for name, each in schema.items()
    }
    if found.get("type") != "list":
        return found
    judged = partial(_entries, found.get("max_length"))
    return core_schema.no_info_wrap_validator_function(judged, {**found, "fail_fast": True})


_WINDOW = 1_000
"""Entries behind a bad one that are looked at together: a list may have 300,000, and a hundred bad ones."""


def _entries(longest: int | None, raw: Any, handler: core_schema.ValidatorFunctionWrapHandler) -> Any:
    """Judge a list whose `handler` stops at the first bad entry: go on behind it until there are faults enough."""
    if longest is not None and isinstance(raw, list) and len(raw) > longest:
        facts = {"field_type": "List", "max_length": longest, "actual_length": len(raw)}
        raise ValidationError.from_exception_data("list", [{"type": "too_long", "input": None, "ctx": facts}])
    part, start, found = raw, 0, list[InitErrorDetails]()
    while True:
        try:
            value = handler(part)
        except ValidationError as error:
            errors = [_told((), each) for each in error.errors(include_url=False)]
            if not isinstance(raw, list) or not errors[0].get("loc"):
                found += errors
                break
            first = errors[0]["loc"][0]
            assert isinstance(first, int)
            found += [InitErrorDetails(**{**each, "loc": (start + first, *each["loc"][1:])}) for each in errors]
            start += first + 1
        else:
            if not found:
                return value
            start += len(part)
        if len(found) >= ENOUGH or start >= len(raw):
            break
        part = raw[start : start + _WINDOW]
    raise ValidationError.from_exception_data("list", found)
