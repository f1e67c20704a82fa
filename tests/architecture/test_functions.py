"""Template and code say the same about every function."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from typing import Any

import pytest

from tests.architecture.deployment import ROOT, deployment, read_sources

FOLDERS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/app.py"))

STACK = deployment(read_sources())

HANDLERS = {f.properties["Handler"]: f for f in STACK.of("Lambda::Function")}

FOR_PEOPLE = {
    ("GET", "/l/{code}"), ("HEAD", "/l/{code}"), ("POST", "/l/{code}"), ("GET", "/oauth/{provider}/callback"),
}  # fmt: skip
"""Pages for the receivers of messages, and where Google and Microsoft send a browser. They are no part of the API and stand in no document, as those of the console."""

FOR_PROVIDERS = {("POST", "/voice/step"), ("POST", "/voice/status"), ("OPTIONS", "/events/{id}")}
"""What a provider of calls asks and tells in its own words, and the handshake of CloudEvents webhooks."""

READ_BY_LIBRARIES = {"CLOCK_FILE", "LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME"}
"""Variables of every function that no `Settings` has: the clock, the logger and the metrics read them themselves."""


NOT_AT_START = {
    "alerts_api": (
        "alerts_api.routes.sending",
        "tocsin.bootstrap.sending",
        "alerts_api.routes.acts.acting",
        "alerts_api.routes.managing",
        "alerts_api.routes.reading",
        "alerts_api.routes.stores",
        "alerts_api.routes.storing",
        "tocsin.bootstrap.notifying",
        "tocsin.client_api.application.cancel_alerts",
        "tocsin.history.application.read_alerts",
        "tocsin.webhooks.application.manage",
    ),
    "console": (
        "console.composing.form",
        "console.routes.alerts",
        "console.routes.compose",
        "console.routes.incident",
        "console.keys.one",
        "tocsin.bootstrap.sending",
        "tocsin.entrypoint.alert_body.alert",
        "tocsin.directory.application.import_directory",
        "tocsin.webhooks.application.manage",
    ),
    "receive_texts": (
        "tocsin.alert_rules.application.keep_book",
        "tocsin.telephony.application.ingest",
    ),
    "run_timers": (
        "tocsin.bootstrap.sending",
        "tocsin.entrypoint.alert_body.alert",
        "tocsin.escalation.application.advance",
        "tocsin.schedules.application.run",
        "tocsin.triggers.application.send",
    ),
    "settings_api": (
        "settings_api.routes.things",
        "tocsin.bootstrap.signing_in",
        "settings_api.routes.importing",
        "settings_api.routes.rules",
        "tocsin.alert_rules.application.manage_rules",
        "tocsin.alert_rules.domain.rule",
        "tocsin.alerts.application.mail_person",
        "settings_api.routes.keys",
        "tocsin.directory.application.import_directory",
        "tocsin.identity.application.manage_keys",
    ),
}
"""Modules that a cold start of a function does not pay for: what asks for them imports them."""

HEAVY = ("boto3", "botocore.session", "jinja2", "pydantic", "pynamodb")
"""Packages that no start imports: the first request that needs one does."""


@cache
def all_loaded() -> dict[str, Any]:
    """Load all handlers as Lambda does: each with its own environment, in a process of its own."""
    aws = {
        "AWS_LAMBDA_FUNCTION_NAME": "any",
        "AWS_DEFAULT_REGION": "eu-west-2",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
    }
    environments = {
        handler: {name: str(value) or "" for name, value in found.properties["Environment"]["Variables"].items()}
        | {"PATH": os.environ["PATH"]}
        | aws
        for handler, found in HANDLERS.items()
    }
    path = os.pathsep.join(str(ROOT / folder) for folder in ("layers/core", "functions", "."))
    done = subprocess.run(
        [sys.executable, "-m", "tests.architecture.loaded"],
        input=json.dumps(environments),
        env={"PATH": os.environ["PATH"], "PYTHONPATH": path},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def loaded(handler: str) -> dict[str, Any]:
    """Return what a handler turned out to be."""
    description: dict[str, Any] = all_loaded()[handler]
    return description


def test_every_folder_of_functions_is_a_function_of_the_template() -> None:
    assert sorted(handler.partition(".")[0] for handler in HANDLERS) == FOLDERS


@pytest.mark.parametrize("handler", HANDLERS)
def test_a_handler_can_be_loaded_and_called(handler: str) -> None:
    assert loaded(handler)["callable"]


@pytest.mark.parametrize("handler", HANDLERS)
def test_settings_and_environment_are_the_same(handler: str) -> None:
    declared = set(HANDLERS[handler].properties["Environment"]["Variables"])
    (fields,) = loaded(handler)["settings"]
    assert {field.upper() for field in fields} == declared - READ_BY_LIBRARIES
    assert declared >= READ_BY_LIBRARIES


@pytest.mark.parametrize("handler", HANDLERS)
def test_a_function_counts_and_logs_under_the_name_of_its_folder(handler: str) -> None:
    variables = HANDLERS[handler].properties["Environment"]["Variables"]
    assert variables["POWERTOOLS_SERVICE_NAME"] == handler.partition(".")[0]


@pytest.mark.parametrize("handler", HANDLERS)
def test_a_late_route_lies_below_the_paths_of_its_group(handler: str) -> None:
    assert loaded(handler)["astray"] == []


def test_no_start_imports_a_heavy_package() -> None:
    for handler in HANDLERS:
        assert set(HEAVY).isdisjoint(loaded(handler)["at_start"]), handler


def test_rare_requests_import_what_they_need_and_a_cold_start_does_not() -> None:
    for handler in HANDLERS:
        function = handler.partition(".")[0]
        assert set(NOT_AT_START.get(function, ())).isdisjoint(loaded(handler)["at_start"]), function


def test_the_api_serves_what_the_template_declares_and_the_document_describes() -> None:
    declared = {(method, path) for method, path, _ in STACK.operations()}
    served = {tuple(route) for handler in HANDLERS for route in loaded(handler)["routes"]}
    document = json.loads((ROOT / "docs" / "openapi.json").read_text())
    verbs = {"get", "put", "post", "patch", "delete"}
    described = {(m.upper(), path) for path, item in document["paths"].items() for m in item if m in verbs}
    assert served == declared
    published = {(method, path) for method, path in declared if path.startswith("/api/json/")}
    # a POST to one word is a verb, unless it creates a thing of a list, or takes events
    creating = {
        ("POST", path)
        for path, item in document["paths"].items()
        if {"201", "202"} & set(item.get("post", {}).get("responses", {}))
    }
    verbs_described = {(m, path) for m, path in described if m == "POST" and "/" not in path.strip("/")} - creating
    assert {(m, f"/api/json{path}") for m, path in verbs_described} == published
    pages = FOR_PEOPLE | FOR_PROVIDERS | {(m, path) for m, path in declared if (path + "/").startswith("/console/")}
    assert described == {(m, path.replace("+}", "}")) for m, path in declared - pages - published}
