"""One truth for what is written down in several places: the Python version, the lists of functions, the lock files."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from typing import Any

import pytest

from infra import build
from tests.architecture.deployment import ROOT, deployment, read_sources
from tests.architecture.test_functions import FOLDERS

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_the_oldest_python_is_one() -> None:
    oldest = PROJECT["project"]["requires-python"].removeprefix(">=")
    assert PROJECT["tool"]["mypy"]["python_version"] == oldest
    assert PROJECT["tool"]["ruff"]["target-version"] == "py" + oldest.replace(".", "")
    assert f"--python-version {oldest} " in (ROOT / "infra" / "lock.sh").read_text()


def test_the_python_of_lambda_is_one() -> None:
    runtimes = {f.properties["Runtime"] for f in deployment(read_sources()).of("Lambda::Function")}
    assert runtimes == {f"python{build.LAMBDA_PYTHON}"}
    assemble = (ROOT / "layers" / "dependencies" / "assemble.py").read_text()
    assert f'LAMBDA_PYTHON = "{build.LAMBDA_PYTHON}"' in assemble
    for folder in ("functions", "layers/core", "layers/dependencies"):
        assert f"PYTHON ?= python{build.LAMBDA_PYTHON}\n" in (ROOT / folder / "Makefile").read_text()


def test_import_rules_know_every_function() -> None:
    rules = PROJECT["tool"]["importlinter"]
    assert sorted(rules["root_packages"]) == sorted(["tocsin", *FOLDERS])
    contracts = {contract["id"]: contract for contract in rules["contracts"]}
    assert sorted(contracts["independent-functions"]["modules"]) == FOLDERS
    assert sorted(contracts["wiring"]["source_modules"]) == FOLDERS
    assert sorted(contracts["storage"]["source_modules"]) == FOLDERS


def test_import_rules_are_kept() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT / 'layers/core'}:{ROOT / 'functions'}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr


LOCKS = [*sorted((ROOT / "requirements").glob("*.txt")), ROOT / "layers" / "dependencies" / "requirements.txt"]


@pytest.mark.parametrize("lock", LOCKS, ids=[f"{path.parent.name}/{path.name}" for path in LOCKS])
def test_lock_files_carry_versions_and_hashes_and_no_address(lock: Any) -> None:
    text = lock.read_text()
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links", text)
    pins = re.findall(
        r"^([a-z0-9._-]+(?:\[[a-z,]+\])?)(==\S+)?(.*\n)((?:    --hash=sha256:[0-9a-f]{64}.*\n)*)", text, re.M
    )
    assert pins
    assert [name for name, version, _, hashes in pins if not version or not hashes] == []


def test_every_environment_is_locked() -> None:
    assert {p.stem for p in (ROOT / "requirements").glob("*.in")} == {
        p.stem for p in (ROOT / "requirements").glob("*.txt")
    }


def test_what_is_tested_is_what_is_shipped() -> None:
    def pins(path: Any) -> dict[str, str]:
        return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", path.read_text(), re.M))

    shipped, locked = pins(LOCKS[-1]), pins(ROOT / "requirements" / "runtime.txt")
    tested = pins(ROOT / "requirements" / "dev.txt")
    assert shipped.items() <= locked.items()
    assert {name: tested[name] for name in shipped} == shipped


def checks(subject: str) -> subprocess.CompletedProcess[str]:
    """Return what `make check` would do for a subject."""
    return subprocess.run(
        ["make", "--dry-run", "check", f"SUBJECT={subject}"],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_one_subject_can_be_checked() -> None:
    one, every = checks("webhooks"), checks("")

    assert (one.returncode, every.returncode) == (0, 0), one.stderr + every.stderr
    assert " tests/unit/webhooks " in one.stdout
    assert r" 'tocsin\.webhooks' tests/adapters tests/functional tests/scenarios)" in one.stdout
    assert "-n auto --dist worksteal tests --ignore" in every.stdout
    assert "mypy" in one.stdout
    assert "lint-imports" in one.stdout


def test_a_subject_that_is_not_there_is_told_in_one_line_with_those_that_are() -> None:
    done = checks("webhook")

    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    subjects = {path.parent.name for path in (ROOT / "layers/core/tocsin").glob("*/__init__.py")}
    assert subjects - set(line.replace(".", " ").split()) == {"adapters", "bootstrap", "entrypoint"} & subjects


SAMCONFIG: dict[str, Any] = tomllib.loads((ROOT / "samconfig.toml").read_text())
STAGES: dict[str, dict[str, Any]] = {
    name: section["deploy"]["parameters"]
    for name, section in SAMCONFIG.items()
    if isinstance(section, dict) and "deploy" in section
}
MAKEFILES = [ROOT / "Makefile", *(ROOT / f / "Makefile" for f in ("functions", "layers/core", "layers/dependencies"))]


def _make(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["make", "-n", *words], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)


def test_every_stage_that_is_named_anywhere_can_be_deployed() -> None:
    texts = [ROOT / "Makefile", *ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "samconfig.toml"]
    named = {
        stage for text in texts for stage in re.findall(r"(?:STAGE ?\??=|--config-env) ?([a-z0-9]+)", text.read_text())
    }
    assert named
    assert named <= set(STAGES) == {"dev", "staging", "prod"}
    assert len({settings["stack_name"] for settings in STAGES.values()}) == len(STAGES)


@pytest.mark.parametrize("stage", STAGES)
def test_parameters_are_added_to_those_of_the_stage(stage: str) -> None:
    own = STAGES[stage]["parameter_overrides"]
    assert f"Stage={stage}" in own.split()
    deploys = f"sam deploy --config-env {stage} --parameter-overrides {own} "

    assert (
        deploys + "EmailDomain=a.example X=1\n"
        in _make("deploy", f"STAGE={stage}", "PARAMETERS=EmailDomain=a.example X=1").stdout
    )
    assert deploys + "\n" in _make("deploy", f"STAGE={stage}").stdout


@pytest.mark.parametrize(
    "words", [("STAGE=qa",), ("STAGE=default",), ("PARAMETERS=X=1 Stage=prod",), ("STAGE=prod", "PARAMETERS=Stage=dev")]
)
def test_no_other_stage_gets_as_far_as_the_build(words: tuple[str, ...]) -> None:
    done = _make("deploy", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert "STAGE" in done.stderr


def test_a_stack_whose_parameters_were_replaced_does_not_become_another_stage() -> None:
    # `sam deploy --parameter-overrides` drops what samconfig.toml says: without a default, AWS refuses to make the stack.
    assert "Default" not in read_sources()["template.yaml"]["Parameters"]["Stage"]


@pytest.mark.parametrize("makefile", MAKEFILES, ids=[str(path.relative_to(ROOT)) for path in MAKEFILES])
def test_paths_that_make_is_told_are_quoted(makefile: Any) -> None:
    recipes = [line for line in makefile.read_text().splitlines() if re.match(r"\t|make_environment =", line)]
    paths = r"\$\((?:CURDIR|PYTHON|HOST|ARTIFACTS_DIR)\)"
    quoted = [re.sub(r'"[^"]*"', "", line) for line in recipes]
    assert [line for line in quoted if re.search(paths, line)] == []
    assert any(re.search(paths, line) for line in recipes)


def test_the_package_says_whose_it_is_and_on_what_terms() -> None:
    told = PROJECT["project"]
    assert {"name", "version", "description", "readme", "requires-python", "license", "authors", "keywords"} <= set(
        told
    )
    assert told["license"] == "Apache-2.0"
    assert [
        file for file in (*told["license-files"], told["readme"], "SECURITY.md") if not (ROOT / file).exists()
    ] == []
    assert "Apache License\n                           Version 2.0" in (ROOT / "LICENSE").read_text()
    lines = {c for c in told["classifiers"] if c.startswith("Programming Language :: Python :: 3.")}
    assert f"Programming Language :: Python :: {told['requires-python'].removeprefix('>=')}" in lines
    assert f"Programming Language :: Python :: {build.LAMBDA_PYTHON}" in lines


def test_the_description_of_each_service_with_a_client_is_shipped() -> None:
    clients = (ROOT / "layers/core/tocsin/adapters/aws/clients.py").read_text()
    made = set(re.findall(r'self\._(?:client|provider)\("([a-z0-9-]+)"', clients))
    assemble = (ROOT / "layers" / "dependencies" / "assemble.py").read_text()
    kept = set(re.findall(r'"([a-z0-9-]+)"', assemble.partition("SERVICES = {")[2].partition("}")[0]))
    assert len(made) > 10
    assert made <= kept
