"""A true telephone call needs packages of its own: those of requirements/phone.txt, in `.venv-phone` (make wire)."""

from __future__ import annotations

import sys

import pytest

from infra.local.places import ROOT

sys.path += [str(packages) for packages in ROOT.glob(f".venv-phone/lib/python3.{sys.version_info.minor}/site-packages")]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder: calls take real time."""
    here = {path for path in {item.path for item in items} if ROOT / "tests" / "wire" in path.parents}
    for item in items:
        if item.path in here:
            item.add_marker(pytest.mark.deep)
