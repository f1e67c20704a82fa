"""Makes a Python environment from requirements with hashes.

    python -m infra.environment .venv-engine requirements/engine.txt

Standard library only. uv, installed from requirements/uv.txt, installs the packages; if uv does not work, pip does. A
stamp file contains the hash of the requirements and the Python version; while it matches, no step is repeated.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path

from infra.progress import still

ROOT = Path(__file__).resolve().parents[1]

UV = ROOT / "requirements" / "uv.txt"

STAMP = "made-from"
"""Name of the stamp inside an environment. The Makefile knows it too."""


class Unmakeable(Exception):
    """The environment cannot be made; the text is one line with cause and remedy."""


def make(environment: Path, requirements: Path) -> None:
    """Install exactly the packages of `requirements` into `environment`; no effect if they are installed.

    Raises:
        Unmakeable: no venv module, no permission, or an installer failed.
    """
    stamp = environment / STAMP
    wanted = _wanted(requirements)
    if stamp.exists() and stamp.read_text() == wanted:
        stamp.touch()
        return
    begun = time.monotonic()
    version = ".".join(map(str, sys.version_info[:3]))
    _say(f"{environment.name}: making it with Python {version}")
    python = environment / "bin" / "python"
    stamp.unlink(missing_ok=True)
    with still(_say, environment.name):
        _run(
            [sys.executable, "-m", "venv", "--clear", str(environment)],
            f"{environment.name} cannot be made",
            _venv_advice(),
        )
        _say(f"{environment.name}: installing {_count(requirements)} packages")
        if not _with_uv(python, environment, requirements):
            _say(f"{environment.name}: uv cannot be used here, installing with pip")
            _run([*_pip(python), "uninstall", "--yes", "uv"], "pip cannot remove uv")
            packages = [*_pip(python), "install", "--require-hashes", "-r", str(requirements)]
            _run(packages, "pip cannot install the packages")
    stamp.write_text(wanted)
    _say(f"{environment.name}: ready after {time.monotonic() - begun:.0f} s")


def _with_uv(python: Path, environment: Path, requirements: Path) -> bool:
    """Install with uv, which stays in the environment, because builds use it. False: uv failed."""
    if not _succeeds([*_pip(python), "install", "--require-hashes", "-r", str(UV)]):
        return False
    uv = python.with_name("uv")
    here = {"VIRTUAL_ENV": str(environment.resolve())}
    return _succeeds([str(uv), "pip", "sync", "--quiet", "--require-hashes", str(requirements), str(UV)], here)


def _pip(python: Path) -> list[str]:
    return [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet"]


def _wanted(requirements: Path) -> str:
    digest = hashlib.sha256(requirements.read_bytes() + UV.read_bytes()).hexdigest()
    return f"{digest}\n{sys.version}\n{sys.base_prefix}\n"


def _count(requirements: Path) -> int:
    return sum("==" in line and not line.startswith(("#", " ")) for line in requirements.read_text().splitlines())


def _venv_advice() -> str:
    missing = [module for module in ("venv", "ensurepip") if importlib.util.find_spec(module) is None]
    if not missing:
        return ""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return (
        f"this Python has no {' and no '.join(missing)} module; on Debian and Ubuntu: apt install python{version}-venv"
    )


def _succeeds(command: list[str], more: dict[str, str] | None = None) -> bool:
    return subprocess.run(command, env=os.environ | (more or {}), capture_output=True, check=False).returncode == 0  # noqa: S603


def _run(command: list[str], complaint: str, advice: str = "") -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        said = [line for line in (done.stderr + done.stdout).splitlines() if line.strip()]
        raise Unmakeable(f"{complaint}: {advice or (said[-1] if said else 'no output')}")


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    try:
        make(Path(sys.argv[1]), Path(sys.argv[2]))
    except Unmakeable as reason:
        sys.exit(f"tocsin: {reason}")
    except OSError as reason:
        sys.exit(f"tocsin: cannot write {reason.filename}: {reason.strerror}")
