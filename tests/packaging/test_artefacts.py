"""What is shipped runs on its own: each function in a bare Python 3.13, with its zip, the two layers and nothing else.

The local engine runs functions in its own interpreter, beside its own packages, so it would not notice a missing one.
"""

from __future__ import annotations

import json
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from infra.build import LAMBDA_PYTHON, ROOT, Artefacts, BuildFailed, build, lambda_python
from tests.architecture.deployment import deployment, read_sources

pytestmark = pytest.mark.packaging

FUNCTIONS = {f.properties["Handler"]: f for f in deployment(read_sources()).of("Lambda::Function")}

UNZIPPED_LIMIT = 250 * 1024 * 1024
"""Function and layers together. Source: AWS Lambda quotas."""

ZIPPED_LIMIT = 50 * 1024 * 1024
"""Each zip, when it is not sent by way of S3. Same source."""


@dataclass(frozen=True)
class Shipped:
    python: Path
    artefacts: Artefacts
    task: Path
    opt: Path

    def run(self, handler: str, event: dict[str, Any] | None = None) -> dict[str, Any]:
        """Load a handler as Lambda does, and call it if there is an event."""
        variables = FUNCTIONS[handler].properties["Environment"]["Variables"]
        environment = {name: str(value) for name, value in variables.items()}
        environment |= {"AWS_REGION": "eu-west-2", "AWS_DEFAULT_REGION": "eu-west-2"}
        environment |= {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}
        bare = ROOT / "tests" / "packaging" / "bare.py"
        done = subprocess.run(
            [str(self.python), "-I", "-S", str(bare), str(self.task), str(self.opt), handler],
            input=json.dumps(event) if event else "",
            env=environment,
            cwd=self.task,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return answer

    def says(self, code: str) -> str:
        """Run code that may import the core layer, with an empty environment, and return what it prints."""
        found = f"import sys; sys.path[:0] = [sys.argv[1]]; {code}"
        done = subprocess.run(
            [str(self.python), "-I", "-S", "-c", found, str(self.opt / "python")],
            env={},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Shipped:
    try:
        python = lambda_python()
    except BuildFailed as nowhere:
        pytest.skip(str(nowhere))
    artefacts = build("lambda", ROOT / ".build", print)
    task, opt = tmp_path_factory.mktemp("task"), tmp_path_factory.mktemp("opt")
    for archive, place in (
        (artefacts.functions_zip, task),
        (artefacts.core_layer_zip, opt),
        (artefacts.dependencies_layer_zip, opt),
    ):
        zipfile.ZipFile(archive).extractall(place)
    return Shipped(python, artefacts, task, opt)


@pytest.mark.parametrize("handler", FUNCTIONS)
def test_a_function_loads_from_what_is_shipped_and_compiles_nothing(shipped: Shipped, handler: str) -> None:
    loaded = shipped.run(handler)
    assert loaded["foreign"] == []
    assert loaded["compiled"] == []


def test_methods_of_dataclasses_are_compiled_by_the_build(shipped: Shipped) -> None:
    code = (
        "import tocsin; compiled = []; "
        "sys.addaudithook(lambda event, about: event == 'compile' and about[0] is not None and compiled.append(about)); "
        "import tocsin.alerts.domain.alert; print(len(compiled))"
    )
    assert shipped.says(code) == "0"


def test_the_api_answers_from_what_is_shipped(shipped: Shipped) -> None:
    # given a call of GET /health as API Gateway sends it
    event = {
        "resource": "/health",
        "path": "/health",
        "httpMethod": "GET",
        "headers": {"Host": "api.example", "User-Agent": "probe/1"},
        "multiValueHeaders": {"Host": ["api.example"], "User-Agent": ["probe/1"]},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": "/health",
            "httpMethod": "GET",
            "path": "/prod/health",
            "stage": "prod",
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "identity": {"sourceIp": "203.0.113.7"},
        },
        "body": None,
        "isBase64Encoded": False,
    }

    # then the shipped function answers, and still compiles nothing
    called = shipped.run("alerts_api.app.app", event)
    assert called["answer"]["statusCode"] == 200
    assert called["compiled"] == []


def test_t3_zones_are_known_where_the_system_has_no_zone_database(shipped: Shipped) -> None:
    code = (
        "import zoneinfo; zoneinfo.reset_tzpath([]); "
        "from datetime import datetime; from tocsin.calendar.domain.local_time import instant; "
        "print(instant(datetime(2027, 3, 28, 1, 30), zoneinfo.ZoneInfo('Europe/London')))"
    )
    assert shipped.says(code) == "2027-03-28 01:00:00+00:00"


def test_what_is_shipped_fits_into_lambda(shipped: Shipped, record_property: Any) -> None:
    archives = {
        "functions": shipped.artefacts.functions_zip,
        "core": shipped.artefacts.core_layer_zip,
        "dependencies": shipped.artefacts.dependencies_layer_zip,
    }
    unzipped = {n: sum(i.file_size for i in zipfile.ZipFile(a).infolist()) for n, a in archives.items()}
    for name, archive in archives.items():
        record_property(f"{name}_zipped", archive.stat().st_size)
        record_property(f"{name}_unzipped", unzipped[name])
    assert sum(unzipped.values()) < UNZIPPED_LIMIT
    assert all(archive.stat().st_size < ZIPPED_LIMIT for archive in archives.values())


def test_only_what_runs_is_shipped(shipped: Shipped) -> None:
    there = {p.relative_to(shipped.opt / "python").as_posix() for p in (shipped.opt / "python").rglob("*.py")}
    assert {p for p in there if p.startswith("chalice/")} == {"chalice/__init__.py", "chalice/app.py"}
    tops = {path.partition("/")[0] for path in there}
    assert tops.isdisjoint({"pip", "setuptools", "wheel", "inquirer", "click", "yaml", "moto", "pytest", "tests"})
    assert not list(shipped.opt.rglob("*.pyc.*"))
    described = {p.name for p in (shipped.opt / "python" / "botocore" / "data").iterdir() if p.is_dir()}
    assert "dynamodb" in described
    assert "ec2" not in described


def test_byte_code_is_trusted_without_a_look_at_the_source(shipped: Shipped) -> None:
    # PEP 552: the second word of a pyc is 1 for "hash-based, not checked", so the time a zip was unpacked says nothing
    tag = "cpython-" + LAMBDA_PYTHON.replace(".", "")
    for place in (shipped.task, shipped.opt):
        sources = list(place.rglob("*.py"))
        assert sources
        for source in sources:
            cached = source.parent / "__pycache__" / f"{source.stem}.{tag}.pyc"
            assert int.from_bytes(cached.read_bytes()[4:8], "little") == 1, source


def test_equal_sources_give_equal_bytes(shipped: Shipped, tmp_path: Path) -> None:
    again = build("lambda", tmp_path, print, python=shipped.python)
    for name in ("functions_zip", "core_layer_zip", "dependencies_layer_zip"):
        assert getattr(again, name).read_bytes() == getattr(shipped.artefacts, name).read_bytes(), name


def test_what_has_not_changed_is_not_built_again(shipped: Shipped) -> None:
    said: list[str] = []
    build("lambda", ROOT / ".build", said.append)
    assert said == ["functions: unchanged", "core layer: unchanged", "dependencies layer: unchanged"]
