"""Fills the dependencies layer: installs requirements.txt for one interpreter and drops what no function reads.

Runs by itself, on the standard library only, because `sam build` runs it (through the Makefile) in a copy of this
folder. `infra.build` runs it the same way, so both make the same tree.

    python assemble.py TREE                      for Lambda: CPython 3.13 on Linux x86_64, whatever runs this
    python assemble.py TREE --host PYTHON        for that interpreter, on this machine
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().with_name("requirements.txt")

LAMBDA_PYTHON = "3.13"

LAMBDA_PLATFORMS = ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64")
"""Wheel tags that run on Amazon Linux 2023 (glibc 2.34), newest first. pip takes a tag literally, so all are named."""

CHALICE_RUNTIME = {"__init__.py", "app.py", "py.typed"}
"""All of Chalice that runs in a Lambda; the rest is its command line, which needs pip, inquirer and more."""

SERVICES = {
    "cognito-idp",
    "connect",
    "dynamodb",
    "events",
    "kms",
    "lambda",
    "pinpoint-sms-voice-v2",
    "s3",
    "scheduler",
    "sesv2",
    "sns",
    "sqs",
    "ssm",
    "sts",
}
"""AWS services of which the API description is kept: 28 MB of botocore are descriptions of the others."""


SOURCE_ONLY = ("authres",)
"""Packages of Python alone that are published without a wheel: built here, the same for every platform."""

INSTALLERS_NOTES = {
    ".lock",
    "RECORD",
    "INSTALLER",
    "WHEEL",
    "REQUESTED",
    "direct_url.json",
    "uv_cache.json",
    "__pycache__",
}
"""Who installed what and when: they would make two equal builds differ."""


def install(tree: Path, host: str | None) -> None:
    """Install the locked packages into `tree`: hashes checked, nothing resolved, no C compiled.

    Raises:
        SystemExit: the installer failed; it carries the installer's own words.
    """
    built = re.compile(rf"^(?:{'|'.join(SOURCE_ONLY)})==.*\n(?:    .*\n?)*", re.MULTILINE)
    locked = REQUIREMENTS.read_text("utf-8")
    uv = _uv()
    if uv:
        installer = [uv, "pip", "install", "--quiet", "--link-mode", "copy"]
        here = ["--python", host or sys.executable]
        there = here if host else ["--python-platform", "x86_64-manylinux_2_28", "--python-version", LAMBDA_PYTHON]
    else:
        installer = [host or sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        installer += ["--no-compile"]
        here = []
        there = [] if host else ["--implementation", "cp", "--python-version", LAMBDA_PYTHON]
        if not host:
            for platform in LAMBDA_PLATFORMS:
                there += ["--platform", platform]
    _install(tree, built.sub("", locked), [*installer, *there, "--only-binary", ":all:"])
    _install(
        tree,
        "".join(found[0] for found in built.finditer(locked)),
        [*installer, *here, "--no-binary", ",".join(SOURCE_ONLY)],
    )


def _install(tree: Path, requirements: str, command: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "requirements.txt")
        file.write_text(requirements, "utf-8")
        options = ["--no-deps", "--require-hashes", "--target", str(tree), "-r", str(file)]
        done = subprocess.run([*command, *options], check=False, capture_output=True, text=True)  # noqa: S603 - our own words and paths
    if done.returncode:
        raise SystemExit(f"installing the dependencies layer failed\n{done.stdout}{done.stderr}")


def prune(tree: Path) -> None:
    """Drop what no function imports: command lines, other services' descriptions, type stubs, installers' notes."""
    for path in sorted((tree / "chalice").iterdir()):
        if path.name not in CHALICE_RUNTIME:
            _remove(path)
    for path in sorted((tree / "botocore" / "data").iterdir()):
        if path.is_dir() and path.name not in SERVICES:
            _remove(path)
    _remove(tree / "bin")
    _remove(tree / "boto3" / "examples")
    for path in sorted(tree.rglob("*")):
        if path.name in INSTALLERS_NOTES:
            _remove(path)


def _uv() -> str | None:
    """Return uv from beside this interpreter or from the path, None when pip has to do."""
    participants = Path(sys.executable).with_name("uv")
    return str(participants) if participants.exists() else shutil.which("uv")


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def main() -> None:
    """Fill the tree named on the command line, from empty."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    arguments.add_argument("tree", type=Path)
    arguments.add_argument("--host", help="install for this interpreter instead of Lambda's")
    chosen = arguments.parse_args()
    shutil.rmtree(chosen.tree, ignore_errors=True)
    chosen.tree.mkdir(parents=True)
    install(chosen.tree, chosen.host or None)
    prune(chosen.tree)


if __name__ == "__main__":
    main()
