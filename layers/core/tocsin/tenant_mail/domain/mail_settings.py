"""The mail settings of an account: its mail server, its recipients, and which events are mailed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tocsin.kernel.domain.ids import TenantId


class MailServerType(StrEnum):
    """Kinds of mail servers; the values are words of the API."""

    SMTP = "SMTP"
    MS365 = "MS365"
    GMAIL = "GMAIL"


class MailAuth(StrEnum):
    """How we sign in to a mail server by SMTP; the values are words of the API."""

    DISABLE = "DISABLE"
    AUTO = "AUTO"  # PLAIN, else LOGIN
    LOGIN = "LOGIN"
    PLAIN = "PLAIN"


class MailTransport(StrEnum):
    """How mails reach MS365 and GMAIL; the values are words of the API."""

    API = "api"
    SMTP = "smtp"


class OnUnknown(StrEnum):
    """What is done with a mail whose acceptance is unknown; the values are words of the API."""

    RESEND = "resend"  # once, with a mark
    SILENCE = "silence"


class MailFlag(StrEnum):
    """Events that are mailed if the account wants; the values are words of the API."""

    USER_REGISTRATION = "notify_user_registration"
    QUEUE_SLA_BREACHED = "notify_queue_sla_breached"
    QUEUE_CALLBACK = "notify_queue_callback"
    QUEUE_CALLBACK_FAILED = "notify_queue_callback_failed"
    QUEUE_CALL_LOST = "notify_queue_call_lost"
    EMERGENCY_CALL = "notify_emergency_call"
    LICENSE_LIMITED = "notify_license_limited"
    TRUNK_CALL_LIMITED = "notify_trunk_call_limited"  # kept, and does nothing


OFF_BY_DEFAULT = frozenset(
    {
        MailFlag.USER_REGISTRATION,
        MailFlag.QUEUE_SLA_BREACHED,
        MailFlag.QUEUE_CALLBACK,
        MailFlag.QUEUE_CALLBACK_FAILED,
        MailFlag.QUEUE_CALL_LOST,
    }
)
"""Flags that are no until they are set; the others are yes, and read as null."""

MOST_RECIPIENTS = 15

MS365_MAILS_A_MINUTE = 30
"""What Exchange takes from a mailbox. Source: learn.microsoft.com, "Exchange Online limits"."""

MOST_MAILS_A_MINUTE = 1_000

SMTP_PORTS = (465, 587, 2525)
"""Ports by which mails are sent. 25 is closed on Lambda."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSecrets:
    """Secrets of a mail server. They are sealed, written and never read by the API.

    Attributes:
        password: of SMTP.
        client_secret: of the account's own app at Microsoft or Google.
        refresh_token: of the mailbox that consented.
    """

    password: str | None = None
    client_secret: str | None = None
    refresh_token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """What an account has set. Source of fields and defaults: requirements 2.2 of the tenant notification API.

    Attributes:
        type: None = never saved.
        server: lower case, without a final dot; "" = no own server.
        port: 1..65535; None = 465 with TLS, else 587, chosen when a mail is sent.
        username: at most 128 characters; with MS365 and GMAIL the mailbox that consented.
        from_address: None = `username`, if that is an address.
        recipients: at most MOST_RECIPIENTS addresses.
        flags: by event; an event without an entry has the default, which is no for those that
            `MailFlag` names up to QUEUE_CALL_LOST, and yes for the others.
        mails_a_minute: 1..MOST_MAILS_A_MINUTE; None = as many as there are, with MS365 those that Exchange takes.
        client_id: of the account's own app; "" = the operator's.
        version: counts writes, from 1; 0 = never saved.
    """

    tenant: TenantId
    type: MailServerType | None = None
    server: str = ""
    port: int | None = None
    username: str = ""
    auth: MailAuth = MailAuth.AUTO
    tls: bool = True
    starttls: bool = False
    from_address: str | None = None
    reply_to: str | None = None
    recipients: tuple[str, ...] = ()
    flags: tuple[tuple[MailFlag, bool], ...] = ()
    on_unknown: OnUnknown = OnUnknown.RESEND
    transport: MailTransport = MailTransport.API
    mails_a_minute: int | None = None
    client_id: str = ""
    secrets: MailSecrets = MailSecrets()
    version: int = 0

    @property
    def has_own_server(self) -> bool:
        """Whether mails of the account go by a server of its own."""
        return self.type in (MailServerType.MS365, MailServerType.GMAIL) or bool(self.server)

    @property
    def sends_by_api(self) -> bool:
        """Whether its mails go by an API of Microsoft or Google; else by SMTP."""
        return self.type in (MailServerType.MS365, MailServerType.GMAIL) and self.transport is MailTransport.API

    @property
    def most_a_minute(self) -> int | None:
        """How many mails go by the account's own server in a minute; None = no limit."""
        return self.mails_a_minute or (MS365_MAILS_A_MINUTE if self.type is MailServerType.MS365 else None)

    @property
    def sender_address(self) -> str | None:
        """The address in From; None: none is set."""
        return self.from_address or (self.username if "@" in self.username else None)

    @property
    def smtp_port(self) -> int:
        """The port that is used; without one, that of the kind of TLS."""
        return self.port or (465 if self.tls else 587)


class ServerState(StrEnum):
    """Whether a mail server works; the values are words of the API."""

    UNKNOWN = "unknown"
    OK = "ok"
    FAILING = "failing"
    DISCONNECTED = "disconnected"  # the consent of the mailbox is gone


@dataclass(frozen=True, slots=True)
class MailServerState:
    """What we know of an account's mail server.

    Attributes:
        since: of the state.
        reason: a stable word of failing.
        said: the server's own line, at most 200 characters, without control characters and secrets.
        tries_at: while it is failing: the next try of the whole account; no mail is tried before.
        told: the owner was mailed about this failure.
        version: counts writes.
    """

    state: ServerState = ServerState.UNKNOWN
    since: datetime | None = None
    reason: str = ""
    said: str = ""
    tries_at: datetime | None = None
    told: bool = False
    version: int = 0
