"""Brings the files that browsers load from npm packages into the repository, as assets.lock says: `make assets`.

assets.lock lists packages. Of each it has the version, the SHA-512 of the package as npm writes it, the folder, and the
files with the SHA-512 of their bytes. For another version, change `version` and `sha512` (`npm view NAME@VERSION
dist.integrity`), then run `make assets`. It checks the package, and writes the files and their digests. A test compares
the files with the lock, so builds and tests need no npm.
"""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent

LOCK = ROOT / "assets.lock"


class WrongPackage(Exception):
    """The package is not the one of the lock."""


def digest(content: bytes) -> str:
    """Return the SHA-512 as npm and browsers write it."""
    return "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()


def locked() -> list[dict[str, Any]]:
    """Return the entries of the lock."""
    entries: list[dict[str, Any]] = json.loads(LOCK.read_text())
    return entries


def unpack(entry: Mapping[str, Any], package: Path) -> dict[str, bytes]:
    """Return the contents of the entry's files.

    Raises:
        WrongPackage: the package has another digest than the lock, or lacks a file.
    """
    if (found := digest(package.read_bytes())) != entry["sha512"]:
        raise WrongPackage(f"{entry['package']} {entry['version']} is {found}, and assets.lock says {entry['sha512']}")
    contents = {}
    with tarfile.open(package) as archive:
        for name in entry["files"]:
            try:
                member = archive.extractfile(f"package/{name}")
            except KeyError:
                member = None
            if member is None:
                raise WrongPackage(f"{entry['package']} {entry['version']} has no file {name}")
            contents[name] = member.read()
    return contents


def _packed(entry: Mapping[str, Any], folder: Path) -> Path:
    """Return the package as npm packs it."""
    named = f"{entry['package']}@{entry['version']}"
    subprocess.run(  # noqa: S603
        ["npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", str(folder), named],  # noqa: S607
        check=True,
        stdout=subprocess.DEVNULL,
    )
    (package,) = folder.iterdir()
    return package


def main() -> int:
    """Write the files and their digests. Returns the exit code."""
    entries = locked()
    for entry in entries:
        with tempfile.TemporaryDirectory() as folder:
            try:
                contents = unpack(entry, _packed(entry, Path(folder)))
            except (WrongPackage, OSError, subprocess.CalledProcessError) as reason:
                print(f"tocsin: {reason}", file=sys.stderr)
                return 1
        for name, content in contents.items():
            (ROOT / entry["folder"] / Path(name).name).write_bytes(content)
        entry["files"] = {name: digest(content) for name, content in contents.items()}
        print(f"{entry['folder']}: {entry['package']} {entry['version']}, {len(contents)} files")
    LOCK.write_text(json.dumps(entries, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
