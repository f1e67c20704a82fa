"""One SMTP session: the commands are smtplib's, the connection is ours (ADR 0142).

smtplib writes to and reads from `_Wire`, so every byte passes the judged address, the one deadline and the limits of
`OutboundConnection`. Nothing here looks up a name or opens a socket.
"""

from __future__ import annotations

import base64
import smtplib
from collections.abc import Callable
from typing import Any

from tocsin.adapters.outbound.connection import OutboundConnection
from tocsin.egress.domain.outbound_reason import OutboundFailed, OutboundReason
from tocsin.tenant_mail.domain.mail_settings import MailAuth
from tocsin.tenant_mail.domain.server_answer import MailReason, ServerFault

MOST_OF_REPLY = 16_384
"""Most bytes of one reply. A reply of several lines ends only when the server says so."""


class AnswerLost(Exception):
    """The mail was sent as a whole, and the server did not answer. It may have taken the mail."""


class _Wire:
    """The connection as smtplib uses a socket and its file."""

    def __init__(self, connection: OutboundConnection) -> None:
        self.connection = connection
        self._received = bytearray()
        self._may_read = 0

    def sendall(self, data: bytes) -> None:
        self.connection.send(data)

    def makefile(self, mode: str) -> _Wire:
        return self

    def begin_reply(self) -> None:
        self._may_read = MOST_OF_REPLY

    def drop_received(self) -> None:
        self._received.clear()

    def readline(self, most: int) -> bytes:
        while (end := self._received.find(b"\n") + 1) == 0 and len(self._received) < most:
            piece = self.connection.receive()
            if not piece:
                break
            self._received += piece
        line = bytes(self._received[: end or most])
        del self._received[: len(line)]
        self._may_read -= len(line)
        if self._may_read < 0:
            raise OutboundFailed(OutboundReason.HEADERS_TOO_LONG)
        return line

    def close(self) -> None:
        self.connection.close()


