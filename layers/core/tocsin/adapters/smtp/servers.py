"""Sends mails by the SMTP servers of accounts: judged address, one deadline, TLS before any password.

`tls`, `starttls`        what is done
yes, any                 TLS from the first byte; a server that greets in the clear is asked for STARTTLS instead
no, yes                  STARTTLS, or the mail does not go
no, no                   as above; only with `auth` DISABLE, and if the operator allows it, in the clear
"""

from __future__ import annotations

import smtplib
import ssl
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from threading import BoundedSemaphore, Lock
from types import MappingProxyType

from tocsin.adapters.outbound.connection import Outbound, OutboundConnection
from tocsin.adapters.outbound.deadline import Deadline
from tocsin.adapters.smtp.session import AnswerLost, SmtpSession
from tocsin.delivery.ports.senders import OutgoingEmail
from tocsin.egress.domain.outbound_reason import OutboundFailed, OutboundReason
from tocsin.egress.domain.url_policy import CLOSED, EgressPolicy, EgressRefused, check_host
from tocsin.kernel.domain.ids import TenantId
from tocsin.tenant_mail.domain.mail_settings import SMTP_PORTS, MailAuth, MailServerType, MailSettings
from tocsin.tenant_mail.domain.server_answer import (
    MailReason,
    ServerAnswer,
    ServerFault,
    accepted,
    lost_answer,
    refused,
    sent_forms,
)

SECONDS = 12.0
"""From the look-up of the name to the answer after the mail."""

SESSIONS = 2
"""Sessions of one account at once, in a process. Mail providers allow few: Microsoft 365 three."""

_TLS_PORT = 465
_GREETS_IN_THE_CLEAR = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG")
"""What OpenSSL says of a handshake that met `220 ` where a TLS record should be."""


class SmtpServers:
    """Several threads may use it at once. Sessions are kept between mails until `close`.

    Args:
        name: our own name, for EHLO.
        policy: with `loopback`, any port of a loopback address may be used; on the local engine only.
        hosts: host and port of vendors that the settings do not name.
        plain_allowed: whether a mail may go in the clear to a server that needs no sign-in.
    """

    def __init__(
        self,
        outbound: Outbound,
        *,
        name: str,
        policy: EgressPolicy = CLOSED,
        hosts: Mapping[MailServerType, tuple[str, int]] = MappingProxyType({}),
        plain_allowed: bool = False,
        seconds: float = SECONDS,
    ) -> None:
        self._outbound = outbound
        self._name = name
        self._policy = policy
        self._hosts = hosts
        self._plain_allowed = plain_allowed
        self._seconds = seconds
        self._lock = Lock()
        self._idle: dict[tuple[TenantId, int], list[SmtpSession]] = defaultdict(list)
        self._permits: dict[TenantId, BoundedSemaphore] = {}

    def send(self, settings: MailSettings, mail: OutgoingEmail, message_id: str, token: str | None) -> ServerAnswer:
        """Send one mail and return what became of it. Never raises because of the server or the network.

        Args:
            settings: with a server, user name and password.
            message_id: the id that stands in the mail; it is the provider's id of an accepted one.
            token: access token for XOAUTH2; None = sign in as the settings say.
        """
        if settings.type is not None and settings.type in self._hosts:
            host, port = self._hosts[settings.type]
            settings = replace(settings, server=host, port=port, tls=port == _TLS_PORT, starttls=True)
        password = settings.secrets.password or ""
        try:
            self._deliver(settings, mail, token)
        except AnswerLost:
            return lost_answer()
        except ServerFault as fault:
            return refused(fault, (*sent_forms(settings.username, password), token))
        return accepted(message_id)

    def close(self) -> None:
        """Close all sessions: a frozen process cannot answer, and the server would end them."""
        with self._lock:
            idle, self._idle = self._idle, defaultdict(list)
        for sessions in idle.values():
            for session in sessions:
                session.close()

    def _deliver(self, settings: MailSettings, mail: OutgoingEmail, token: str | None) -> None:
        deadline = Deadline(self._seconds)
        with self._lock:
            permits = self._permits.setdefault(settings.tenant, BoundedSemaphore(SESSIONS))
        if not permits.acquire(timeout=self._seconds / 2):
            raise ServerFault(MailReason.UNREACHABLE, of_server=None)  # half of the time must be left for the mail
        try:
            session = self._kept(settings, deadline) or self._opened(settings, token, deadline)
            try:
                session.deliver(mail.sender, mail.to, mail.mime)
            except BaseException:
                session.close()
                raise
            with self._lock:
                self._idle[settings.tenant, settings.version].append(session)
        except (EgressRefused, OutboundFailed, smtplib.SMTPException, ValueError) as failure:
            raise _fault(failure) from failure
        finally:
            permits.release()

    def _kept(self, settings: MailSettings, deadline: Deadline) -> SmtpSession | None:
        with self._lock:
            kept = self._idle[settings.tenant, settings.version]
            session = kept.pop() if kept else None
        if session is None:
            return None
        session.wire.connection.deadline = deadline
        if session.ready_again():
            return session
        session.close()
        return None

    def _opened(self, settings: MailSettings, token: str | None, deadline: Deadline) -> SmtpSession:
        signs_in = token is not None or settings.auth is not MailAuth.DISABLE
        if signs_in and token is None and not settings.secrets.password:
            raise ServerFault(MailReason.PASSWORD_MISSING)
        port = settings.smtp_port
        literal = check_host(settings.server, self._policy)
        on_loopback = self._policy.loopback and (literal.is_loopback if literal else settings.server == "localhost")
        if port not in SMTP_PORTS and not on_loopback:
            raise ServerFault(MailReason.PORT_NOT_ALLOWED)
        connection, secure = self._connected(settings, deadline)
        session = SmtpSession(connection, self._name)
        try:
            session.greet()
            if not secure and not self._may_go_in_the_clear(settings, signs_in=signs_in):
                session.start_tls(lambda: self._outbound.start_tls(connection, settings.server))
            if signs_in:
                session.sign_in(settings.auth, settings.username, settings.secrets.password or "", token)
        except BaseException:
            session.close()
            raise
        return session

    def _connected(self, settings: MailSettings, deadline: Deadline) -> tuple[OutboundConnection, bool]:
        """Return an open connection, and whether TLS has begun on it."""
        host, port = settings.server, settings.smtp_port
        literal = check_host(host, self._policy)
        if settings.tls:
            try:
                return self._outbound.open(host, port, deadline, literal=literal), True
            except OutboundFailed as failure:
                if getattr(failure.__cause__, "reason", "") not in _GREETS_IN_THE_CLEAR:
                    raise
        return self._outbound.open(host, port, deadline, literal=literal, tls=False), False

    def _may_go_in_the_clear(self, settings: MailSettings, *, signs_in: bool) -> bool:
        return not (signs_in or settings.tls or settings.starttls) and self._plain_allowed


def _fault(failure: Exception) -> ServerFault:
    if isinstance(failure.__cause__, ssl.SSLCertVerificationError):
        return ServerFault(MailReason.CERTIFICATE, failure.__cause__.verify_message)
    tls = (OutboundReason.TLS_FAILED, OutboundReason.TLS_TIMEOUT)
    if isinstance(failure, OutboundFailed) and failure.reason in tls:
        return ServerFault(MailReason.TLS_FAILED)
    return ServerFault(MailReason.UNREACHABLE)
