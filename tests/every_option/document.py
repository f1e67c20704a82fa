"""The options that the OpenAPI document has, and those that a call uses.

An option is a field of a request, or one of the words that a field or a query parameter allows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from openapi_schema_validator import OAS31Validator

Json = dict[str, Any]

Option = tuple[str, str, str, str]
"""(operation, shape, field, word); the word is empty for the field itself."""


@dataclass(frozen=True)
class Call:
    """A request. `statuses`: the statuses with which it does what it says."""

    method: str
    path: str
    body: Json | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    statuses: tuple[int, ...] = (200,)

    @property
    def target(self) -> str:
        """Path and query."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path


OF_PEOPLE = frozenset(
    {
        "People",
        "Directory",
        "Keys",
        "Account",
        "Sign-in",
        "Alert rules",
        "Event sources",
        "Appointments",
        "Telephony events",
        "Tenant mail",
        "Notifications",
        "Mail templates",
        "Integrations",
        "Integration alerts",
    }
)
"""Tags of the settings API and of events."""


class Document:
    """The OpenAPI document, read for its options."""

    def __init__(self, document: Json) -> None:
        """Take the operations that an API key without a role may call; tests/functional/settings_api calls the others."""
        paths = {
            path: {method: each for method, each in item.items() if not OF_PEOPLE & set(each["tags"])}
            for path, item in document["paths"].items()
        }
        self._document = {**document, "paths": paths}

    def options(self) -> set[Option]:
        """Return every option of every operation."""
        found: set[Option] = set()
        for name, schema in self._bodies():
            found |= {(name, *option) for option in self._walk(schema, name, set())}
        for _, name, parameter in self._parameters():
            found |= {(name, "query", parameter["name"], word) for word in _words(parameter["schema"])}
        return found

    def used(self, call: Call) -> set[Option]:
        """Return the options that a call uses."""
        found: set[Option] = set()
        for path, item in self._document["paths"].items():
            operation = item.get(call.method.lower())
            if operation is None or not _fits(path, call.path):
                continue
            name = operation["operationId"]
            if call.body is not None:
                schema = operation["requestBody"]["content"]["application/json"]["schema"]
                found |= {(name, *option) for option in self._used(schema, name, call.body)}
            for parameter, value in call.query.items():
                found |= {(name, "query", parameter, ""), (name, "query", parameter, value)}
        return found & self.options() if call.query else found

    def _bodies(self) -> Iterator[tuple[str, Json]]:
        for item in self._document["paths"].values():
            for operation in item.values():
                if "requestBody" in operation:
                    yield operation["operationId"], operation["requestBody"]["content"]["application/json"]["schema"]

    def _parameters(self) -> Iterator[tuple[str, str, Json]]:
        """Yield (path, operation, parameter) of every query parameter."""
        for path, item in self._document["paths"].items():
            for operation in item.values():
                for parameter in operation.get("parameters", []):
                    if parameter["in"] == "query":
                        yield path, operation["operationId"], parameter

    def reads(self, values: Mapping[str, str]) -> Iterator[Call]:
        """Yield a GET with each word of each query parameter.

        Args:
            values: of path parameters, and of query parameters that are not enumerated.
        """
        for path, item in self._document["paths"].items():
            if "get" in item:
                yield Call("GET", path.format(**values), query=self._needed(path, values))
        for path, _, parameter in self._parameters():
            words = parameter["schema"].get("enum") or [values[parameter["name"]]]
            needed = self._needed(path, values)
            yield from (Call("GET", path.format(**values), query={**needed, parameter["name"]: word}) for word in words)

    def _needed(self, path: str, values: Mapping[str, str]) -> dict[str, str]:
        parameters = self._document["paths"][path]["get"].get("parameters", [])
        return {one["name"]: values[one["name"]] for one in parameters if one["in"] == "query" and one["required"]}

    def _resolved(self, schema: Json, shape: str) -> tuple[Json, str]:
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return self._document["components"]["schemas"][name], name
        return schema, schema.get("title", shape)

    def _walk(self, schema: Json, shape: str, seen: set[str]) -> Iterator[tuple[str, str, str]]:
        schema, shape = self._resolved(schema, shape)
        for branch in _branches(schema):
            yield from self._walk(branch, shape, seen)
        if "items" in schema:
            yield from self._walk(schema["items"], shape, seen)
        if "properties" in schema and shape not in seen:
            seen.add(shape)
            for name, of in schema["properties"].items():
                yield from ((shape, name, word) for word in _words(of))
                yield from self._walk(of, shape, seen)

    def _used(self, schema: Json, shape: str, value: Any) -> Iterator[tuple[str, str, str]]:
        schema, shape = self._resolved(schema, shape)
        for branch in _branches(schema):
            if OAS31Validator({**branch, "components": self._document["components"]}).is_valid(value):
                yield from self._used(branch, shape, value)
        if isinstance(value, list) and "items" in schema:
            for entry in value:
                yield from self._used(schema["items"], shape, entry)
        if isinstance(value, dict):
            for name, of in schema.get("properties", {}).items():
                if name in value:
                    yield shape, name, ""
                    if value[name] in _words(of):
                        yield shape, name, value[name]
                    yield from self._used(of, shape, value[name])


def _branches(schema: Json) -> list[Json]:
    return [branch for key in ("anyOf", "oneOf") for branch in schema.get(key, ())]


def _words(schema: Json) -> list[str]:
    """Return the words that a field allows, and the empty one for the field itself."""
    found = [word for word in schema.get("enum", ()) if isinstance(word, str)]
    return ["", *found, *(word for branch in _branches(schema) for word in _words(branch) if word)]


def _fits(path: str, called: str) -> bool:
    parts, given = path.split("/"), called.split("/")
    return len(parts) == len(given) and all(
        part.startswith("{") or part == word for part, word in zip(parts, given, strict=True)
    )
