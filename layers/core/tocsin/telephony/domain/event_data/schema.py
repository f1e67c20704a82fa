"""The tables of the vocabulary as JSON Schema 2020-12: `docs/events/<type>.json` is made of them."""

from __future__ import annotations

from typing import Any

from tocsin.telephony.domain.event_data.fields import EventType
from tocsin.telephony.domain.event_data.shapes import (
    EventField,
    FlagShape,
    InstantShape,
    ListShape,
    NumericShape,
    OneOf,
    OrNull,
    RecordShape,
    TextShape,
    ValueShape,
)


def schema_id(type: str) -> str:
    """Return the name of the schema of a type's data: what `dataschema` of an event of ours says."""
    return f"tocsin:event:{type}:1"


def event_schema(type: EventType) -> dict[str, Any]:
    """Return the JSON Schema of `data` of a type's events."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": schema_id(type.name),
        "title": type.name,
        "description": type.about,
        **_schema(type.data),
    }


def _schema(shape: ValueShape) -> dict[str, Any]:
    match shape:
        case TextShape():
            limits = {"minLength": shape.least or None, "maxLength": shape.most}
            return _given(type="string", **limits, pattern=shape.form and shape.form.pattern)
        case InstantShape():
            return {"type": "string", "format": "date-time"}
        case OneOf():
            return {"enum": list(shape.words)}
        case NumericShape():
            return _given(type="integer" if shape.whole else "number", minimum=shape.least, maximum=shape.most)
        case FlagShape():
            return {"type": "boolean"}
        case ListShape():
            return _given(type="array", minItems=shape.least or None, maxItems=shape.most, items=_schema(shape.of))
        case OrNull():
            return {"anyOf": [_schema(shape.of), {"type": "null"}]}
        case RecordShape():
            required = [field.name for field in shape.fields if field.required]
            properties = {field.name: _field(field) for field in shape.fields}
            return _given(type="object", required=required or None, properties=properties or None)


def _field(field: EventField) -> dict[str, Any]:
    return _given(**_schema(field.shape), description=field.about or None, writeOnly=field.secret or None)


def _given(**keywords: Any) -> dict[str, Any]:
    return {name: value for name, value in keywords.items() if value is not None}
