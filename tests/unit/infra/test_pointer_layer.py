"""Layers that point to a folder: what runs is what was built, and no build takes another's code away."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from infra.local.pointer_layer import forget_outdated, pointer_to, unpacked


def built(folder: Path, text: str) -> Path:
    layer = folder / "core-layer.zip"
    with zipfile.ZipFile(layer, "w") as archive:
        archive.writestr("python/greeting.py", f"WORD = {text!r}\n")
    return layer


def imported(layer: Path, place: Path) -> str:
    """Unpack a pointer as the engine unpacks a layer, and import what it points to."""
    with zipfile.ZipFile(layer) as archive:
        archive.extractall(place)
    code = f"import site; site.addsitedir({str(place / 'python/lib/python3/site-packages')!r}); import greeting; print(greeting.WORD)"
    done = subprocess.run([sys.executable, "-I", "-B", "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_what_a_pointer_leads_to_is_what_was_built(tmp_path: Path) -> None:
    pointer = pointer_to(built(tmp_path, "north"), tmp_path / "home")
    assert imported(pointer, tmp_path / "function") == "north"
    with zipfile.ZipFile(pointer) as archive:
        assert len(archive.namelist()) == 1  # this is what each start of a function unpacks


def test_a_new_build_leaves_the_folder_of_a_running_engine_until_nothing_points_there(tmp_path: Path) -> None:
    running, other = tmp_path / "running", tmp_path / "other"
    before = unpacked(built(tmp_path, "north"), running)

    # another engine of the same checkout builds and deploys
    layer = built(tmp_path, "south")
    unpacked(layer, other)
    forget_outdated(layer, other)
    assert before.exists()

    # this one deploys, and forgets the outdated code afterwards
    after = unpacked(layer, running)
    assert before.exists()
    forget_outdated(layer, running)
    assert not before.exists()
    assert (after / "greeting.py").read_text() == "WORD = 'south'\n"
