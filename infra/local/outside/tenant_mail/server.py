"""The mail server of the demo tenant, on loopback: TLS at once on one port, STARTTLS on the other, and a password.

The receiver decides what becomes of a mail:

    451@…   refused for now         550@…   no such mailbox
    slow@…  taken after 20 s        lost@…  taken, and the connection is cut before the answer
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import secrets
import socket
import ssl
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from infra.local.outside.mail_folder import MailFolder
from infra.local.outside.mail_server import LARGEST
from infra.local.outside.tenant_mail.authority import Authority

USERNAME = "mailer@northwater.example"

SLOW_SECONDS = 20.0
"""Longer than the system waits for a mail server."""

# aiosmtpd warns at each sign-in of an attribute that it sets itself.
logging.getLogger("mail.log").setLevel(logging.ERROR)

REFUSED = {"451": "451 4.7.1 Try again later", "550": "550 5.1.1 No such mailbox"}


@dataclass(frozen=True, slots=True)
class MailAccess:
    """How a client reaches the server, as `mail_server` of `run.json`.

    Attributes:
        port: of TLS at once.
        ca: file of the certificate of the server's authority (PEM).
    """

    host: str
    port: int
    starttls_port: int
    username: str
    password: str
    ca: str


class TenantMailServer:
    """One server. Start it once, stop it once.

    Args:
        folder: of its certificates and its password, kept for the next run.
        mails: where the mails lie, a file for each receiver.
        port: the preferred port of TLS; STARTTLS prefers the next. If one is taken, any other.
        slow_seconds: how long `slow@…` waits.
    """

    def __init__(self, folder: Path, mails: MailFolder, port: int = 0, slow_seconds: float = SLOW_SECONDS) -> None:
        self.authority = Authority(folder)
        self.mails = mails
        self.slow_seconds = slow_seconds
        self._password_file = folder / "password"
        self._password = ""
        self._port = port
        self._listening: list[socket.socket] = []
        self._thread: threading.Thread | None = None

    @property
    def access(self) -> MailAccess:
        """How a client reaches it."""
        if not self._listening:
            raise RuntimeError("the tenant's mail server is not started")
        port, starttls_port = (listening.getsockname()[1] for listening in self._listening)
        return MailAccess(
            "127.0.0.1", port, starttls_port, USERNAME, self._password, str(self.authority.certificate.resolve())
        )

    def start(self) -> None:
        """Listen on both ports."""
        tls = self.authority.server_context()
        self._password = self._kept_password()
        self._listening = [_listen(self._port), _listen(self._port + 1 if self._port else 0)]
        runner = asyncio.Runner()
        self._loop, self._over = runner.get_loop(), asyncio.Event()
        self._loop.set_exception_handler(lambda loop, told: None)  # a client that went away is no fault
        self._thread = threading.Thread(target=self._run, args=(runner, tls), name="tenant mail", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening. No effect if it does not run."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._loop.call_soon_threadsafe(self._over.set)
            thread.join(timeout=10)

    def _run(self, runner: asyncio.Runner, tls: ssl.SSLContext) -> None:
        with runner:
            runner.run(self._serve(tls))

    async def _serve(self, tls: ssl.SSLContext) -> None:
        at_once, later = self._listening
        # aiosmtpd knows of TLS only if it began it itself, so the port of TLS does not ask for it before AUTH.
        by_tls, by_starttls = partial(self._session, auth_require_tls=False), partial(self._session, tls_context=tls)
        loop = self._loop
        async with (
            await loop.create_server(by_tls, sock=at_once, ssl=tls),
            await loop.create_server(by_starttls, sock=later),
        ):
            await self._over.wait()

    def _session(self, **options: Any) -> SMTP:
        return SMTP(
            self,
            hostname="mail.northwater.example",
            ident="mail of the demo tenant",
            data_size_limit=LARGEST,
            enable_SMTPUTF8=True,
            require_starttls="tls_context" in options,
            auth_exclude_mechanism=["CRAM-MD5"],
            authenticator=self._check,
            loop=self._loop,
            **options,
        )

    def _check(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, login: Any) -> AuthResult:
        good = (
            isinstance(login, LoginPassword)
            and hmac.compare_digest(login.login, USERNAME.encode())
            and hmac.compare_digest(login.password, self._password.encode())
        )
        return AuthResult(success=good, handled=False)

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a sender who signed in."""
        # aiosmtpd would do this, if it knew of TLS on both ports.
        if not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a receiver, or refuse it."""
        if refusal := REFUSED.get(_mailbox(address)):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep a mail, and answer as its receivers say."""
        fates = {_mailbox(receiver) for receiver in envelope.rcpt_tos}
        if "slow" in fates:
            await asyncio.sleep(self.slow_seconds)
        for receiver in envelope.rcpt_tos:
            self.mails.keep(receiver, envelope.original_content or b"", datetime.now(UTC))
        if "lost" in fates and isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()
        return "250 2.0.0 Taken"

    def _kept_password(self) -> str:
        if not self._password_file.exists():
            self._password_file.touch(0o600)
            self._password_file.write_text(secrets.token_urlsafe(12))
        return self._password_file.read_text()


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port))
    except (OSError, OverflowError):
        return socket.create_server(("127.0.0.1", 0))


def _mailbox(address: str) -> str:
    return address.partition("@")[0].lower()
