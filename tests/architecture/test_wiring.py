"""Wiring has one place: an app.py fits a screen, and what two functions share is composed once."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.deployment import ROOT

SCREEN = 80
"""Lines."""

APPS = sorted((ROOT / "functions").glob("*/app.py"))
BOOTSTRAP = sorted((ROOT / "layers/core/tocsin/bootstrap").glob("*.py"))
OURS = sorted(path for folder in ("functions", "layers/core", "infra") for path in (ROOT / folder).rglob("*.py"))

MANY = 3
"""More arguments than this are given by name."""


@cache
def calls(path: Path) -> tuple[tuple[str, ast.Call], ...]:
    """Return every call in a file whose callee has a name, with that name."""
    return tuple(_calls(ast.parse(path.read_text())))


def _calls(parsed: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(parsed):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Name(id=name) | ast.Attribute(attr=name):
                    yield name, node


def places(*names: str) -> list[str]:
    """Return the files that call one of these, once for each call."""
    return [str(path.relative_to(ROOT)) for path in OURS for name, _ in calls(path) if name in names]


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.parent.name)
def test_an_app_fits_a_screen(app: Path) -> None:
    assert len(app.read_text().splitlines()) <= SCREEN


@pytest.mark.parametrize(
    ("use_case", "module"),
    [
        ("PrepareSend", "sending"),
        ("SendAlert", "sending"),
        ("DispatchBatch", "dispatching"),
        ("MailOwners", "notifying"),
    ],
)
def test_what_several_functions_need_is_composed_once(use_case: str, module: str) -> None:
    assert places(use_case) == [f"layers/core/tocsin/bootstrap/{module}.py"]


def test_storage_alone_makes_repositories_and_each_once() -> None:
    repositories = {
        node.name
        for path in (ROOT / "layers/core/tocsin/adapters/dynamodb").rglob("*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ClassDef) and node.name.startswith("DynamoDb") and node.name != "DynamoDb"
    }
    assert places(*repositories, "KmsSealer") == ["layers/core/tocsin/bootstrap/storage.py"] * (len(repositories) + 1)


@pytest.mark.parametrize("path", [*APPS, *BOOTSTRAP], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_many_arguments_are_given_by_name(path: Path) -> None:
    assert [f"{name}, line {call.lineno}" for name, call in calls(path) if len(call.args) > MANY] == []


@pytest.mark.parametrize("module", ["storage", "queues"])
def test_what_makes_adapters_loads_none_before_it_is_asked(module: str) -> None:
    code = f"import json, sys, tocsin.bootstrap.{module}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "layers/core")},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    loaded = json.loads(done.stdout)
    assert f"tocsin.bootstrap.{module}" in loaded
    assert [name for name in loaded if name.startswith(("tocsin.adapters", "botocore", "pynamodb"))] == []
