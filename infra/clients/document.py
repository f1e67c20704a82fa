"""Reads docs/openapi.json.

A keyword of JSON Schema that is not known here stops the generator, so no type is silently too wide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from infra.clients.shapes import Api, Basic, Choice, List, Map, Member, Named, Operation, Shape, Type, Words

FILLED_IN = ("version", "apiKey")
"""Fields of request bodies that a client fills in, or sends as a header."""

NOT_CALLED = {"exportResults", "getDocs", "getGuide", "getAsset", "getOpenApi"}
"""Operations for people and tools."""

_NOT_SENT = {"If-None-Match"}
"""Headers for callers that keep earlier answers, which these clients do not."""

_IGNORED = {
    *("title", "description", "default", "examples", "example", "format", "pattern", "minLength", "maxLength"),
    *("minItems", "maxItems", "uniqueItems", "minimum", "maximum", "propertyNames", "discriminator"),
}
_READ = {"$ref", "anyOf", "oneOf", "const", "enum", "type", "items", "properties", "required", "additionalProperties"}


def read(document: Mapping[str, Any]) -> Api:
    """Return the document's shapes and operations.

    Raises:
        ValueError: the document has something that this generator does not know.
    """
    reader = _Reader(document["components"]["schemas"])
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if operation["operationId"] not in NOT_CALLED:
                reader.operation(method.upper(), path, operation)
    return Api(dict(sorted(reader.api.shapes.items())), reader.api.operations)


class _Reader:
    def __init__(self, schemas: Mapping[str, Any]) -> None:
        self.api = Api()
        self._schemas = schemas

    def operation(self, method: str, path: str, told: Mapping[str, Any]) -> None:
        """Add an operation and every shape that it refers to."""
        name, parameters = told["operationId"], told.get("parameters", [])
        schemas = [_schema(body) for body in _options(told.get("requestBody", {}))]
        bodies = [self._shape(schema, without=FILLED_IN) for schema in schemas]
        answers = _options(next(answer for status, answer in told["responses"].items() if status[0] == "2"))
        answer = self._answer(name, answers)
        for response in told["responses"].values():
            for content in response.get("content", {}).values():
                self._type(content["schema"], name)  # callers read errors too
        self.api.operations.append(
            Operation(
                name=name,
                method=method,
                path=path,
                summary=told["summary"],
                in_path=tuple(re.findall(r"\{(\w+)\}", path)),
                query=tuple(self._parameter(name, one) for one in parameters if one["in"] == "query"),
                headers=tuple(
                    one["name"] for one in parameters if one["in"] == "header" and one["name"] not in _NOT_SENT
                ),
                body=_choice(bodies) if bodies else None,
                version=any("version" in self._schemas[schema]["properties"] for schema in schemas),
                answer=answer,
                item=self._item(answer, {one["name"] for one in parameters}),
            )
        )

    def _parameter(self, operation: str, told: Mapping[str, Any]) -> Member:
        name = _capital(operation) + _capital(told["name"])
        type = self._type(told["schema"], name)
        if isinstance(type, Words):
            type = self._add(Shape(name, told["description"], type=type))
        return Member(told["name"], type, bool(told["required"]), told["description"])

    def _answer(self, operation: str, options: Sequence[Mapping[str, Any]]) -> Type | None:
        """Return the type of an answer. One of several becomes one object with the fields of all."""
        types = [self._type(option, operation) for option in options]
        if len(types) < 2:
            return types[0] if types else None
        shapes = [self.api.shapes[one.name] for one in types if isinstance(one, Named)]
        if len(shapes) < len(types):
            raise ValueError(f"{operation}: one of the answers has no name")
        name = f"{_capital(operation)}Answer"
        merged = []
        for word in dict.fromkeys(member.name for shape in shapes for member in shape.members):
            found = [member for shape in shapes for member in shape.members if member.name == word]
            required = len(found) == len(shapes) and all(member.required for member in found)
            about = next((member.about for member in found if member.about), "")
            merged.append(Member(word, _choice([member.type for member in found]), required, about))
        about = "One of " + ", ".join(f"`{shape.name}`" for shape in shapes) + "."
        return self._add(Shape(name, about, tuple(merged)))

    def _item(self, answer: Type | None, parameters: set[str]) -> Type | None:
        if not isinstance(answer, Named) or "cursor" not in parameters:
            return None
        members = {member.name: member.type for member in self.api.shapes[answer.name].members}
        items = members.get("items")
        return items.of if isinstance(items, List) and "next_cursor" in members else None

    def _shape(self, schema: str, without: Sequence[str] = ()) -> Named:
        name = schema.lstrip("_")
        if name not in self.api.shapes:
            told = self._schemas[schema]
            self.api.shapes[name] = Shape(name, "")  # a schema may refer to itself
            if "properties" in told:
                self.api.shapes[name] = self._object(told, name, without)
            else:
                self.api.shapes[name] = Shape(name, told.get("description", ""), type=self._type(told, name))
        return Named(name)

    def _object(self, told: Mapping[str, Any], name: str, without: Sequence[str] = ()) -> Shape:
        _require_known(told, name)
        members = tuple(
            Member(
                word,
                self._type(schema, name + _capital(word)),
                word in told.get("required", ()),
                schema.get("description", ""),
            )
            for word, schema in told["properties"].items()
            if word not in without
        )
        return Shape(name, told.get("description", ""), members)

    def _type(self, told: Mapping[str, Any], name: str) -> Type:
        """Return a schema's type. `name`: of an object that stands inside."""
        _require_known(told, name)
        if "$ref" in told:
            return self._shape(_schema(told))
        if options := told.get("anyOf") or told.get("oneOf"):
            return _choice([self._type(option, name) for option in options])
        if "const" in told:
            return Words((told["const"],))
        if "enum" in told:
            return Words(tuple(told["enum"]))
        kinds = told.get("type", "any")
        if isinstance(kinds, list):
            return _choice([self._type({**told, "type": kind}, name) for kind in kinds])
        if kinds == "array":
            return List(self._type(told["items"], name) if "items" in told else Basic("any"))
        if kinds == "object":
            return self._map_or_object(told, name)
        return Basic(kinds)

    def _map_or_object(self, told: Mapping[str, Any], name: str) -> Type:
        if "properties" in told:
            return self._add(self._object(told, name))
        values = told.get("additionalProperties", True)
        return Map(self._type(values, name) if isinstance(values, dict) else Basic("any"))

    def _add(self, shape: Shape) -> Named:
        if self.api.shapes.setdefault(shape.name, shape) != shape:
            raise ValueError(f"two shapes are called {shape.name}")
        return Named(shape.name)


