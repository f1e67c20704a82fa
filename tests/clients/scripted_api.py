"""An HTTP server that gives answers from a list and notes what it was asked."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Scripted:
    """One answer. `fault`: `reset` gives none, `short` ends too early, `late` comes after half a second."""

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    fault: str = ""


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any


class ScriptedApi:
    """The server: its address, and the requests so far."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/live"
        self.asked: list[Asked] = []


@contextmanager
def scripted(*answers: Scripted) -> Iterator[ScriptedApi]:
    """Serve the answers, one a request. A request too many gets 418."""
    waiting = list(answers)

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(length)) if length else None
            api.asked.append(Asked(self.command, self.path, dict(self.headers), body))
            told = waiting.pop(0) if waiting else Scripted(418)
            if told.fault == "reset":
                self.close_connection = True
                return
            time.sleep(0.5 if told.fault == "late" else 0)
            data = told.body.encode() if isinstance(told.body, str) else json.dumps(told.body).encode()
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data) + (9 if told.fault == "short" else 0)))
            self.end_headers()
            if told.fault != "late":
                self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_DELETE = answer

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    api = ScriptedApi(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
