"""Builds the artefacts of a stack, without SAM or Docker: one zip of all functions and one for each layer.

    python -m infra.build --target host          for the local engine: this machine, this interpreter
    python -m infra.build --target lambda        for AWS: CPython 3.13 on Linux x86_64; needs a Python 3.13 to compile

`sam build` runs the same Makefiles, so both ways give the same files. Equal sources give equal bytes, and an unchanged
artefact is not built again.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from infra.progress import still

Target = Literal["host", "lambda"]

ROOT = Path(__file__).resolve().parent.parent

LAMBDA_PYTHON = "3.13"


@dataclass(frozen=True, slots=True)
class Artefacts:
    """The zips of one build, each laid out as Lambda unpacks it (functions: `/var/task`, layers: `/opt`)."""

    functions_zip: Path
    core_layer_zip: Path
    dependencies_layer_zip: Path


@dataclass(frozen=True, slots=True)
class Piece:
    """One zip to build: target `goal` of the Makefile in `folder`."""

    name: str
    folder: str
    goal: str


PIECES = (
    Piece("functions", "functions", "build-Functions"),
    Piece("core layer", "layers/core", "build-CoreLayer"),
    Piece("dependencies layer", "layers/dependencies", "build-DependenciesLayer"),
)


class BuildFailed(Exception):
    """A zip could not be built; the text is the tool's output."""


def build(target: Target, out: Path, say: Callable[[str], None], *, python: Path | None = None) -> Artefacts:
    """Build all three zips into `out`/`target`, reusing those whose sources have not changed.

    Args:
        say: called with one line per zip.
        python: the interpreter that will run the code. Default for host: this one; for lambda: the first Python 3.13
            found.

    Raises:
        BuildFailed: a tool failed, or no Python 3.13 was found for target lambda.
    """
    interpreter = python or (Path(sys.executable) if target == "host" else lambda_python())
    home = out.resolve() / target
    home.mkdir(parents=True, exist_ok=True)
    functions, core, dependencies = (_made(piece, home, target, interpreter, say) for piece in PIECES)
    return Artefacts(functions, core, dependencies)


def lambda_python() -> Path:
    """Return a Python of the Lambda runtime's version.

    The search covers `TOCSIN_LAMBDA_PYTHON`, the path, and pyenv's versions (its shim runs active versions only).

    Raises:
        BuildFailed: none was found.
    """
    named = os.environ.get("TOCSIN_LAMBDA_PYTHON")
    for candidate in [named] if named else _pythons_at_hand():
        if candidate and (found := _python_version(candidate)) == LAMBDA_PYTHON:
            return Path(candidate)
        if named:
            raise BuildFailed(f"TOCSIN_LAMBDA_PYTHON={named} is Python {found or '?'}, not {LAMBDA_PYTHON}")
    raise BuildFailed(f"no Python {LAMBDA_PYTHON} found: install it, or name it in TOCSIN_LAMBDA_PYTHON")


def _made(piece: Piece, home: Path, target: Target, python: Path, say: Callable[[str], None]) -> Path:
    artefact = home / f"{piece.name.replace(' ', '-')}.zip"
    stamp_file = artefact.with_suffix(".stamp")
    stamp = _stamp(ROOT / piece.folder, target, python)
    if artefact.exists() and stamp_file.exists() and stamp_file.read_text() == stamp:
        say(f"{piece.name}: unchanged")
        return artefact
    say(f"{piece.name}: building for {target}")
    stamp_file.unlink(missing_ok=True)
    with still(say, piece.name), tempfile.TemporaryDirectory(dir=home) as tree:
        _make(piece, Path(tree), target, python)
        _zip(Path(tree), artefact)
    stamp_file.write_text(stamp)
    return artefact


def _make(piece: Piece, tree: Path, target: Target, python: Path) -> None:
    command = [
        "make", "--silent", "--no-print-directory", "-C", str(ROOT / piece.folder), piece.goal,
        f"ARTIFACTS_DIR={tree}", f"PYTHON={python}",
        f"HOST={python if target == 'host' else ''}",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own Makefiles
    if done.returncode:
        raise BuildFailed(f"{piece.name}: {done.stdout}{done.stderr}".strip())


def _stamp(folder: Path, target: Target, python: Path) -> str:
    """Return a hash of all inputs of the zip: its sources, this module, and the interpreter's version."""
    digest = hashlib.sha256(f"{target} {_python_version(str(python))}\n".encode())
    for path in [Path(__file__), *_sources(folder)]:
        digest.update(f"{path.relative_to(ROOT)} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def _sources(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path


def _zip(tree: Path, artefact: Path) -> None:
    """Pack a tree so that equal trees give equal bytes: sorted names, one fixed time, fixed permissions."""
    unfinished = artefact.with_suffix(".part")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in sorted(tree.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(path.relative_to(tree).as_posix(), date_time=(1980, 1, 1, 0, 0, 0))
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = (0o755 if path.suffix == ".so" else 0o644) << 16
                archive.writestr(entry, path.read_bytes())
    unfinished.replace(artefact)


def _pythons_at_hand() -> list[str]:
    name = f"python{LAMBDA_PYTHON}"
    on_path = shutil.which(name)
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    return ([on_path] if on_path else []) + sorted(map(str, pyenv.glob(f"{LAMBDA_PYTHON}*/bin/{name}")), reverse=True)


def _python_version(python: str) -> str | None:
    """Return `major.minor` of an interpreter, None if it does not run."""
    question = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run([python, "-I", "-c", question], capture_output=True, text=True, check=False)  # noqa: S603
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def main(words: Sequence[str] | None = None) -> int:
    """Build as the command line says. Returns the exit code."""
    arguments = argparse.ArgumentParser(prog="python -m infra.build", description=__doc__)
    arguments.add_argument("--target", choices=get_args(Target), required=True)
    arguments.add_argument("--out", type=Path, default=ROOT / ".build")
    chosen = arguments.parse_args(words)
    try:
        build(chosen.target, chosen.out, lambda line: print(line, flush=True))
    except BuildFailed as failure:
        print(f"build failed: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
