"""The scanners find nothing in our templates, and everything in one that is wrong on purpose."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from infra.cloudformation import parsed
from tests.architecture.deployment import MAIN, ROOT, read_sources, transformed

pytestmark = pytest.mark.scan

CANARY = ROOT / "tests" / "architecture" / "canary" / "template.yaml"

TEMPLATES = sorted(read_sources())

ACCEPTED = {
    "CKV_AWS_18": "The bucket's objects are sealed under tenants' keys; who calls is in CloudTrail.",
    "CKV_AWS_116": "Queues have their own dead letters, and so has the one that is called asynchronously, the sweeper.",
    "CKV_AWS_117": "They talk to AWS services only. A VPC comes with the functions that call customers' servers.",
    "CKV_AWS_120": "A cache in front of authenticated routes would answer one tenant with another's alerts.",
    "CKV_AWS_173": "Environments hold names and addresses of resources; a test keeps every other variable out.",
}
"""Findings of checkov that we live with, and why."""

PLANTED = {
    "AllMighty's role": {
        "CKV_AWS_62",
        "CKV_AWS_63",
        "CKV_AWS_107",
        "CKV_AWS_108",
        "CKV_AWS_109",
        "CKV_AWS_110",
        "CKV_AWS_111",
    },
    "a secret in the environment": {"CKV_AWS_45"},
    "the open bucket": {"CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56"},
    "the clear queue": {"CKV_AWS_27"},
    "the table that cannot be had back": {"CKV_AWS_28"},
}


def _tool(environment: str, name: str) -> Path:
    """Return a tool of one of the scan environments (`make scan` makes them).

    Skips where it was never made, but not on CI: there a missing scanner is a failure.
    """
    folder = Path(os.environ.get("TOCSIN_ENVIRONMENTS", ROOT)) / environment / "bin"
    if not (folder / name).exists():
        if os.environ.get("CI"):
            pytest.fail(f"{environment} is missing on CI: {name} did not scan anything")
        pytest.skip(f"{environment} has not been made; `make scan` makes it")
    return folder / name


def _run(*command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    quiet = {"AWS_DEFAULT_REGION": "eu-west-2", "SAM_CLI_TELEMETRY": "0", "BC_SKIP_MAPPING": "TRUE"}
    return subprocess.run(
        [str(word) for word in command],
        cwd=ROOT,
        env={name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | quiet | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def _cfn_lint(*templates: str | Path) -> subprocess.CompletedProcess[str]:
    return _run(Path(sys.executable).with_name("cfn-lint"), "--format", "parseable", *templates)


def test_cfn_lint_finds_nothing() -> None:
    done = _cfn_lint(*TEMPLATES)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout


def test_cfn_lint_finds_what_was_planted() -> None:
    said = _cfn_lint(CANARY).stdout
    assert "E3663" in said  # a reserved name in the environment
    assert "E3034" in said  # 50,000 seconds


MISSPELT = [
    ("infra/observability.yaml", "AlarmName:", "Alarmname:", "E3002"),
    ("infra/observability.yaml", "TreatMissingData: notBreaching", "TreatMissingData: never", "E3030"),
    ("infra/observability.yaml", "EvaluationPeriods:", "EvaluationPeriod:", "E3002"),
    ("infra/data.yaml", "TimeToLiveSpecification:", "TimeToLive:", "E3002"),
    ("infra/data.yaml", "BlockPublicPolicy:", "BlockPublicPolicies:", "E3002"),
    ("infra/data.yaml", "KMSMasterKeyID:", "KmsMasterKeyId:", "E3002"),
    ("infra/data.yaml", "DeletionPolicy: Retain", "DeletePolicy: Retain", "E3001"),
    ("infra/messaging.yaml", "RedrivePolicy:", "RedrivePolice:", "E3002"),
    ("infra/inbound.yaml", "KmsMasterKeyId:", "KmsMasterKey:", "E3002"),
    ("infra/edge.yaml", "DefaultAction:", "DefaultActions:", "E3002"),
    ("infra/inbound.yaml", "!Ref InboundKey", "!Ref InboundKeys", "E1020"),
]
"""(template, as it stands, as somebody mistypes it, what cfn-lint calls it)."""


@pytest.fixture(scope="module")
def slips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return what cfn-lint says of each mistyped template, by what was typed; it reads them all at once."""
    folders = {}
    for path, old, new, _ in MISSPELT:
        text = (ROOT / path).read_text()
        assert old in text
        folders[new] = tmp_path_factory.mktemp("slip") / Path(path).name
        folders[new].write_text(text.replace(old, new, 1))
    said = _cfn_lint(*folders.values()).stdout.splitlines()
    return {new: "\n".join(line for line in said if line.startswith(str(at))) for new, at in folders.items()}


