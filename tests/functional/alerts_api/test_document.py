"""The OpenAPI document is the truth (reliability A4)."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate

from alerts_api.openapi import document
from alerts_api.operations import ALERTS, OPERATIONS
from tests.functional.alerts_api.conftest import Door
from tests.functional.ingest_events.conftest import IngestWorld
from tests.functional.settings_api.conftest import World
from tocsin.entrypoint.http.catalogue import CATALOGUE
from tocsin.entrypoint.http.problems import PROBLEMS

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    return document()


def operations(found: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(m.upper(), path, o) for path, methods in found["paths"].items() for m, o in methods.items()]


def test_the_document_in_the_repository_is_current(found: dict[str, Any]) -> None:
    kept = json.loads((ROOT / "docs" / "openapi.json").read_text())

    assert kept == found, "run: make docs"


def test_the_document_is_valid_openapi(found: dict[str, Any]) -> None:
    validate(found)


def test_the_document_names_every_route_and_no_other(found: dict[str, Any], door: Door) -> None:
    apps = (door.gateway.app, World().gateway.app, IngestWorld().gateway.app)
    served = {(method, path) for app in apps for path, methods in app.routes.items() for method in methods}
    served.remove(("OPTIONS", "/events/{id}"))  # a handshake of CloudEvents, not ours
    described = {(method, path) for method, path, _ in operations(found)}
    verbs = {operation.path for operation in OPERATIONS if operation.verb}

    assert len(verbs) == 13
    assert {(method, path.replace("+}", "}")) for method, path in served} == described | {
        ("POST", f"/api/json{path}") for path in verbs
    }


def test_the_document_is_served(found: dict[str, Any], door: Door) -> None:
    answer = door.gateway.get("/openapi.json")

    assert answer.json == found
    assert answer.headers["Content-Type"] == "application/json"


def test_every_example_is_as_its_schema_says(found: dict[str, Any]) -> None:
    count = 0
    for _, path, operation in operations(found):
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        for media in (m for body in bodies for m in body.get("content", {}).values() if "example" in m):
            schema = {**media["schema"], "components": found["components"]}
            errors = list(OAS31Validator(schema).iter_errors(media["example"]))
            assert not errors, (path, errors)
            count += 1
    assert count > 10


def test_every_example_request_passes_the_api_boundary(found: dict[str, Any], door: Door) -> None:
    ours = {operation.name for operation in ALERTS}
    for _, path, operation in operations(found):
        if "requestBody" in operation and operation["operationId"] in ours:
            example = operation["requestBody"]["content"]["application/json"]["example"]
            key = {} if path.count("/") > 1 else {"apiKey": door.token}
            answer = door.gateway.post(
                path, {**example, **key}, {} if key else {"Authorization": f"Bearer {door.token}"}
            )
            assert answer.status in (200, 404, 422), (path, answer.text)


def test_every_way_to_fail_is_described(found: dict[str, Any]) -> None:
    statuses = {str(problem.status) for problem in PROBLEMS.values()} | {"415", "429"}
    described = {status for _, _, operation in operations(found) for status in operation["responses"]}

    assert statuses <= described
    for _, path, operation in operations(found):
        assert "429" in operation["responses"], path
        for status in ("409", "429", "503"):
            if status in operation["responses"]:
                assert "Retry-After" in operation["responses"][status]["headers"]


def test_every_field_of_a_request_is_explained_or_explains_itself(found: dict[str, Any]) -> None:
    silent = [
        f"{name}.{field}"
        for name, shape in found["components"]["schemas"].items()
        for field, schema in shape.get("properties", {}).items()
        if not schema.get("description") and not (shape.get("description") and len(field) > 2)
    ]

    assert silent == []


OPEN = {
    ("Health", "status"),  # one word for ever
    ("RuleExplained", "event"),  # our id of an event
    ("ReasonResource", "code"),  # a word of one of three sets: of reasons, or of states of messages or deliveries
    ("SampleResource", "reason"),  # a word and, after a colon, the field that it is about
    ("BacktestMatch", "event"),  # an id
    ("StatusBody", "reason"),  # what the integration's own system says
    ("IntegrationResource", "reason"),  # the same
    ("MailedResource", "reason"),  # a word of the reasons of messages, of mail servers, or of what was not sent
    ("MailListed", "reason"),  # the same
}
"""Fields of answers named like codes that hold no word of a set."""


def test_every_field_of_an_answer_that_holds_a_code_names_its_words(found: dict[str, Any]) -> None:
    names = {"code", "state", "reason", "event", "outcome", "verdict", "lastFailure", "disabledReason", "status"}
    silent = [
        (shape, field)
        for shape, schema in found["components"]["schemas"].items()
        for field, of in schema.get("properties", {}).items()
        if field in names and "string" in json.dumps(of) and not re.search(r'"(enum|const|\$ref)"', json.dumps(of))
    ]

    assert set(silent) == OPEN


def test_every_vocabulary_of_the_catalogue_is_an_enum_that_some_answer_uses(found: dict[str, Any]) -> None:
    shapes = found["components"]["schemas"]

    for name, vocabulary in CATALOGUE.items():
        assert shapes[name]["enum"] == [str(word) for word in vocabulary.words]


def test_nothing_of_the_document_is_loaded_before_it_is_asked_for() -> None:
    code = (
        "import sys, alerts_api.routes.public, alerts_api.routes.sending, alerts_api.routes.reading;"
        "import alerts_api.routes.managing, alerts_api.routes.storing, alerts_api.routes.scheduling;"
        "import alerts_api.routes.cancelling, alerts_api.routes.collecting, alerts_api.routes.acts.acting;"
        "import tocsin.bootstrap.api, tocsin.adapters.audio.intake;"
        "late = ('jinja2', 'markupsafe', 'boto3', 'subprocess', *('alerts_api.' + m for m in ('openapi', 'operation', 'operations', 'reference')));"
        "print([m for m in sys.modules if m in late or m.endswith(('_operations', '.catalogue', 'domain.codes'))])"
    )
    path = f"{ROOT / 'layers' / 'core'}:{ROOT / 'functions'}"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": path}, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


def test_health_needs_nobody_and_says_ok(door: Door) -> None:
    door.alerts.outage.failing = 99

    assert door.gateway.get("/health").json == {"status": "ok"}


def test_nothing_may_be_kept_by_caches_but_what_is_public(door: Door) -> None:
    assert door.send().headers["Cache-Control"] == "no-store"
    assert door.get("/alerts").headers["Cache-Control"] == "no-store"
    assert door.gateway.get("/docs").headers["Cache-Control"].startswith("public")