class SmtpSession(smtplib.SMTP):
    """A session over an open connection. Used by one thread at a time.

    Args:
        name: our own name, for EHLO.
    """

    def __init__(self, connection: OutboundConnection, name: str) -> None:
        super().__init__(local_hostname=name)
        self.wire = _Wire(connection)
        self.sock: Any = self.wire

    def getreply(self) -> tuple[int, bytes]:
        """Read one reply of at most MOST_OF_REPLY bytes."""
        self.wire.begin_reply()
        return super().getreply()

    def greet(self) -> None:
        """Read the server's greeting and introduce ourselves. Raises ServerFault, OutboundFailed."""
        _expect(self.getreply(), 220)
        _expect(self.ehlo(), 250)

    def start_tls(self, handshake: Callable[[], None]) -> None:
        """Ask for TLS, do the handshake and introduce ourselves again.

        Whatever the server sent before TLS is forgotten: replies sent ahead, and what it said it can do.

        Raises:
            ServerFault: `tls_failed`, the server offers no TLS or refuses it.
        """
        if not self.has_extn("starttls"):
            raise ServerFault(MailReason.TLS_FAILED, "the server offers no STARTTLS")
        _expect(self.docmd("STARTTLS"), 220, reason=MailReason.TLS_FAILED)
        self.wire.drop_received()
        handshake()
        _expect(self.ehlo(), 250)

    def sign_in(self, auth: MailAuth, username: str, password: str, token: str | None) -> None:
        """Sign in by one command; a server that refuses is not asked by another one.

        Args:
            auth: not DISABLE. AUTO: PLAIN, or LOGIN if the server does not offer PLAIN.
            token: access token; given, XOAUTH2 is used.

        Raises:
            ServerFault: `auth_failed` or `auth_not_offered`.
        """
        offered = self.esmtp_features.get("auth", "").upper().split()
        wanted = ["XOAUTH2"] if token is not None else ["PLAIN", "LOGIN"] if auth is MailAuth.AUTO else [auth.value]
        chosen = next((each for each in wanted if each in offered), None)
        if chosen is None:
            raise ServerFault(MailReason.AUTH_NOT_OFFERED, f"the server offers {' '.join(offered) or 'no AUTH'}")
        if chosen == "PLAIN":
            whole = f"\0{username}\0{password}"
            reply = self.docmd("AUTH", f"PLAIN {_base64(whole)}")
        elif chosen == "LOGIN":
            reply = self.docmd("AUTH", "LOGIN")
            for answer in (username, password):
                if reply[0] == 334:
                    reply = self.docmd(_base64(answer))
        else:
            reply = self.docmd(
                "AUTH", f"XOAUTH2 {_base64(f'user={username}{chr(1)}auth=Bearer {token}{chr(1)}{chr(1)}')}"
            )
            if reply[0] == 334:
                reply = self.docmd("")  # the reply was the reason; the server waits for an empty line to say no
        temporary = 400 <= reply[0] < 500
        _expect(reply, 235, reason=MailReason.REFUSED if temporary else MailReason.AUTH_FAILED)

    def deliver(self, sender: str, to: str, mime: bytes) -> None:
        """Send one mail to one receiver.

        Raises:
            ServerFault: the server did not take it, for certain.
            AnswerLost: it may have taken it.
            OutboundFailed, smtplib.SMTPServerDisconnected: the connection broke before the end of the mail.
        """
        self._of_mail(self.docmd("MAIL", f"FROM:<{sender}>{self._options(sender + to, mime)}"), 250)
        self._of_mail(self.docmd("RCPT", f"TO:<{to}>"), 250, 251)
        self._of_mail(self.docmd("DATA"), 354)
        body = mime if mime.endswith(b"\r\n") else mime + b"\r\n"
        self.wire.sendall((b"\r\n" + body).replace(b"\r\n.", b"\r\n..")[2:])
        # Without the dot the server has no mail: only what breaks from here on leaves its outcome open.
        try:
            self.wire.sendall(b".\r\n")
            reply = self.getreply()
        except (OutboundFailed, smtplib.SMTPException) as error:
            raise AnswerLost from error
        if not 200 <= reply[0] < 600:
            raise AnswerLost
        self._of_mail(reply, 250)

    def ready_again(self) -> bool:
        """Whether the session can take another mail. The server forgets what it knows of the one before."""
        try:
            return self.docmd("RSET")[0] == 250
        except (OutboundFailed, smtplib.SMTPException):
            return False

    def _options(self, addresses: str, mime: bytes) -> str:
        most = self.esmtp_features.get("size", "")
        if most.isdecimal() and 0 < int(most) < len(mime):
            said = f"the server takes mails of at most {most} bytes"
            raise ServerFault(MailReason.REFUSED, said, permanent=True, of_server=False)
        if not addresses.isascii() and not self.has_extn("smtputf8"):
            raise ServerFault(MailReason.REFUSED, "the server offers no SMTPUTF8", permanent=True, of_server=False)
        options = f" SIZE={len(mime)}" if self.has_extn("size") else ""
        if not mime.isascii() and self.has_extn("8bitmime"):
            options += " BODY=8BITMIME"
        if not addresses.isascii():
            self.command_encoding = "utf-8"
            options += " SMTPUTF8"
        return options

    def _of_mail(self, reply: tuple[int, bytes], *good: int) -> None:
        _expect(reply, *good, permanent=500 <= reply[0] < 600, of_server=False)


def _expect(
    reply: tuple[int, bytes],
    *good: int,
    reason: MailReason = MailReason.REFUSED,
    permanent: bool = False,
    of_server: bool = True,
) -> None:
    code, words = reply
    if code not in good:
        said = f"{code} {words.decode('utf-8', 'replace')}" if code > 0 else "the server does not speak SMTP"
        raise ServerFault(reason, said, permanent=permanent, of_server=of_server)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
