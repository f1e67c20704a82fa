"""A layer that says where its modules are instead of holding them.

The engine unpacks every layer for every process of every function: 3,000 files a time for the dependencies, which takes
longer than all the rest of a cold start. On one machine that is needless: the layer is unpacked once, and what is
deployed is a zip with one `.pth` file in it that puts that folder first on the path. The code that runs is the same.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from pathlib import Path

from infra.local.package import digest_of_zip


def unpacked(layer: Path) -> Path:
    """Return the folder of a built layer's modules. It is named by their content and never changes."""
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
    """Return a layer that stands for `layer` on this machine."""
    folder = unpacked(layer)
    pointer = folder.parent / "pointer.zip"
    with zipfile.ZipFile(pointer, "w") as archive:
        # Layers may have a site directory, and it is the one place where .pth files are heeded.
        archive.writestr(
            "python/lib/python3/site-packages/pointer.pth", f"import sys; sys.path.insert(0, {str(folder)!r})\n"
        )
    return pointer
