"""The simulated webhook endpoint of a client, on loopback. It stores each call and answers as the path says.

`POST /…` is answered with 204, `POST /status/503` with 503. Each call becomes a JSON line of the file: time, path,
status, headers and unchanged body, so that signatures can be checked.
"""

from __future__ import annotations

import json
import os
import re
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from infra.local.simulator.loopback import LoopbackServer

MOST_BYTES = 20_000_000
"""Longest file. A longer one is renamed to `….1`, and a new file begins."""

LONGEST_BODY = 1_000_000


class CallbackReceiver:
    """One webhook endpoint. Start it once, stop it once."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._server: _Server | None = None

    @property
    def url(self) -> str:
        """The endpoint's URL."""
        if self._server is None:
            raise RuntimeError("the webhook endpoint is not started")
        return f"{self._server.url}/callbacks"

    def start(self) -> None:
        """Listen on a free port of loopback."""
        self._server = _Server.at(0, _Call)
        self._server.file = self.file
        self._server.start("callbacks")

    def stop(self) -> None:
        """Stop listening. No effect if it does not run."""
        server, self._server = self._server, None
        if server is not None:
            server.stop()


class _Server(LoopbackServer):
    file: Path
    writing = threading.Lock()

    def keep(self, line: str) -> None:
        with self.writing:
            if self.file.exists() and self.file.stat().st_size > MOST_BYTES:
                self.file.replace(self.file.with_suffix(".jsonl.1"))
            with os.fdopen(os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as file:
                file.write(line + "\n")


class _Call(BaseHTTPRequestHandler):
    server: _Server
    timeout = 30
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Store one call and answer it."""
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > LONGEST_BODY:
            self.close_connection = True
            self._answer(413)
            return
        body = self.rfile.read(int(length)).decode(errors="replace")
        asked = re.fullmatch(r"/status/([2-5]\d\d)", self.path)
        status = int(asked[1]) if asked else 204
        headers = {name.lower(): value for name, value in self.headers.items()}
        line = {"at": datetime.now(UTC).isoformat(), "path": self.path, "status": status, "headers": headers}
        self.server.keep(json.dumps({**line, "body": body}))
        self._answer(status)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Write no log: the file has every call."""
