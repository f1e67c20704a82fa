"""The OpenAPI 3.1 document, made from the operations beside the routes and the schemas that requests are checked with.

Run `make docs` after changing either; a test compares the result.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import TypeAdapter

from alerts_api.about import ABOUT
from alerts_api.operation import ACT_ERRORS, EDIT_ERRORS, RESOURCE_ERRORS, VERB_ERRORS, Operation
from alerts_api.operations import OPERATIONS
from alerts_api.schemas.answers import FailedAnswer
from alerts_api.schemas.codes import WORDS
from alerts_api.schemas.resources import Problem
from tocsin.directory.domain.things import Kind
from tocsin.entrypoint.alert_body.alert import StoredAlert
from tocsin.entrypoint.alert_body.limits import IDEMPOTENCY_KEY_CHARACTERS
from tocsin.entrypoint.http.catalogue import CATALOGUE
from tocsin.entrypoint.http.problems import PROBLEM_TYPE
from tocsin.entrypoint.http.wire import build_all
from tocsin.kernel.domain.codes import Vocabulary

TITLE = "Tocsin alerts API"
VERSION = "1.0"

ERRORS: dict[int, tuple[str, str]] = {
    400: ("BadRequest", "Something in the request is wrong; `errors` lists everything."),
    401: ("Unauthorized", "The API key is missing, unknown or disabled."),
    403: ("Forbidden", "The key may not do this, or not from this address."),
    404: ("NotFound", "It does not exist, or is not yours."),
    409: ("Conflict", "Another call is at it, which may end soon (see `Retry-After`), or the state forbids it."),
    412: ("PreconditionFailed", "It is not in the version that `If-Match` names."),
    413: ("TooLarge", "The body, or what it expands to, is over a limit."),
    415: ("UnsupportedMediaType", "Send `application/json`."),
    422: ("Unprocessable", "Nothing of it can be done, or the Idempotency-Key belongs to a different request."),
    429: ("TooManyRequests", "Too many calls. See `Retry-After`."),
    500: ("InternalError", "Something went wrong on our side. Repeat with the same Idempotency-Key."),
    503: ("Unavailable", "Temporarily unavailable. Repeat with the same Idempotency-Key after `Retry-After`."),
}

_GOOD = {"GET": ("200",), "POST": ("200",), "PATCH": ("200",), "PUT": ("200", "201"), "DELETE": ("204",)}
"""Statuses of success, by method. A POST that creates something answers 201."""

_REFERENCES = "#/components/schemas/{model}"
_REFERENCE = re.compile(r'"#/components/schemas/(\w+)"')
_PATH_PARAMETER = re.compile(r"\{(\w+)\}")


def document() -> dict[str, Any]:
    """Return the whole document."""
    build_all()
    schemas = _Schemas()
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, schemas)
    components = _used(schemas.definitions, paths)
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": VERSION, "description": ABOUT},
        "servers": [{"url": "."}],
        "tags": [{"name": name} for name in dict.fromkeys(tag for o in OPERATIONS for tag in o.tags)],
        "security": [{"bearer": []}, {"header": []}, {"body": []}],
        "paths": paths,
        "components": {
            "schemas": {name: components[name] for name in sorted(components)},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "an API key, or the token of a person"},
                "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
            },
        },
    }


def _used(definitions: dict[str, Any], *roots: Any) -> dict[str, Any]:
    """Return the definitions that something refers to, directly or through others."""
    found: dict[str, Any] = {}
    waiting = list(roots)
    while waiting:
        for name in _REFERENCE.findall(json.dumps(waiting.pop())):
            if name not in found:
                found[name] = definitions[name]
                waiting.append(definitions[name])
    return found


def _plain(schema: Any, *, names: bool = False) -> Any:
    """Return the schema without the titles that pydantic makes of field names, and with references to vocabularies.

    Args:
        names: its keys are field names.
    """
    if isinstance(schema, list):
        return [_plain(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    if not names and (vocabulary := schema.get(WORDS)) is not None:
        rest = {key: value for key, value in schema.items() if key not in (WORDS, "title", "type")}
        return {"$ref": _REFERENCES.format(model=vocabulary), **rest}
    return {
        key: _plain(value, names=key in ("properties", "$defs"))
        for key, value in schema.items()
        if names or key != "title"
    }


def _enum(vocabulary: Vocabulary) -> dict[str, Any]:
    return {
        "type": "string",
        "enum": [str(word) for word in vocabulary.words],
        "description": f"{vocabulary.title}: {vocabulary.about}",
    }


class _Schemas:
    """Component schemas, each defined once."""

    def __init__(self) -> None:
        shapes: set[Any] = {FailedAnswer, Problem, StoredAlert}
        for operation in OPERATIONS:
            shapes |= {*operation.bodies, operation.answer, *operation.others, operation.refusal} - {None}
        mode: Literal["validation"] = "validation"
        inputs = [(shape, mode, TypeAdapter(shape)) for shape in sorted(shapes, key=lambda s: str(s.__name__))]
        places, document = TypeAdapter.json_schemas(inputs, ref_template=_REFERENCES)
        self.definitions: dict[str, Any] = {name: _plain(shape) for name, shape in document["$defs"].items()}
        self.definitions |= {name: _enum(vocabulary) for name, vocabulary in CATALOGUE.items()}
        self._places = {shape: places[shape, mode] for shape in shapes}

    def of(self, *shapes: Any) -> dict[str, Any]:
        """Return a reference to the shape, or the choice between several."""
        found = [dict(self._places[shape]) for shape in shapes]
        return found[0] if len(found) == 1 else {"anyOf": found}


def _operation(operation: Operation, schemas: _Schemas) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": operation.name,
        "tags": list(operation.tags),
        "summary": operation.summary,
        "description": operation.description,
    }
    if not operation.secured:
        found["security"] = []
    elif operation.verb:
        # The key may be in the body, so a call without either header may be valid.
        found["security"] = [{"bearer": []}, {"header": []}, {}]
    if parameters := list(_parameters(operation)):
        found["parameters"] = parameters
    if operation.bodies:
        content: dict[str, Any] = {"schema": schemas.of(*operation.bodies)}
        if operation.request is not None:
            content["example"] = operation.request
        media = "application/x-www-form-urlencoded" if operation.form else "application/json"
        found["requestBody"] = {"required": True, "content": {media: content}}
    good = ("201",) if operation.created else ("202",) if operation.accepted else _GOOD[operation.method]
    good += ("202",) if operation.partial else ()
    found["responses"] = {status: _success(operation, schemas) for status in good}
    if operation.versioned:
        found["responses"]["304"] = {"description": "Nothing has changed."}
    if operation.judges_each:
        found["responses"]["422"] = _success(operation, schemas) | {"description": "Nothing of it was accepted."}
    for status in operation.errors:
        found["responses"][str(status)] = _error(status, operation, schemas)
    return found


_PATH_PARAMETERS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "alert_ref": ("the alert's id", {"type": "string", "format": "uuid"}),
    "store_id": ("the store's id", {"type": "string", "format": "uuid"}),
    "contact_id": ("the contact's id", {"type": "string", "minLength": 1, "maxLength": 400}),
    "id": ("its id", {"type": "string", "minLength": 1, "maxLength": 64}),
    "key_id": ("the key's id", {"type": "string", "minLength": 1, "maxLength": 32}),
    "history_id": ("the record's id", {"type": "string", "minLength": 1, "maxLength": 80}),
    "trigger_id": ("the trigger's id", {"type": "string", "minLength": 1, "maxLength": 64}),
    "notification_id": ("the notification's id", {"type": "string", "minLength": 1, "maxLength": 64}),
    "subscription_id": ("the id of the subscription", {"type": "string", "minLength": 1, "maxLength": 64}),
    "token_id": ("the token's id", {"type": "string", "minLength": 1, "maxLength": 64}),
    "kind": ("the kind of things", {"type": "string", "enum": [kind.value for kind in Kind if kind is not Kind.ROLE]}),
    "external_id": ("the id in your system, percent-encoded", {"type": "string", "minLength": 1, "maxLength": 255}),
    "name": ("the set's name", {"type": "string", "minLength": 1, "maxLength": 400}),
    "guide": ("the guide's name", {"type": "string", "minLength": 1, "maxLength": 100}),
    "file": ("the file's name, as a page names it", {"type": "string", "minLength": 1, "maxLength": 100}),
    "recipient": (
        "a contact id, or the `recipient` of an entry of the list of recipients",
        {"type": "string", "minLength": 1, "maxLength": 400},
    ),
}


def _parameters(operation: Operation) -> Iterable[dict[str, Any]]:
    for name in _PATH_PARAMETER.findall(operation.path):
        description, schema = _PATH_PARAMETERS[name]
        yield {"name": name, "in": "path", "required": True, "description": description, "schema": dict(schema)}
    for parameter in operation.query:
        yield {
            "name": parameter.name,
            "in": "query",
            "required": parameter.required,
            "description": parameter.description,
            "schema": dict(parameter.schema),
        }
    any_text = {"type": "string"}
    if 412 in operation.errors:
        about = "the `ETag` of the version that may be changed; missing: any"
        yield _header("If-Match", about, any_text)
    if operation.versioned:
        about = "the `ETag` of the answer before: 304 without a body if nothing has changed since"
        yield _header("If-None-Match", about, any_text)
    if operation.idempotent:
        about = "your own name for this request: repeats of it are done once"
        limits = {"minLength": 1, "maxLength": IDEMPOTENCY_KEY_CHARACTERS, "pattern": "^[!-~]([ -~]*[!-~])?$"}
        yield _header("Idempotency-Key", about, any_text | limits)
    if operation.for_company:
        about = (
            "with a person's token: id of the company for which the call makes something, and whose names it uses; "
            "needed by who has several; empty: as if it were missing"
        )
        yield _header("X-Company", about, any_text | {"maxLength": 64})


def _header(name: str, about: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, "description": about, "schema": schema}


_TEXTS = {"text/html": "A page.", "text/csv": "A table."}


def _success(operation: Operation, schemas: _Schemas) -> dict[str, Any]:
    if operation.method == "DELETE":
        return {"description": "Removed."}
    if operation.media.startswith("text/"):
        said = _TEXTS.get(operation.media, "Found.")
        media = (operation.media, *operation.other_media)
        return {"description": said, "content": {each: {"schema": {"type": "string"}} for each in media}}
    schema = {"type": "object"} if operation.answer is None else schemas.of(operation.answer, *operation.others)
    content: dict[str, Any] = {"schema": schema}
    if operation.response is not None:
        content["example"] = operation.response
    return {"description": "Done." if operation.bodies else "Found.", "content": {operation.media: content}}


def _error(status: int, operation: Operation, schemas: _Schemas) -> dict[str, Any]:
    _, description = ERRORS[status]
    problem = {"schema": schemas.of(Problem)}
    if operation.verb:
        shape = (operation.refusal if status == 422 else None) or FailedAnswer
        content = {"application/json": {"schema": schemas.of(shape)}}
        if status in (413, 429, 500, 503):
            content[PROBLEM_TYPE] = problem  # API Gateway gives these responses too, in this shape only
    elif operation.form and status == 400:
        content = {"application/json": {"schema": schemas.of(operation.refusal)}}
    else:
        content = {PROBLEM_TYPE: problem}
    found: dict[str, Any] = {"description": description, "content": content}
    if status in (409, 429, 503):
        schema = {"type": "string"}
        found["headers"] = {"Retry-After": {"description": "seconds to wait", "required": False, "schema": schema}}
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(document(), indent=2, ensure_ascii=False) + "\n")

assert set(ERRORS) >= {*VERB_ERRORS, *RESOURCE_ERRORS, *EDIT_ERRORS, *ACT_ERRORS}
