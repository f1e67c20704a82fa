"""Starts and stops the local engine: MiniStack, which emulates AWS on one port of this machine.

The engine and its functions (child processes) have a process group of their own, so that a stop ends exactly these
processes. The engine enforces IAM and listens on loopback only. It writes its state to disk when it stops.
"""

from __future__ import annotations

import json
import os
import re
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
"""The engine's AWS account. MiniStack accepts an account id as the access key of the account's root user, and checks no
signature. So every process of this machine has access, and the engine listens on loopback only."""

REGION = "eu-west-2"

START_WITHIN = 60.0
"""Seconds. A start takes one, and more with a big state."""

STOP_WITHIN = 60.0
"""Seconds for saving the state."""


class Engine:
    """One engine process. Start it once, stop it once.

    Attributes:
        python: an interpreter that has MiniStack. It also runs the deployed functions.
        mail_server: host and port to which its SES relays mails by SMTP; empty = SES only logs them.
    """

    def __init__(self, places: Places, port: int, python: Path = Path(sys.executable), mail_server: str = "") -> None:
        self.places = places
        self.port = port
        self.python = python
        self.mail_server = mail_server
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The endpoint of all its services."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the engine and wait until it answers.

        Raises:
            Complaint: the port is in use, or the engine ends at once.
        """
        self.places.prepare()
        stop_leftover(self.places)
        _require_free(self.port)
        _readdress(self.places.state, self.port)
        with self.places.log.open("wb") as log:
            self._process = subprocess.Popen(
                [self.python, "-m", "infra.local.ministack.process", str(self.places.texts)],
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
        """Stop the engine: it saves its state, and its functions end. No effect if it does not run."""
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
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def _environment(self) -> dict[str, str]:
        """Return the engine's environment, without the user's AWS settings and PYTHONPATH.

        Its functions inherit this environment.
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
    """Stop an engine of these places whose runner has ended; remove an outdated pid file.

    Returns:
        Whether an engine was stopped.
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
    """Replace the port in a saved state. URLs of queues and settings of functions contain it."""
    noted = state / "port"
    before = noted.read_text() if noted.exists() else str(port)
    if before != str(port):
        old, new = re.compile(rb"//127\.0\.0\.1:%d(?!\d)" % int(before)), f"//127.0.0.1:{port}".encode()
        for file in state.glob("*.json"):
            file.write_bytes(old.sub(new, file.read_bytes()))
    noted.write_text(str(port))


def last_line(log: Path) -> str:
    """Return the last line of a log that is not empty."""
    try:
        lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    except OSError:
        lines = []
    return lines[-1].strip() if lines else "no output"


def _require_free(port: int) -> None:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except PermissionError as error:
            raise Complaint(f"port {port} needs root; choose another with TOCSIN_PORT") from error
        except OSError as error:
            raise Complaint(
                f"port {port} is taken by another program; choose another: make run TOCSIN_PORT={port + 1}"
            ) from error


def _is_engine(pid: int) -> bool:
    """Whether the process `pid` is an engine of this module. Another process may have got the number since."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:  # not Linux, or no such process
        listed = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
        command = listed.stdout
    return "infra.local.ministack.process" in command


def _await_end(pid: int, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)


def _clear_group(group: int) -> None:
    """Wait up to 2 s until a process group has ended, then kill it. Functions end by themselves without the engine."""
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except (ProcessLookupError, PermissionError):
            return
        time.sleep(0.05)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
