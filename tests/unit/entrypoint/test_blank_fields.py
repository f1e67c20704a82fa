"""An optional field that is blank counts as left out: in every shape of the wire, at every depth, whatever its type."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

from alerts_api.operations import OPERATIONS
from tocsin.contacts.domain.contact_group_json import contact_group_of
from tocsin.entrypoint.http.resource_body import ResourceBody
from tocsin.entrypoint.http.wire import WireModel, build_all
from tocsin.kernel.domain.errors import InvalidRequest

build_all()
VERBS = [one for one in OPERATIONS if one.request and one.verb]
"""A resource takes what is written as it is written."""

BLANKS = ["", " ", "\t\n", "\u00a0"]


def shapes(of: type[WireModel] = WireModel) -> Iterator[type[WireModel]]:
    for shape in of.__subclasses__():
        if shape is not ResourceBody:
            yield shape
            yield from shapes(shape)


SHAPES = list(dict.fromkeys(shapes()))


def outcome(shape: type[WireModel], raw: dict[str, Any]) -> Any:
    """Return what a shape makes of an object: its value, or its faults."""
    try:
        return shape.model_validate(copy.deepcopy(raw))
    except ValidationError as error:
        return [(e["loc"], e.get("ctx")) for e in error.errors(include_url=False, include_input=False)]


def optional(shape: type[WireModel]) -> list[str]:
    return [field.alias or name for name, field in shape.model_fields.items() if not field.is_required()]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_every_optional_field_of_every_shape_may_be_blank(shape: type[WireModel]) -> None:
    for field in optional(shape):
        for blank in BLANKS:
            assert outcome(shape, {field: blank}) == outcome(shape, {}), f"{field} {blank!r}"


def test_there_are_shapes() -> None:
    assert len(SHAPES) > 30
    assert sum(len(optional(shape)) for shape in SHAPES) > 150


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_a_required_field_that_is_blank_stays_a_fault(shape: type[WireModel]) -> None:
    for name in (field.alias or name for name, field in shape.model_fields.items() if field.is_required()):
        assert isinstance(outcome(shape, {name: ""}), list), name


def filled(value: Any, raw: Any, blank: str) -> Any:
    """Return `raw`, of which `value` was made, with every optional field that it lacks given blank, at every depth."""
    if isinstance(value, list) and isinstance(raw, list):
        return [filled(one, each, blank) for one, each in zip(value, raw, strict=True)]
    if not isinstance(value, WireModel) or not isinstance(raw, dict):
        return raw
    full = {name: blank for name in optional(type(value)) if name not in raw}
    for name, field in type(value).model_fields.items():
        alias = field.alias or name
        if alias in raw:
            full[alias] = filled(getattr(value, name), raw[alias], blank)
    return full


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize("operation", VERBS, ids=lambda operation: operation.name)
def test_the_published_examples_mean_the_same_with_everything_else_blank(operation: Any, blank: str) -> None:
    raw = json.loads(json.dumps(operation.request))
    for shape in operation.bodies:
        value = outcome(shape, raw)
        if isinstance(value, WireModel):
            assert outcome(shape, filled(value, raw, blank)) == value
            return
    raise AssertionError("no shape takes the example")


GROUP = {"contacts": [{"id": "c1", "sms": "+447400123456"}]}


@pytest.mark.parametrize("blank", BLANKS)
def test_a_contact_group_too(blank: str) -> None:
    contact = {"email": blank, "call": blank, "lookups": blank, "quietHours": blank}
    group = {"name": "", "sets": blank, "contacts": [{**GROUP["contacts"][0], **contact}]}
    assert contact_group_of(group, "") == contact_group_of(GROUP, "")
    hours = {"from": "22:00", "to": "07:00"}
    with_zone = {"contacts": [{"id": "c1", "quietHours": {**hours, "zone": blank}}]}
    assert contact_group_of(with_zone, "") == contact_group_of({"contacts": [{"id": "c1", "quietHours": hours}]}, "")
    for wrong in (
        {"contacts": blank},
        {"contacts": [{"id": blank}]},
        {"contacts": [], "sets": [{"name": "a", "ids": blank}]},
    ):
        with pytest.raises(InvalidRequest):
            contact_group_of(wrong, "")


def test_a_lookup_may_be_empty_for_that_is_a_value() -> None:
    group = contact_group_of({"contacts": [{"id": "c1", "lookups": {"title": "", "name": " "}}]}, "")
    assert dict(group.contacts["c1"].lookups) == {"title": "", "name": " "}
