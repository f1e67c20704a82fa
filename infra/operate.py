"""The operator's command: tenants, API keys and suppressions of a deployed stack. `python -m infra.operate --help`."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

if importlib.util.find_spec("tocsin") is None:
    # In a checkout, the package is not on the path; with the built layers, as the local runner starts it, it is.
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "layers" / "core"))

if __name__ == "__main__":
    from infra.operator.command_line import main

    sys.exit(main())
