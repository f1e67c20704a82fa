"""A layer that points to a folder with its modules instead of containing them.

The engine unpacks every layer for every process of every function, by itself, and answers nothing meanwhile. Our own
code is 1,100 files and takes up to a second of CPU, the dependencies are 3,000. So a layer is unpacked once. The
deployed zip contains one `.pth` file, which puts the folder first on the path. The code that runs is the same.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from pathlib import Path

from infra.local.package import digest_of_zip


def unpacked(layer: Path, home: Path | None = None) -> Path:
    """Return the folder of a built layer's modules. Its name is a digest of the content, so it never changes.

    Args:
        home: where layers are unpacked; None = beside the layer.
    """
    folder = _folder(layer, home)
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=folder.parent, prefix="unfinished-"))
        with zipfile.ZipFile(layer) as archive:
            archive.extractall(fresh)
        fresh.chmod(0o755)
        fresh.rename(folder)
    return folder / "python"


def pointer_to(layer: Path, home: Path | None = None) -> Path:
    """Return a layer that points to the unpacked `layer` on this machine. `home`: as for `unpacked`."""
    modules = unpacked(layer, home)
    pointer = modules.parent.parent / "pointer.zip"
    with zipfile.ZipFile(pointer, "w") as archive:
        # Python reads .pth files only in a site directory, and a layer may have one.
        archive.writestr(
            "python/lib/python3/site-packages/pointer.pth", f"import sys; sys.path.insert(0, {str(modules)!r})\n"
        )
    return pointer


def forget_outdated(layer: Path, home: Path | None = None) -> None:
    """Delete what earlier builds of `layer` left. Call it once no deployed function points there any more."""
    current = _folder(layer, home)
    for outdated in current.parent.iterdir():
        if outdated.is_dir() and outdated != current:
            shutil.rmtree(outdated, ignore_errors=True)


def _folder(layer: Path, home: Path | None) -> Path:
    return (home or layer.parent) / layer.stem / digest_of_zip(layer)
