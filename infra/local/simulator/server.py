"""Serves the simulator on loopback, a thread for each connection."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

from infra.local.simulator.guard import Guard, Request
from infra.local.simulator.loopback import LoopbackServer
from infra.local.simulator.responses import Response
from infra.local.simulator.site import ALWAYS, Site

LONGEST_FORM = 20_000
"""Bytes of a form: the longest answer, in the longest encoding, and the hidden fields."""


class Simulator:
    """One server. It takes a port of loopback at once; connections wait until `serving`. Close it once.

    Args:
        port: the port to listen on, if it is free; else any.
    """

    def __init__(self, port: int) -> None:
        self._server = _Server.at(port, _Visit)

    @property
    def url(self) -> str:
        """The page's URL."""
        return f"{self._server.url}/"

    @contextmanager
    def serving(self, site: Callable[[Guard], Site]) -> Iterator[None]:
        """Serve a site until the end of the block. `site`: makes it with the guard of this run."""
        server = self._server
        port = server.server_address[1]
        hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        server.site = site(Guard(hosts, secrets.token_urlsafe(32)))
        thread = server.start("simulator")
        try:
            yield
        finally:
            server.shutdown()
            thread.join(timeout=10)

    def close(self) -> None:
        """Give the port back."""
        self._server.server_close()


class _Server(LoopbackServer):
    site: Site

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing about a browser that hung up."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Visit(BaseHTTPRequestHandler):
    server: _Server
    timeout = 30
    protocol_version = "HTTP/1.1"
    server_version = "Tocsin"
    sys_version = ""

    def do_GET(self) -> None:
        """Answer with a page."""
        self._respond({})

    do_HEAD = do_GET

    def do_POST(self) -> None:
        """Answer a form."""
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > LONGEST_FORM:
            self.close_connection = True
            self._send(Response(413))
            return
        body = self.rfile.read(int(length)).decode(errors="replace")
        self._respond(_last(body))

    def _respond(self, form: Mapping[str, str]) -> None:
        asked = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._send(self.server.site.respond(Request(self.command, asked.path, headers, _last(asked.query), form)))

    def _send(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in {**ALWAYS, **(response.headers or {})}.items():
            self.send_header(name, value)
        if response.status != 304:
            self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    def log_message(self, format: str, *args: object) -> None:
        """Write no log: addresses and texts are in the forms."""


def _last(pairs: str) -> dict[str, str]:
    """Return the last value of each name of an encoded form. A form with more than 50 fields is empty."""
    try:
        found = parse_qs(pairs, keep_blank_values=True, max_num_fields=50)
    except ValueError:
        return {}
    return {name: values[-1] for name, values in found.items()}
