"""The files and the port of the local engine.

All files are in `.local/`, or in the folder TOCSIN_HOME. If the folder is deleted, the next run starts with no data.
"""

from __future__ import annotations

import os
import shutil
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.local.complaint import Complaint

ROOT = Path(__file__).resolve().parents[2]
"""The checkout."""

BUILD = ROOT / ".build"
"""Folder of built artefacts."""

DEFAULT_PORT = 8642
"""The engine's port unless TOCSIN_PORT is set."""


@dataclass(frozen=True, slots=True)
class Places:
    """The files of one engine.

    Attributes:
        home: folder with mode 0700, because it contains all data of the local tenants.
    """

    home: Path

    @property
    def state(self) -> Path:
        """The engine's saved state."""
        return self.home / "state"

    @property
    def scratch(self) -> Path:
        """The engine's temporary files, its unpacked functions among them."""
        return self.home / "scratch"

    @property
    def code(self) -> Path:
        """Our own code as it is deployed here. Other builds of this checkout leave it alone."""
        return self.home / "code"

    @property
    def log(self) -> Path:
        """The engine's log of this run."""
        return self.home / "engine.log"

    @property
    def pid(self) -> Path:
        """Process id and port of the running engine, as JSON."""
        return self.home / "engine.pid"

    @property
    def lock(self) -> Path:
        """Locked by the runner while it runs."""
        return self.home / "lock"

    @property
    def run(self) -> Path:
        """Addresses and keys of the running system, for clients."""
        return self.home / "run.json"

    @property
    def mail(self) -> Path:
        """The delivered mails, as `.eml` files."""
        return self.home / "mail"

    @property
    def tenant_mail(self) -> Path:
        """Certificates and password of the demo tenant's mail server. Its mails are in `mail/tenant`."""
        return self.home / "tenant-mail"

    @property
    def trusted(self) -> Path:
        """Certificates that the system's outgoing calls trust: of that server's authority, and of TOCSIN_CA."""
        return self.home / "trusted.pem"

    @property
    def clock(self) -> Path:
        """Seconds by which the clock of this engine is ahead (`make tick`); no file means none."""
        return self.home / "clock"

    @property
    def texts(self) -> Path:
        """The text messages of this run, a JSON line each (`noted_texts`)."""
        return self.home / "texts.jsonl"

    @property
    def callbacks(self) -> Path:
        """The received webhooks, a JSON line each."""
        return self.home / "callbacks.jsonl"

    @property
    def browsers(self) -> Path:
        """Keys of the simulated browsers, and for whom they are subscribed."""
        return self.home / "browsers.json"

    @property
    def pushes(self) -> Path:
        """What the simulated browsers have shown, a JSON line each (`browser.browsers.Push`)."""
        return self.home / "pushes.jsonl"

    @property
    def calls(self) -> Path:
        """The calls, out and in, a JSON line each (`outside.contact.Contact.line`)."""
        return self.home / "calls.jsonl"

    def prepare(self) -> None:
        """Create the folders.

        Raises:
            Complaint: they are not writable.
        """
        try:
            for folder in (self.home, self.state, self.scratch):
                folder.mkdir(parents=True, exist_ok=True)
                folder.chmod(0o700)
            trial = self.home / ".writable"
            trial.touch()
            trial.unlink()
        except OSError as error:
            raise Complaint(f"cannot write to {self.home}: {error.strerror}") from error

    def forget(self) -> None:
        """Delete the data of a system, but not the lock. Other files in the folder stay."""
        for folder in (self.state, self.scratch, self.code, self.mail, self.tenant_mail):
            shutil.rmtree(folder, ignore_errors=True)
        for file in (
            self.log,
            self.run,
            self.trusted,
            self.clock,
            self.texts,
            self.calls,
            self.browsers,
            self.pushes,
            self.callbacks,
            self.callbacks.with_suffix(".jsonl.1"),
        ):
            file.unlink(missing_ok=True)


def shown(path: Path) -> str:
    """Return a path relative to the current folder, if it is inside."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def chosen_home(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of the data: TOCSIN_HOME, or `.local` of the checkout."""
    return Path(environ.get("TOCSIN_HOME") or ROOT / ".local").resolve()


def chosen_port(environ: Mapping[str, str] = os.environ) -> int:
    """Return the port: TOCSIN_PORT, or DEFAULT_PORT.

    Raises:
        Complaint: TOCSIN_PORT is not a port number.
    """
    text = environ.get("TOCSIN_PORT", "").strip()
    if not text:
        return DEFAULT_PORT
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise Complaint(f"TOCSIN_PORT must be a number from 1 to 65535, not {text!r}")
    return int(text)


def chosen_ca(environ: Mapping[str, str] = os.environ) -> str:
    """Return the absolute path of the file TOCSIN_CA: certificates that the system's outgoing calls trust; empty: none.

    Raises:
        Complaint: the file has no certificate, or cannot be read.
    """
    text = environ.get("TOCSIN_CA", "").strip()
    if not text:
        return ""
    file = Path(text).expanduser().resolve()
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(file)
    except OSError as error:  # an SSLError is one
        raise Complaint(f"TOCSIN_CA must be a file of certificates (PEM), and {text} is not: {error}") from error
    return str(file)


def free_port() -> int:
    """Return a loopback port that is free at the moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
