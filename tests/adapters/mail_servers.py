"""Mail servers of the tests: real ones (aiosmtpd) and ones that say what a test wants, over loopback sockets."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "alerts@acme.example", "hünter2"


class Inbox:
    """What a server has taken, and what clients tried to sign in by."""

    def __init__(self) -> None:
        self.mails: list[Envelope] = []
        self.sign_ins: list[str] = []
        self.sessions: set[int] = set()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.mails.append(envelope)
        self.sessions.add(id(session))
        return "250 taken"

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        self.sign_ins.append(mechanism)
        good = isinstance(data, LoginPassword) and data == LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=good, handled=False)


def server_context(certificate: Path) -> ssl.SSLContext:
    """Return the TLS of a server with this key and certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@contextlib.contextmanager
def real_server(certificate: Path | None, *, implicit: bool = False, **options: Any) -> Iterator[tuple[int, Inbox]]:
    """Serve with TLS from the first byte (`implicit`), or STARTTLS; without a certificate in the clear."""
    inbox = Inbox()
    context = None if certificate is None else server_context(certificate)
    tls: dict[str, Any] = {"ssl_context": context} if implicit else {"tls_context": context}
    if context is not None:
        options = {"authenticator": inbox.authenticate, "auth_require_tls": not implicit, **options}
    controller = _HangsUp(inbox, hostname="127.0.0.1", port=free_port(), **tls, **options)
    controller.start()
    try:
        yield controller.port, inbox
    finally:
        asyncio.run_coroutine_threadsafe(controller.hang_up(), controller.loop).result(3)
        controller.stop()


class _HangsUp(Controller):
    """Closes its connections before it stops; else asyncio complains about each."""

    def factory(self) -> SMTP:
        made: SMTP = super().factory()  # type: ignore[no-untyped-call]
        self.made: list[SMTP] = [*getattr(self, "made", ()), made]
        return made

    async def hang_up(self) -> None:
        for smtp in self.made:
            for transport in (smtp.transport, smtp._original_transport):
                if isinstance(transport, asyncio.Transport):
                    transport.abort()
        await asyncio.sleep(0.01)


def free_port() -> int:
    """Return a port of 127.0.0.1 that is free at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


Reply = bytes | Callable[[socket.socket], object]

HONEST: dict[str, Reply] = {
    "": b"220 mail.example ESMTP\r\n",
    "EHLO": b"250-mail.example\r\n250-SIZE 1000000\r\n250 AUTH PLAIN LOGIN\r\n",
    "AUTH": b"235 welcome\r\n",
    "MAIL": b"250 ok\r\n",
    "RCPT": b"250 ok\r\n",
    "DATA": b"354 go on\r\n",
    ".": b"250 taken\r\n",
    "RSET": b"250 ok\r\n",
}


class ScriptedServer:
    """Answers each verb as told; `""` is the greeting, `"."` the end of a mail. A function does what it wants.

    Args:
        certificate: TLS from the first byte; None = in the clear until STARTTLS is answered by `upgrade`.
        connections: how many are served, one after another.
    """

    def __init__(
        self, certificate: Path | None = None, replies: Mapping[str, Reply] | None = None, connections: int = 9
    ):
        self.replies = HONEST | dict(replies or {})
        self.heard: list[str] = []
        self._tls = None if certificate is None else server_context(certificate)
        self._left = connections
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> ScriptedServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def verbs(self) -> list[str]:
        """Return the verbs that were heard, in order."""
        return [line.split()[0].upper() for line in self.heard if line.strip()]

    def _serve(self) -> None:
        while self._left:
            self._left -= 1
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            peer.settimeout(3)
            with contextlib.ExitStack() as open_sockets:
                open_sockets.callback(peer.close)
                open_sockets.enter_context(contextlib.suppress(OSError))
                if self._tls is not None:
                    peer = self._tls.wrap_socket(peer, server_side=True)
                    open_sockets.callback(peer.close)
                self._talk(peer, open_sockets)

    def _talk(self, peer: socket.socket, open_sockets: contextlib.ExitStack) -> None:
        self._say(peer, "")
        lines, in_mail = b"", False
        while piece := peer.recv(65536):
            lines += piece
            while b"\r\n" in lines:
                line, lines = lines.split(b"\r\n", 1)
                text = line.decode(errors="replace")
                if in_mail and text != ".":
                    continue
                verb = text.split(" ")[0].upper()
                in_mail = verb == "DATA" and str(self.replies["DATA"]).startswith("b'354")
                self.heard.append(text)
                if verb == "STARTTLS" and isinstance(upgrade := self.replies["STARTTLS"], Upgrade):
                    peer = upgrade(peer)
                    open_sockets.callback(peer.close)
                else:
                    self._say(peer, verb)

    def _say(self, peer: socket.socket, verb: str) -> None:
        reply = self.replies.get(verb, b"500 what?\r\n")
        if isinstance(reply, bytes):
            peer.sendall(reply)
        else:
            reply(peer)


class Upgrade:
    """The reply to STARTTLS of a server that does it, with `ahead` in the clear behind its `220`; then calls `begun`."""

    def __init__(self, certificate: Path, ahead: bytes, begun: Callable[[], None]) -> None:
        self._context = server_context(certificate)
        self._ahead = ahead
        self._begun = begun

    def __call__(self, peer: socket.socket) -> socket.socket:
        self._begun()
        peer.sendall(b"220 go ahead\r\n" + self._ahead)
        return self._context.wrap_socket(peer, server_side=True)
