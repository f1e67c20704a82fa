"""A push service on loopback, with browsers: it decrypts what it gets, and hands it to the browser it is for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

from cryptography.exceptions import InvalidTag

from infra.local.browser.keys import BrowserKeys
from infra.local.simulator.loopback import LoopbackServer

LONGEST = 4_096
"""Bytes of a push, as in RFC 8030, 7.2."""

_NEEDED = {"content-encoding": "aes128gcm", "ttl": "", "authorization": "vapid "}
"""Headers of a push, and how each begins."""

_PATH = "/push/"

Show = Callable[[str, str], object]
"""Takes the name of the browser, and a message that was decrypted."""


@contextmanager
def push_service(keys: BrowserKeys, show: Show, port: int = 0) -> Iterator[Callable[[str], str]]:
    """Listen until the end of the block, and give what returns the endpoint of a browser by its name.

    Args:
        keys: of all browsers.
        port: the port to listen on, if it is free; else any.
    """
    server = _Server.at(port, _Push)
    server.keys, server.show = keys, show
    server.start("push service")
    try:
        yield lambda name: f"{server.url}{_PATH}{name}"
    finally:
        server.stop()


class _Server(LoopbackServer):
    keys: BrowserKeys
    show: Show


class _Push(BaseHTTPRequestHandler):
    server: _Server
    timeout = 30
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Take a push."""
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > LONGEST:
            self.close_connection = True
            self._answer(413)
            return
        body = self.rfile.read(int(length))
        self._answer(self._taken(body) if self.path.startswith(_PATH) else 404)

    def _taken(self, body: bytes) -> int:
        """Return the status of the answer to a push."""
        if not _is_push({name.lower(): value for name, value in self.headers.items()}):
            return 400
        try:
            message = self.server.keys.decrypted(body).decode()
        except (InvalidTag, ValueError):
            return 400
        self.server.show(self.path.removeprefix(_PATH), message)
        return 201

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Write no log: endpoints are secrets."""


def _is_push(headers: Mapping[str, str]) -> bool:
    return all(name in headers and headers[name].startswith(begin) for name, begin in _NEEDED.items())
