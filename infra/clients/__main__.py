"""`make clients`: write the generated files. `generated` returns them, so that a test can compare."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from infra.clients import javascript, python
from infra.clients.document import read

ROOT = Path(__file__).resolve().parents[2]


def generated() -> dict[Path, str]:
    """Return the text of each generated file. Equal documents give equal texts."""
    api = read(json.loads((ROOT / "docs" / "openapi.json").read_text()))
    package = ROOT / "clients" / "python" / "tocsin_client"
    module = ROOT / "clients" / "javascript"
    return {
        package / "types.py": _formatted(python.types(api)),
        package / "operations.py": _formatted(python.operations(api)),
        module / "operations.js": javascript.operations(api),
        module / "operations.d.ts": javascript.signatures(api),
        module / "types.d.ts": javascript.types(api),
    }


def _formatted(text: str) -> str:
    command = [sys.executable, "-m", "ruff", "format", "--quiet", "--config", str(ROOT / "pyproject.toml"), "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout  # noqa: S603


if __name__ == "__main__":
    for file, text in generated().items():
        file.write_text(text)
