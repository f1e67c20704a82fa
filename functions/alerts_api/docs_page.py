"""The OpenAPI document as a page: self-contained, readable on a phone, without scripts."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape

from alerts_api.openapi import document
from tocsin.entrypoint.http.catalogue import CATALOGUE

_TEMPLATES = Path(__file__).parent / "templates"
_SHAPE = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class Field:
    """One row of a table of fields or codes. Of a code, `kind` is its cause and `description` its cure."""

    name: str
    kind: Markup
    required: bool
    description: Markup


def docs_page() -> tuple[str, str]:
    """Return the page, and its Content-Security-Policy, which allows the page's own style only."""
    found = document()
    style = (_TEMPLATES / "docs.css").read_text()
    templates = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    templates.filters["prose"] = _prose
    templates.filters["code"] = lambda example: json.dumps(example, indent=2, ensure_ascii=False)
    shapes = found["components"]["schemas"]
    page = templates.get_template("docs.html.j2").render(
        info=found["info"],
        style=Markup(style),  # noqa: S704  our own file
        groups=_groups(found),
        shapes=[(name, shape.get("description", ""), _rows(name, shape)) for name, shape in shapes.items()],
    )
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return page, f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; frame-ancestors 'none'"


def _groups(found: Mapping[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    groups: dict[str, list[dict[str, Any]]] = {tag["name"]: [] for tag in found["tags"]}
    for path, methods in found["paths"].items():
        for method, operation in methods.items():
            groups[operation["tags"][0]].append(_operation(method.upper(), path, operation))
    return list(groups.items())


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    good = next(status for status in operation["responses"] if status.startswith("2"))
    answer: Mapping[str, Any] = next(iter(operation["responses"][good].get("content", {}).values()), {})
    return {
        "id": operation["operationId"],
        "method": method,
        "path": path,
        "summary": operation["summary"],
        "description": operation["description"],
        "secured": operation.get("security") != [],
        "parameters": [
            Field(p["name"], _kind(p["schema"]), p["required"], _prose(f"{p['description']} ({p['in']})"))
            for p in operation.get("parameters", ())
        ],
        "body": _kind(body["schema"]) if body else None,
        "request": body.get("example"),
        "answer": _kind(answer["schema"]) if answer else operation["responses"][good]["description"],
        "response": answer.get("example"),
        "errors": [(status, r["description"]) for status, r in operation["responses"].items() if status >= "4"],
    }


def _rows(name: str, shape: Mapping[str, Any]) -> list[Field]:
    if (vocabulary := CATALOGUE.get(name)) is None:
        return list(fields(shape))
    return [Field(str(word), _prose(code.cause), False, _prose(code.cure)) for word, code in vocabulary.words.items()]


def fields(shape: Mapping[str, Any]) -> Iterable[Field]:
    """Yield the fields of a shape, required ones first."""
    required = shape.get("required", ())
    named = shape.get("properties", {})
    for name in sorted(named, key=lambda n: n not in required):
        schema = named[name]
        description = schema.get("description", "")
        default = schema.get("default")
        if default is not None and default != {}:
            description = f"{description}; default `{json.dumps(default)}`".removeprefix("; ")
        yield Field(name, _kind(schema), name in required, _prose(description))


def _kind(schema: Mapping[str, Any]) -> Markup:
    """Return the type of a field in a few words, with links to schemas."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(_SHAPE)
        return Markup('<a href="#shape-{0}">{0}</a>').format(name)
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return Markup(" or ").join(_kind(entry) for entry in schema[choice] if entry.get("type") != "null")
    if "const" in schema:
        return Markup("<code>{}</code>").format(schema["const"])
    if "enum" in schema:
        return Markup(", ").join(Markup("<code>{}</code>").format(word) for word in schema["enum"])
    if schema.get("type") == "array":
        return Markup("list of {}").format(_kind(schema.get("items", {})))
    if "properties" in schema:
        inner = Markup(", ").join(
            Markup("<code>{}</code>: {}").format(name, _kind(entry)) for name, entry in schema["properties"].items()
        )
        return Markup("object {{ {} }}").format(inner)
    kinds = schema.get("type", "anything")
    word = " or ".join(k for k in kinds if k != "null") if isinstance(kinds, list) else kinds
    limits = [f"{schema[name]} {text}" for name, text in _LIMITS.items() if name in schema]
    return escape(f"{word} ({', '.join(limits)})" if limits else word)


_LIMITS = {
    "minLength": "characters at least",
    "maxLength": "at most",
    "minimum": "at least",
    "maximum": "at most",
}

_BOLD = re.compile(r"\*\*(.+?)\*\*")
_CODE = re.compile(r"`([^`]+)`")


def _prose(text: str) -> Markup:
    """Return text with its paragraphs, **bold** and `code`."""
    paragraphs = []
    for paragraph in text.strip().split("\n\n"):
        safe = str(escape(paragraph))
        safe = _CODE.sub(r"<code>\1</code>", _BOLD.sub(r"<strong>\1</strong>", safe))
        paragraphs.append(safe)
    joined = paragraphs[0] if len(paragraphs) == 1 else "".join(f"<p>{p}</p>" for p in paragraphs)
    return Markup(joined)  # noqa: S704  escaped above
