"""Where the runner keeps things, and where it listens.

Everything is under `.local/`, or where TOCSIN_HOME says; deleting that starts afresh.
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.local.complaint import Complaint

ROOT = Path(__file__).resolve().parents[2]
"""The checkout."""

BUILD = ROOT / ".build"
"""Where built artefacts go."""

DEFAULT_PORT = 8642
"""Where the engine listens unless TOCSIN_PORT says otherwise."""


@dataclass(frozen=True, slots=True)
class Places:
    """The files of one engine.

    Attributes:
        home: private to the owner (mode 0700): it holds everything the local tenants ever sent.
    """

    home: Path

    @property
    def state(self) -> Path:
        """What the engine remembers between two runs."""
        return self.home / "state"

    @property
    def scratch(self) -> Path:
        """The engine's temporary files, its unpacked functions among them."""
        return self.home / "scratch"

    @property
    def log(self) -> Path:
        """What the engine itself had to say in this run."""
        return self.home / "engine.log"

    @property
    def pid(self) -> Path:
        """Who runs the engine: see `engine.Engine`."""
        return self.home / "engine.pid"

    @property
    def lock(self) -> Path:
        """Held by a runner for as long as it lives."""
        return self.home / "lock"

    @property
    def run(self) -> Path:
        """Addresses and keys of the running system, for any client to find its way."""
        return self.home / "run.json"

    @property
    def mail(self) -> Path:
        """The mails that arrived, as `.eml` files."""
        return self.home / "mail"

    @property
    def texts(self) -> Path:
        """The text messages of this run, a JSON line each: `noted_texts`."""
        return self.home / "texts.jsonl"

    @property
    def callbacks(self) -> Path:
        """What the receiver of callbacks was posted, a JSON line each."""
        return self.home / "callbacks.jsonl"

    def prepare(self) -> None:
        """Make the folders.

        Raises:
            Complaint: they cannot be written.
        """
        try:
            for folder in (self.home, self.state, self.scratch):
                folder.mkdir(parents=True, exist_ok=True)
                folder.chmod(0o700)
            heartbeat = self.home / ".writable"
            heartbeat.touch()
            heartbeat.unlink()
        except OSError as error:
            raise Complaint(f"cannot write to {self.home}: {error.strerror}") from error

    def forget(self) -> None:
        """Remove what a system keeps here, but the lock. What else lies in the folder may be anybody's, and stays."""
        for folder in (self.state, self.scratch, self.mail):
            shutil.rmtree(folder, ignore_errors=True)
        for file in (self.log, self.run, self.texts, self.callbacks, self.callbacks.with_suffix(".jsonl.1")):
            file.unlink(missing_ok=True)


def shown(path: Path) -> str:
    """Return a path as one would type it here."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def chosen_home(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the folder the user wants the data in."""
    return Path(environ.get("TOCSIN_HOME") or ROOT / ".local").resolve()


def chosen_port(environ: Mapping[str, str] = os.environ) -> int:
    """Return the port the user wants.

    Raises:
        Complaint: TOCSIN_PORT is not a port number.
    """
    text = environ.get("TOCSIN_PORT", "").strip()
    if not text:
        return DEFAULT_PORT
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise Complaint(f"TOCSIN_PORT must be a number from 1 to 65535, not {text!r}")
    return int(text)


def free_port() -> int:
    """Return a loopback port that nobody listens on right now."""
    with socket.socket() as heartbeat:
        heartbeat.bind(("127.0.0.1", 0))
        port: int = heartbeat.getsockname()[1]
        return port
