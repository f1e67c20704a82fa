"""Finds the system of `make run`. Standard library only: `make env` runs on any Python.

eval "$(make -s env)"      sets API, KEY and NUMBER in this shell
"""

from __future__ import annotations

import json
import shlex
import sys
import urllib.error
import urllib.request
from typing import Any

from infra.local.complaint import Complaint
from infra.local.places import Places, chosen_home, shown

START_IT = "start it with make run"


def noted(places: Places) -> dict[str, Any]:
    """Return the content of `run.json` (`seed.Found.as_json`), if the system runs.

    Raises:
        Complaint: there is no such file, or the engine does not answer.
    """
    try:
        found: dict[str, Any] = json.loads(places.run.read_text())
        engine = found["engine"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Complaint(f"nothing has run here yet (see {shown(places.run)}): {START_IT}") from error
    try:
        urllib.request.urlopen(f"{engine}/_ministack/health", timeout=10).close()
    except (urllib.error.URLError, OSError) as error:
        raise Complaint(f"no engine answers on {engine}: {START_IT}") from error
    return found


def main() -> int:
    """Print variables for a shell to evaluate. Returns the exit code; errors go to standard error."""
    try:
        found = noted(Places(chosen_home()))
    except Complaint as complaint:
        print(f"tocsin: {complaint}", file=sys.stderr)
        return 1
    for name, word in (("API", "api"), ("KEY", "apiKey"), ("NUMBER", "number")):
        print(f"export {name}={shlex.quote(found[word])}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
