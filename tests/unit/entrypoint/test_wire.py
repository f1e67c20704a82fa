"""Wire models: strict, and every fault at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import pytest
from pydantic import Field, Tag

from tocsin.entrypoint.http.wire import WireModel, by_kind, kind_faults, one_of, read
from tocsin.kernel.domain.errors import Fault, InvalidRequest


class Cat(WireModel):
    kind: str
    claws: int


class Dog(WireModel):
    kind: str
    max_bark: Annotated[int, Field(le=5)]


class Zoo(WireModel):
    """Two rules: one between fields, one over entries."""

    animals: list[Annotated[Annotated[Cat, Tag("<cat>")] | Annotated[Dog, Tag("<dog>")], by_kind("kind")]]
    name: str | None = None
    number: int | None = None

    @classmethod
    def rules(cls, raw: Mapping[str, Any]) -> Iterable[Fault]:
        yield from one_of(raw, "name", "number")
        animals = raw.get("animals")
        for n, animal in enumerate(animals if isinstance(animals, list) else []):
            yield from kind_faults(animal, f"/animals/{n}", "kind", ("cat", "dog"))


def faults(body: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(InvalidRequest) as raised:
        read(Zoo, body)
    return {fault.pointer: fault.code for fault in raised.value.faults}


def test_names_are_camel_case_and_types_exact() -> None:
    assert read(Zoo, {"name": "x", "animals": [{"kind": "dog", "maxBark": 5}]}).animals == [Dog(kind="dog", maxBark=5)]
    assert faults({"name": "x", "animals": [{"kind": "dog", "max_bark": 5}]}) == {
        "/animals/0/maxBark": "REQUIRED",
        "/animals/0/max_bark": "UNKNOWN_FIELD",
    }
    assert faults({"name": "x", "animals": [{"kind": "dog", "maxBark": "5"}]}) == {"/animals/0/maxBark": "WRONG_TYPE"}


def test_rules_between_fields_are_checked_though_fields_are_wrong() -> None:
    assert faults({"name": "x", "number": "y", "animals": [{"kind": "cat"}, {"kind": "eel"}, 5, {}]}) == {
        "/number": "CONFLICT",
        "/animals/0/claws": "REQUIRED",
        "/animals/1/kind": "NOT_ALLOWED",
        "/animals/2": "WRONG_TYPE",
        "/animals/3/kind": "REQUIRED",
    }


def test_a_pointer_stops_before_what_may_be_a_value() -> None:
    found = faults({"name": "x", "animals": [], "+447911123456": 1, "a@b": 2})

    assert found == {"": "UNKNOWN_FIELD"}