@pytest.mark.parametrize(("new", "code"), [(new, code) for _, _, new, code in MISSPELT])
def test_cfn_lint_finds_a_slip_in_our_own_templates(slips: dict[str, str], new: str, code: str) -> None:
    assert code in slips[new]


def test_sam_validates() -> None:
    done = _run(_tool(".venv-sam", "sam"), "validate", "--lint", "--template", ROOT / MAIN)
    assert done.returncode == 0, done.stdout + done.stderr


def test_sam_does_not_validate_the_canary() -> None:
    done = _run(_tool(".venv-sam", "sam"), "validate", "--lint", "--template", CANARY)
    assert done.returncode != 0
    assert "E3663" in done.stdout + done.stderr


@pytest.fixture(scope="module")
def checkov(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, set[str]]]:
    """Return resources by check by template, of what failed: ours after the SAM transform, nested ones, the canary.

    Unless it is transformed first, checkov does not see the policies of SAM functions at all.
    """
    tool = _tool(".venv-scan", "checkov")
    folder = tmp_path_factory.mktemp("templates")
    for path, template in read_sources().items():
        body = transformed(template) if path == MAIN else template
        (folder / f"{Path(path).stem}.json").write_text(json.dumps(body))
    (folder / "canary.json").write_text(json.dumps(transformed(parsed(CANARY.read_text()))))
    done = _run(
        tool, "-d", folder, "--framework", "cloudformation", "--skip-download", "--compact", "--quiet", "-o", "json"
    )
    report: dict[str, Any] = json.loads(done.stdout)
    assert report["summary"]["parsing_errors"] == 0
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for failed in report["results"]["failed_checks"]:
        found[Path(failed["file_path"]).stem][failed["check_id"]].add(failed["resource"])
    return found


def test_checkov_finds_nothing_but_what_we_accept(checkov: dict[str, dict[str, set[str]]]) -> None:
    ours = {name: checks for name, checks in checkov.items() if name != "canary"}
    unexpected = {
        f"{check} in {name}: {resources}"
        for name, checks in ours.items()
        for check, resources in checks.items()
        if check not in ACCEPTED
    }
    assert unexpected == set()


def test_what_we_accept_is_still_there_to_be_accepted(checkov: dict[str, dict[str, set[str]]]) -> None:
    ours = {check for name, checks in checkov.items() if name != "canary" for check in checks}
    assert set(ACCEPTED) <= ours


@pytest.mark.parametrize("fault", PLANTED)
def test_checkov_finds_what_was_planted(checkov: dict[str, dict[str, set[str]]], fault: str) -> None:
    assert set(checkov["canary"]) >= PLANTED[fault]


def test_the_bills_of_materials_name_every_package_of_the_layers_with_its_hashes() -> None:
    folder = _tool(".venv-sbom", "cyclonedx-py").parent
    # the environment is there: make shall not make it again
    command = ["make", "-s", "-o", ".venv-sbom/made-from", "sbom", f"SBOM={folder}"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    bills = {
        name: json.loads((ROOT / "reports/sbom" / f"{name}.cdx.json").read_text()) for name in ("core", "dependencies")
    }

    assert {(bill["bomFormat"], bill["metadata"]["component"]["name"]) for bill in bills.values()} == {
        ("CycloneDX", "tocsin")
    }
    assert "components" not in bills["core"]
    locked = (ROOT / "layers/dependencies/requirements.txt").read_text()
    listed = {(each["name"], each["version"]): json.dumps(each) for each in bills["dependencies"]["components"]}
    assert set(listed) == set(re.findall(r"^([\w.-]+)==([^ ]+)", locked, re.MULTILINE))
    hashes = re.findall(r"--hash=sha256:(\w+)", locked)
    assert [one for one in hashes if not any(one in text for text in listed.values())] == []
