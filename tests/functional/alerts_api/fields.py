"""Every field of every verb, from the OpenAPI document, each with a body that is valid but for that field."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_DOCUMENT = json.loads((Path(__file__).parents[3] / "docs" / "openapi.json").read_text())
_SCHEMAS = _DOCUMENT["components"]["schemas"]

STORE = "019aa3c4-9f10-7b1e-8c55-0d3c6b5a4f21"

_GROUP = {"inlineContactGroup": {"contacts": [{"id": "c1", "sms": "+447700900002", "email": "b@example.org"}]}}
_PROMPTS = [
    {"contentTag": tag, "content": "hello", "contentEncoding": "utf8", "voiceFormat": "tts"}
    for tag in ("pre", "post", "done")
]

_BY_NAME: Mapping[str, Any] = {
    "apiKey": ...,
    "after": "15m",
    "alertId": STORE,
    "alertRef": STORE,
    "callbackURL": "https://hooks.example.org/x",
    "clientRef": "ref-1",
    "content": "hello",
    "contacts": ["c1"],
    "contactList": "c1",
    "contactSets": ["all"],
    "contactSetList": "all",
    "contentTag": "pre",
    "delay": "15m",
    "count": 1,
    "end": "2030-01-01T00:00:00Z",
    "from": "22:00",
    "id": "c1",
    "ids": ["c1"],
    "keyword": "FIRE",
    "linkRef": "trunk-7",
    "name": "crew",
    "recipients": ["+447700900001"],
    "scheduleId": STORE,
    "scheduledAlertId": STORE,
    "start": "now",
    "storeId": STORE,
    "storedContactGroup": STORE,
    "storedContactList": STORE,
    "storedContactSetList": STORE,
    "storedContent": STORE,
    "storedRecipients": STORE,
    "tag": "t",
    "telephoneNumber": "+447700900000",
    "to": "07:00",
    "type": "email",
    "url": "https://example.org/",
    "version": "latest",
}
"""Good values of fields whose schema does not show one; `...` leaves the field out."""

_MORE: Mapping[str, Mapping[str, Any]] = {
    "SmsElement": {"content": "hello", "recipients": ["+447700900001"], "sender": "Tocsin"},
    "EmailElement": {"content": "hello", "recipients": ["a@example.org"]},
    "CallElement": {
        "content": "hello",
        "recipients": ["+447700900001"],
        "sender": "+447700900000",
        "voiceFormat": "tts",
    },
    "InboundCallElement": {"content": "hello", "voiceFormat": "tts"},
    "AdditionalContent": {"content": "hello", "contentEncoding": "utf8", "voiceFormat": "tts"},
    "Lookups": {"performLookups": True},
    "StoreChoice": {"storeId": STORE},
    "SendStoredAlertBody": {"storeId": STORE},
    "ScheduleStoredAlertBody": {"storeId": STORE},
    "ScheduledAlertBody": {"scheduleId": STORE},
    "DeleteContentBody": {"content": [{"storeId": STORE, "tag": "t"}]},
    "CancelEntry": {"alertId": STORE},
    "CollectEventsBody": {"all": True},
    "CallbackOptions": {"endpointId": "0" * 64},
    "CallbackChangeBody": {"endpointId": "0" * 64, "enabled": True},
    "ContactGroupChoice": _GROUP,
    "GetInfoBody": {"getMessages": True, "getCallbackInfo": True},
    "ReplayIvr": {"ivrType": "replay"},
    "SendAlertBody": {"contactGroup": _GROUP},
    "SendAlertsEntry": {"contactGroup": _GROUP},
    "SetInfoBody": {"apiKeyFriendlyName": "k"},
    "StoreContentBody": {"content": [{"contentType": "sms", "tag": "t", "content": "hello"}]},
    "StoredAlert": {"contactGroup": _GROUP},
    "VoiceStore": {"voiceFormat": "tts"},
}
"""Fields that an object needs by a rule."""


@dataclass(frozen=True)
class Field:
    """One field.

    Attributes:
        verb: like `/sendalert`.
        pointer: where it stands; branches of a union have the same.
        schema: of its value.
        owner: name of the schema that it belongs to, "" inside a nameless one.
        body: makes the whole body with a value in it.
    """

    verb: str
    pointer: str
    schema: Mapping[str, Any]
    owner: str
    body: Callable[[Any], dict[str, Any]]

    @property
    def name(self) -> str:
        """Its name, for the id of a test."""
        return f"{self.verb}{self.pointer}"

    @property
    def types(self) -> frozenset[str]:
        """The JSON types that it takes."""
        return frozenset(_types(self.schema))


def fields() -> Iterator[Field]:
    """Yield every field of every verb on every way to it."""
    for path, methods in _DOCUMENT["paths"].items():
        if "requestBody" in methods.get("post", {}):
            body = methods["post"]["requestBody"]["content"].get("application/json")
            if body is None:  # a form
                continue
            schema = body["schema"]
            for pointer, inner, owner, build in _holes(schema):
                yield Field(path, pointer, inner, owner, build)


def fields_once() -> list[Field]:
    """Return each field of each schema once, on the shortest way to it."""
    found: dict[tuple[str, str], Field] = {}
    for field in sorted(fields(), key=lambda each: each.pointer.count("/")):
        last = field.pointer.rpartition("/")[2]
        found.setdefault((field.owner or field.pointer, last), field)
    return list(found.values())


def _resolved(schema: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return name, _SCHEMAS[name]
    return schema.get("title", ""), schema


def _types(schema: Mapping[str, Any]) -> Iterator[str]:
    _, schema = _resolved(schema)
    for branch in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from _types(branch)
    given = schema.get("type", ())
    yield from (given,) if isinstance(given, str) else given


def _branches(schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [each for each in (*schema.get("anyOf", ()), *schema.get("oneOf", ())) if each.get("type") != "null"]


def _sample(schema: Mapping[str, Any], name: str = "") -> Any:
    title, schema = _resolved(schema)
    for word in ("enum", "examples"):
        if word in schema:
            return schema[word][0]
    if "const" in schema:
        return schema["const"]
    if name in _BY_NAME:
        return _BY_NAME[name]
    if branches := _branches(schema):
        return _sample(branches[0], name)
    kinds = schema.get("type", "string")
    match kinds if isinstance(kinds, str) else kinds[0]:
        case "object":
            return _object(title, schema)
        case "array":
            return [_sample(schema["items"])]
        case "boolean":
            return True
        case "integer":
            return schema.get("minimum", 1)
        case _:
            return "x1"


def _object(title: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    needed = {
        name: _sample(schema["properties"][name], name)
        for name in schema.get("required", ())
        if name in schema.get("properties", {})
    }
    return {name: value for name, value in {**needed, **_MORE.get(title, {})}.items() if value is not ...}


Hole = tuple[str, Mapping[str, Any], str, Callable[[Any], Any]]


def _holes(schema: Mapping[str, Any]) -> Iterator[Hole]:
    title, schema = _resolved(schema)
    for branch in _branches(schema):
        yield from _holes(branch)
    if "items" in schema:
        yield "/0", schema["items"], title, lambda value: [value]
        for pointer, inner, owner, build in _holes(schema["items"]):
            yield f"/0{pointer}", inner, owner, lambda value, build=build: [build(value)]  # type: ignore[misc]
    base = _object(title, schema) if "properties" in schema else {}
    more = schema.get("additionalProperties")
    named = {**schema.get("properties", {}), **({"k": more} if isinstance(more, dict) else {})}
    for name, sub in named.items():
        yield f"/{name}", sub, title, lambda value, name=name: {**base, name: value}  # type: ignore[misc]
        for pointer, inner, owner, build in _holes(sub):
            whole = lambda value, name=name, build=build: {**base, name: build(value)}  # noqa: E731
            yield f"/{name}{pointer}", inner, owner, whole
