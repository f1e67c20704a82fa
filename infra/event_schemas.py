"""Writes JSON Schemas of what comes in and goes out about telephony: `make docs`.

`docs/events/<type>.json` is the data of a type of events, `docs/webhooks/<type>.json` what webhooks of a type of alert
rules get. `docs/bus/<kind>.json` is the detail of an entry of the event bus that is no result of an alert.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tocsin.alert_rules.application.running.runs_on_bus import TOLD_ON_BUS
from tocsin.alert_rules.domain.payload import CALL_FIELDS, MESSAGE_FIELDS, REGISTRATION_FIELDS
from tocsin.alert_rules.domain.run import RuleRunState
from tocsin.alert_rules.domain.triggers import RuleType
from tocsin.integrations.domain.incident import Stage
from tocsin.integrations.domain.integration import IntegrationStatus
from tocsin.telephony.domain.event_data.schema import event_schema
from tocsin.telephony.domain.vocabulary import TYPES

DOCS = Path(__file__).resolve().parent.parent / "docs"
FOLDER, WEBHOOKS, BUS = DOCS / "events", DOCS / "webhooks", DOCS / "bus"

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


_MAYBE_TEXT = {"type": ["string", "null"]}
_FLAG = {"type": "boolean"}
_BUS_HEAD: Mapping[str, Mapping[str, Any]] = {
    "eventId": _TEXT | {"description": "the same for every repeat of this entry"},
    "tenant": _TEXT,
    "whence": _INSTANT | {"description": "when it happened; the time of the entry"},
}


def _object(properties: Mapping[str, Any], optional: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the schema of an object with these properties, all of them required but for the optional ones."""
    more = optional or {}
    return {"type": "object", "properties": {**properties, **more}, "required": list(properties)}


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


def bus_schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON Schema of the detail of each kind of entries, by its name."""
    states = [state.value for state in RuleRunState if state in TOLD_ON_BUS]
    about = {name: payload_schema(type)["properties"][name] for type, (name, *_) in _BODIES.items()}
    rule = {
        "run": _object({"id": _TEXT, "state": {"enum": states}, "test": _FLAG}),
        "rule": _object(
            {
                "id": _TEXT,
                "name": _TEXT,
                "type": {"enum": [type.value for type in RuleType]},
                "version": {"type": "integer"},
            }
        ),
        "triggers": {"type": "array", "items": _TRIGGER},
        "event": _TEXT | {"description": "name of the event in this account; of several, the newest"},
        "alertRef": _MAYBE_TEXT | {"description": "of the mails and texts; null: there are none"},
        "webhooks": {"type": "array", "items": _TEXT, "description": "ids of the deliveries"},
    }
    incident = {
        "incident": _object(
            {
                "id": _TEXT,
                "since": _INSTANT,
                "failed": _FLAG | {"description": "false: it is pending only, so far"},
                "stage": {"enum": [*(stage.value for stage in Stage), None], "description": "of a `stage` only"},
                "endedAt": {"type": ["string", "null"], "format": "date-time"},
            }
        ),
        "integration": _object(
            {
                "id": _TEXT,
                "name": _TEXT,
                "kind": _TEXT,
                "company": _MAYBE_TEXT,
                "status": {"enum": [status.value for status in IntegrationStatus]},
                "reason": _TEXT,
                "deleted": _FLAG,
            }
        ),
    }
    event = {
        "event": _TEXT | {"description": "name of the event in this account"},
        "sourceEventId": _TEXT,
        "source": _TEXT,
        "type": _TEXT,
        "dataschema": _TEXT | {"description": "`$id` of a schema in `docs/events`"},
        "data": {"type": "object"},
    }
    return {
        name: {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"tocsin:bus:{name}:1",
            "title": f"The detail of an entry `tocsin.{name}.…` of the event bus",
            **_object({**_BUS_HEAD, **fields}, optional),
        }
        for name, fields, optional in (("rule", rule, about), ("incident", incident, {}), ("event", event, {}))
    }


def bus_files() -> dict[str, str]:
    """Return the text of each file of BUS by its name."""
    return {f"{name}.json": _written(schema) for name, schema in bus_schemas().items()}


def main() -> None:
    """Write every schema, and remove those of types that are gone."""
    for folder, made in ((FOLDER, files()), (WEBHOOKS, webhook_files()), (BUS, bus_files())):
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
