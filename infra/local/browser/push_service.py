"""A push service with one browser, on loopback: it decrypts what it gets and hands it to the browser."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.exceptions import InvalidTag

from infra.local.browser.keys import BrowserKeys

LONGEST = 4_096
"""Bytes of a push, as in RFC 8030, 7.2."""

_NEEDED = {"content-encoding": "aes128gcm", "ttl": "", "authorization": "vapid "}
"""Headers of a push, and how each begins."""


@contextmanager
def push_service(keys: BrowserKeys, show: Callable[[str], object]) -> Iterator[str]:
    """Listen until the end of the block, and give the endpoint of the browser.

    Args:
        show: takes each message that was decrypted.
    """

    class Push(BaseHTTPRequestHandler):
        timeout = 30
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not length.isdecimal() or int(length) > LONGEST:
                self.close_connection = True
                return self._answer(413)
            return self._answer(_taken(keys, dict(self.headers.items()), self.rfile.read(int(length)), show))

        def _answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Write no log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Push)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="push service", daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/push/1"
    finally:
        server.shutdown()
        server.server_close()


def _taken(keys: BrowserKeys, headers: Mapping[str, str], body: bytes, show: Callable[[str], object]) -> int:
    """Return the status of the answer to a push."""
    given = {name.lower(): value for name, value in headers.items()}
    if not all(name in given and given[name].startswith(begin) for name, begin in _NEEDED.items()):
        return 400
    try:
        message = keys.decrypted(body).decode()
    except (InvalidTag, ValueError):
        return 400
    show(message)
    return 201
