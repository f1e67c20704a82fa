"""Node.js, where it is installed."""

from __future__ import annotations

import os
import shutil

import pytest


def node() -> str:
    """Return the command. Without Node the test is skipped, but in CI it fails."""
    found = shutil.which("node")
    if found is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("Node.js 20 or newer is not installed")
    return str(found)
