"""Runs the quick tests on AWS Lambda's Python version, if it is installed.

python -m infra.newest_python [pytest arguments]
"""

from __future__ import annotations

import subprocess
import sys

from infra.build import LAMBDA_PYTHON, ROOT, BuildFailed, lambda_python

SUITES = ("tests/unit", "tests/functional")


def main(words: list[str]) -> int:
    """Make the environment if it is missing, and run the suites. Returns pytest's exit code; 0 without that Python."""
    if sys.version_info[:2] == tuple(map(int, LAMBDA_PYTHON.split("."))):
        print(f"Python {LAMBDA_PYTHON}: all tests run on it already")
        return 0
    try:
        python = lambda_python()
    except BuildFailed:
        print(f"Python {LAMBDA_PYTHON} is not installed: the quick tests are not run on it")
        return 0
    environment = ROOT / f".venv-{LAMBDA_PYTHON.replace('.', '')}"
    maker = [str(python), "-m", "infra.environment", str(environment), "requirements/dev.txt"]
    if code := subprocess.run(maker, cwd=ROOT, check=False).returncode:  # noqa: S603 - our own script
        return code
    print(f"\nunit, functional on Python {LAMBDA_PYTHON}", flush=True)
    tests = [str(environment / "bin" / "python"), "-m", "pytest", "-q", "-n", "auto", "--dist", "worksteal"]
    tests += ["-m", "not deep", *SUITES, *words]
    return subprocess.run(tests, cwd=ROOT, check=False).returncode  # noqa: S603 - our own tests


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
