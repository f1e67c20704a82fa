"""Start, await and stop the local engine: MiniStack, which plays AWS on one port of this machine.

The engine and the functions it runs (its child processes) share one process group of their own, so that stopping
leaves none of them behind and touches nobody else's. It enforces IAM, listens on loopback only, and keeps what it
knows on disk; it writes that at a clean stop.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from infra.local.complaint import Complaint
from infra.local.places import ROOT, Places

ACCOUNT = "000000000000"
"""The engine's AWS account. MiniStack takes an account id as the access key of that account's root and does not check
its signature; nothing is secret about it, which is one reason to listen on loopback only."""

REGION = "eu-west-2"

START_WITHIN = 60.0
"""Seconds. It takes one to start, and some more to read a big state."""

STOP_WITHIN = 60.0
"""Seconds for saving the state."""


class Engine:
    """One engine process. Start it once, stop it once.

    Attributes:
        python: an interpreter that has MiniStack. It also runs the deployed functions.
        mail_server: host and port that its SES hands mails to, by SMTP; empty = it only notes them.
    """

    def __init__(self, places: Places, port: int, python: Path = Path(sys.executable), mail_server: str = "") -> None:
        self.places = places
        self.port = port
        self.python = python
        self.mail_server = mail_server
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its one endpoint, for every service."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            Complaint: the port is taken, or the engine ends instead of answering.
        """
        self.places.prepare()
        stop_leftover(self.places)
        _require_free(self.port)
        _readdress(self.places.state, self.port)
        with self.places.log.open("wb") as log:
            self._process = subprocess.Popen(
                [self.python, "-m", "infra.local.ministack_process", str(self.places.texts)],
                cwd=ROOT,
                env=self._environment(),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.places.pid.write_text(json.dumps({"pid": self._process.pid, "port": self.port}))
        try:
            self._await_answer(self._process)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Let it save its state, and wait until it and its functions are gone. Harmless when it does not run."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_WITHIN)
        _clear_group(process.pid)
        process.wait()
        self.places.pid.unlink(missing_ok=True)
        shutil.rmtree(self.places.scratch, ignore_errors=True)

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.poll() is None

    def _environment(self) -> dict[str, str]:
        """Return the engine's whole environment: nothing of the user's AWS settings or PYTHONPATH gets in.

        Its functions inherit it, as they would Lambda's.
        """
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL") if name in os.environ}
        return kept | {
            "AUTH": "true",
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "MINISTACK_REGION": REGION,
            "PERSIST_STATE": "1",
            "STATE_DIR": str(self.places.state),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(self.places.state / "s3"),
            "TMPDIR": str(self.places.scratch),
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "SMTP_HOST": self.mail_server,
            "DOCKER_HOST": f"unix://{self.places.scratch}/no-docker",
            "LOG_LEVEL": "WARNING",  # at INFO it logs the addresses that mail goes to
        }

    def _await_answer(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_WITHIN
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise Complaint(f"the engine stopped at once: {last_line(self.places.log)} (see {self.places.log})")
            with suppress(urllib.error.URLError, ConnectionError, TimeoutError):
                urllib.request.urlopen(f"{self.url}/_ministack/ready", timeout=2).read()
                return
            time.sleep(0.05)
        raise Complaint(f"the engine did not answer within {START_WITHIN:.0f} s (see {self.places.log})")


def stop_leftover(places: Places) -> bool:
    """Stop an engine of these places whose runner is gone, if there is one; forget a record that is out of date.

    Returns:
        Whether there was one to stop.
    """
    try:
        pid = int(json.loads(places.pid.read_text())["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        places.pid.unlink(missing_ok=True)
        return False
    ours = _is_engine(pid)
    if ours:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
        _await_end(pid, STOP_WITHIN)
        _clear_group(pid)
    places.pid.unlink(missing_ok=True)
    return ours


def _readdress(state: Path, port: int) -> None:
    """Make a saved state one of this port: queue addresses hold the port, and by another one nobody polls them."""
    noted = state / "port"
    before = noted.read_text() if noted.exists() else str(port)
    if before != str(port):
        old, new = f"//127.0.0.1:{before}/".encode(), f"//127.0.0.1:{port}/".encode()
        for file in state.glob("*.json"):
            file.write_bytes(file.read_bytes().replace(old, new))
    noted.write_text(str(port))


def last_line(log: Path) -> str:
    """Return the last thing a log says."""
    try:
        lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    except OSError:
        lines = []
    return lines[-1].strip() if lines else "it said nothing"


def _require_free(port: int) -> None:
    with socket.socket() as heartbeat:
        heartbeat.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            heartbeat.bind(("127.0.0.1", port))
        except PermissionError as error:
            raise Complaint(f"port {port} is not for ordinary users; pick another with TOCSIN_PORT") from error
        except OSError as error:
            raise Complaint(
                f"port {port} is taken by another program; pick another: make run TOCSIN_PORT={port + 1}"
            ) from error


def _is_engine(pid: int) -> bool:
    """Whether `pid` is an engine started by this module: a number may have gone to some other process since."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:  # not Linux, or no such process
        listed = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
        command = listed.stdout
    return "infra.local.ministack_process" in command


def _await_end(pid: int, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)


def _clear_group(group: int) -> None:
    """End what is left of a process group: functions notice within a moment that the engine is gone, or are killed."""
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except (ProcessLookupError, PermissionError):
            return
        time.sleep(0.05)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
