"""Files of npm packages are what assets.lock says: `make assets` brings others."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from infra.assets import LOCK, WrongPackage, digest, locked, unpack
from tests.architecture.deployment import ROOT

ENTRIES = locked()

OWN = {
    "docs.css", "reference.js", "console.css", "console.js", "push.js", "sw.js", "icon.svg", "tocsin.css",
}  # fmt: skip
"""Our own files beside them."""


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["package"])
def test_the_files_of_a_package_are_those_of_the_lock(entry: dict[str, Any]) -> None:
    there = {path.name: digest(path.read_bytes()) for path in (ROOT / entry["folder"]).iterdir()}

    files = {Path(name).name: found for name, found in entry["files"].items()}
    assert files.items() <= there.items(), "run: make assets"
    assert there.keys() - files.keys() <= OWN


def test_the_lock_has_versions_and_digests_and_no_address() -> None:
    assert "://" not in LOCK.read_text()
    assert LOCK.read_text() == json.dumps(ENTRIES, indent=2) + "\n"
    for entry in ENTRIES:
        assert all(value.startswith("sha512-") for value in (entry["sha512"], *entry["files"].values()))


def test_what_the_functions_carry_stays_small() -> None:
    size = sum(path.stat().st_size for path in (ROOT / "functions/alerts_api/assets").iterdir())

    assert size < 2_000_000


def packed(folder: Path, **files: bytes) -> Path:
    """Return a package as npm packs it."""
    package = folder / "one-1.0.0.tgz"
    with tarfile.open(package, "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return package


def test_a_package_is_unpacked_only_if_it_is_that_of_the_lock(tmp_path: Path) -> None:
    package = packed(tmp_path, a=b"1", b=b"2")
    entry = {"package": "one", "version": "1.0.0", "sha512": digest(package.read_bytes()), "files": {"a": ""}}

    assert unpack(entry, package) == {"a": b"1"}
    with pytest.raises(WrongPackage, match="has no file c"):
        unpack({**entry, "files": {"c": ""}}, package)
    with pytest.raises(WrongPackage, match=r"assets\.lock says"):
        unpack({**entry, "sha512": digest(b"")}, package)
