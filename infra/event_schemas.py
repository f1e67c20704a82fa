"""Writes JSON Schemas of what comes in and goes out about telephony: `make docs`.

`docs/events/<type>.json` is the data of a type of events, `docs/webhooks/<type>.json` what webhooks of a type of alert
rules get.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tocsin.alert_rules.domain.payload import CALL_FIELDS, MESSAGE_FIELDS, REGISTRATION_FIELDS
from tocsin.alert_rules.domain.triggers import RuleType
from tocsin.telephony.domain.event_data.schema import event_schema
from tocsin.telephony.domain.vocabulary import TYPES

DOCS = Path(__file__).resolve().parent.parent / "docs"
FOLDER, WEBHOOKS = DOCS / "events", DOCS / "webhooks"

_TEXT = {"type": "string"}
_INSTANT = {"type": "string", "format": "date-time"}
_TRIGGER = {
    "type": "object",
    "properties": {"id": _TEXT, "description": _TEXT},
    "required": ["id", "description"],
}
_HEAD: Mapping[str, Mapping[str, Any]] = {
    "eventId": _TEXT | {"description": "of the event, in this account"},
    "sourceEventId": _TEXT | {"description": "the id that the sender of the event gave it"},
    "alertId": _TEXT | {"description": "of the rule"},
    "alertName": _TEXT,
    "alertType": {"enum": [type.value for type in RuleType]},
    "triggerId": _TEXT | {"description": "the first trigger that matched"},
    "triggerDescription": _TEXT,
    "triggers": {"type": "array", "minItems": 1, "items": _TRIGGER, "description": "all triggers that matched"},
    "occurredAt": _INSTANT,
    "tenantId": _TEXT,
    "test": {"type": "boolean", "description": "a sample, or an event of a sandbox key"},
}
_LINE: dict[str, Any] = {"line": _TEXT | {"description": "id of the line, or its name if the directory has none"}}
_BODIES: Mapping[RuleType, tuple[str, str, tuple[str, ...], Mapping[str, Any]]] = {
    RuleType.CALL: ("call", "call.ended", CALL_FIELDS, _LINE),
    RuleType.SIP: (
        "registration",
        "sip.registration",
        REGISTRATION_FIELDS,
        {"lineId": _TEXT, "extension": _TEXT, "userId": _TEXT, "expiresAt": _INSTANT},
    ),
    RuleType.SMS: (
        "message",
        "sms.received",
        MESSAGE_FIELDS,
        {"direction": {"enum": ["incoming", "outgoing"]}, **_LINE},
    ),
}
"""For each type of rules: the name of what it is about, the type of its events, their fields, and what we add."""


def files() -> dict[str, str]:
    """Return the text of each file of FOLDER by its name."""
    return {f"{name}.json": _written(event_schema(type)) for name, type in TYPES.items()}


def payload_schema(type: RuleType) -> dict[str, Any]:
    """Return the JSON Schema of what a webhook of a type of rules gets, as JSON."""
    name, event, fields, ours = _BODIES[type]
    data = event_schema(TYPES[event])
    properties = {field: schema for field, schema in data["properties"].items() if field in fields} | dict(ours)
    required = [field for field in data.get("required", ()) if field in fields]
    body = {"type": "object", "properties": properties, "required": required}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"tocsin:webhook:{type.value}:1",
        "title": f"What a webhook of an alert rule of the type {type.value} gets",
        "type": "object",
        "properties": {**_HEAD, "alertType": {"const": type.value}, name: body},
        "required": [*_HEAD, name],
    }


def webhook_files() -> dict[str, str]:
    """Return the text of each file of WEBHOOKS by its name."""
    return {f"{type.value}.json": _written(payload_schema(type)) for type in RuleType}


def main() -> None:
    """Write every schema, and remove those of types that are gone."""
    for folder, made in ((FOLDER, files()), (WEBHOOKS, webhook_files())):
        folder.mkdir(exist_ok=True)
        for path in folder.glob("*.json"):
            if path.name not in made:
                path.unlink()
        for name, text in made.items():
            (folder / name).write_text(text)


def _written(schema: Mapping[str, Any]) -> str:
    return json.dumps(schema, indent=1) + "\n"


if __name__ == "__main__":
    main()