def _require_known(told: Mapping[str, Any], name: str) -> None:
    if strange := told.keys() - _READ - _IGNORED:
        raise ValueError(f"{name}: no type for {', '.join(sorted(strange))}")


def _options(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the schemas that the JSON of a request or response may have."""
    schema = told.get("content", {}).get("application/json", {}).get("schema", {})
    return list(schema.get("anyOf") or ([schema] if schema else []))


def _schema(reference: Mapping[str, Any]) -> str:
    return str(reference["$ref"]).rsplit("/", 1)[1]


def _capital(word: str) -> str:
    return word[0].upper() + word[1:]


def _choice(types: Sequence[Type]) -> Type:
    flat = list(dict.fromkeys(_flat(types)))
    constants = [one for one in flat if isinstance(one, Words)]
    if len(constants) > 1:
        values = tuple(dict.fromkeys(value for one in constants for value in one.values))
        place = flat.index(constants[0])
        flat = [one for one in flat if one not in constants]
        flat.insert(place, Words(values))
    if (null := Basic("null")) in flat:
        flat = [*(one for one in flat if one != null), null]
    return flat[0] if len(flat) == 1 else Choice(tuple(flat))


def _flat(types: Sequence[Type]) -> Iterator[Type]:
    for one in types:
        yield from one.options if isinstance(one, Choice) else (one,)
