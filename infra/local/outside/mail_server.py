"""The receivers' simulated mail server: accepts every mail, by SMTP on loopback.

It implements the part of RFC 5321 that the engine's SES uses, with one thread per connection.
"""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Callable, Sequence

LARGEST = 40_000_000
"""Most bytes of a mail, as in SES."""

_PATH = re.compile(rb"(?:FROM|TO):\s*<([^<>\r\n]*)>", re.IGNORECASE)

Arrive = Callable[[Sequence[str], bytes], None]
"""Processes an accepted mail: the receivers of its envelope, and the raw mail."""


class MailServer:
    """One server. Start it once, stop it once."""

    def __init__(self, arrive: Arrive) -> None:
        self._arrive = arrive
        self._server: _Server | None = None

    @property
    def address(self) -> str:
        """Host and port, as SMTP_HOST has them."""
        if self._server is None:
            raise RuntimeError("the mail server is not started")
        host, port = self._server.server_address[:2]
        return f"{host!s}:{port}"

    def start(self) -> None:
        """Listen on a free port of loopback."""
        self._server = _Server(("127.0.0.1", 0), _Session)
        self._server.arrive = self._arrive
        threading.Thread(target=self._server.serve_forever, name="mail server", daemon=True).start()

    def stop(self) -> None:
        """Stop listening. No effect if it does not run."""
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    arrive: Arrive


class _Session(socketserver.StreamRequestHandler):
    server: _Server
    timeout = 30

    def handle(self) -> None:
        receivers: list[str] = []
        self._say("220 mail.example.org ESMTP")
        while line := self.rfile.readline(2000):
            match line[:4].upper().strip():
                case b"EHLO" | b"HELO":
                    self._say("250-mail.example.org", "250-8BITMIME", "250-SMTPUTF8", f"250 SIZE {LARGEST}")
                case b"MAIL" | b"RSET":
                    receivers = []
                    self._say("250 OK")
                case b"RCPT" if found := _PATH.search(line):
                    receivers.append(found[1].decode(errors="replace"))
                    self._say("250 OK")
                case b"DATA" if receivers:
                    self._say("354 go on")
                    self._take(receivers)
                    receivers = []
                case b"NOOP":
                    self._say("250 OK")
                case b"QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self._say("503 not now, or not known")

    def _take(self, receivers: Sequence[str]) -> None:
        lines: list[bytes] = []
        size = 0
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            size += len(line)
            if size <= LARGEST:
                lines.append(line[1:] if line.startswith(b"..") else line)
        if size > LARGEST:
            self._say("552 too large")
            return
        self.server.arrive(receivers, b"".join(lines))
        self._say("250 taken")

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())
