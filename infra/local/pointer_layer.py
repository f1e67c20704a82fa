"""A layer that points to a folder with its modules instead of containing them.

The engine unpacks every layer for every process of every function. For the dependencies, that is 3,000 files, and takes
longer than the rest of a cold start. So the layer is unpacked once. The deployed zip contains one `.pth` file, which
puts the folder first on the path. The code that runs is the same.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from pathlib import Path

from infra.local.package import digest_of_zip


def unpacked(layer: Path) -> Path:
    """Return the folder of a built layer's modules. Its name is a digest of the content, so it never changes."""
    home = layer.with_suffix("")
    folder = home / digest_of_zip(layer)
    if not folder.exists():
        home.mkdir(exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=home, prefix="unfinished-"))
        with zipfile.ZipFile(layer) as archive:
            archive.extractall(fresh)
        for outdated in home.iterdir():
            if outdated != fresh:
                shutil.rmtree(outdated, ignore_errors=True)
        fresh.chmod(0o755)
        fresh.rename(folder)
    return folder / "python"


def pointer_to(layer: Path) -> Path:
    """Return a layer that points to the unpacked `layer` on this machine."""
    folder = unpacked(layer)
    pointer = folder.parent / "pointer.zip"
    with zipfile.ZipFile(pointer, "w") as archive:
        # Python reads .pth files only in a site directory, and a layer may have one.
        archive.writestr(
            "python/lib/python3/site-packages/pointer.pth", f"import sys; sys.path.insert(0, {str(folder)!r})\n"
        )
    return pointer
