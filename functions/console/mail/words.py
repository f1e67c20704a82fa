"""Tenant mail in words: its server, its templates, its switches, and what became of a mail."""

from __future__ import annotations

from console.outcomes import MESSAGES
from console.words import sentence
from tocsin.delivery.domain.message import MessageState
from tocsin.tenant_mail.application.read_mails import FORGOTTEN, NOT_SENT
from tocsin.tenant_mail.domain.mail_settings import (
    OFF_BY_DEFAULT,
    MailAuth,
    MailFlag,
    MailServerType,
    MailTransport,
    OnUnknown,
    ServerState,
)
from tocsin.tenant_mail.domain.mailed_events import MailOutcome
from tocsin.tenant_mail.domain.server_answer import MailReason

TYPES = {
    MailServerType.SMTP: "SMTP",
    MailServerType.MS365: "Microsoft 365",
    MailServerType.GMAIL: "Gmail",
}
AUTHS = {
    MailAuth.AUTO: "AUTO: PLAIN, else LOGIN",
    MailAuth.PLAIN: "PLAIN",
    MailAuth.LOGIN: "LOGIN",
    MailAuth.DISABLE: "DISABLE: without sign-in",
}
UNKNOWNS = {
    OnUnknown.RESEND: "sent once more, with a mark",
    OnUnknown.SILENCE: "not sent again",
}
TRANSPORTS = {MailTransport.API: "by their API", MailTransport.SMTP: "by SMTP"}

SERVER_STATES = {
    ServerState.UNKNOWN: ("idle", "not tried yet"),
    ServerState.OK: ("ok", "works"),
    ServerState.FAILING: ("bad", "takes no mails"),
    ServerState.DISCONNECTED: ("bad", "the mailbox is not connected"),
}
"""Glyph and word of each state of an own server."""

REASONS = {
    MailReason.AUTH_FAILED: "The server refused user name and password.",
    MailReason.AUTH_NOT_OFFERED: "The server does not offer this way to sign in.",
    MailReason.PASSWORD_MISSING: "No password is stored.",
    MailReason.TLS_FAILED: "The server offers no TLS, or TLS failed.",
    MailReason.CERTIFICATE: "The certificate of the server is of another name, of an unknown authority, or expired.",
    MailReason.UNREACHABLE: "No server was reached under this name and port.",
    MailReason.REFUSED: "The server refused the mail.",
    MailReason.NOT_CONNECTED: "The mailbox has not consented, or no more.",
    MailReason.PORT_NOT_ALLOWED: "Mails are sent by the ports 465, 587 and 2525 only.",
    MailReason.NO_MAIL_SERVER: "The account has no mail server.",
    MailOutcome.TOO_OLD: "The event was too old.",
    MailOutcome.NO_ADDRESS: "The person has no email address.",
    MailOutcome.NO_RECIPIENTS: "No receiver is set.",
    MailOutcome.TOO_LONG: "The mail was too long.",
}
"""Why a mail did not go."""

MAIL_STATES = {
    **{state.value: shown for state, shown in MESSAGES.items()},
    MessageState.SENT.value: ("ok", "taken by the mail server"),
    "excluded": ("bad", "not sent to this address"),
    NOT_SENT: ("bad", "not sent"),
    FORGOTTEN: ("idle", "not kept: it had passwords"),
}
"""Glyph and word of each state of a mail."""

FLAGS = {
    MailFlag.USER_REGISTRATION: "A user is registered",
    MailFlag.QUEUE_SLA_BREACHED: "A queue breaches its service level",
    MailFlag.QUEUE_CALLBACK: "A caller of a queue is called back",
    MailFlag.QUEUE_CALLBACK_FAILED: "Calling back failed",
    MailFlag.QUEUE_CALL_LOST: "A queue lost a call",
    MailFlag.EMERGENCY_CALL: "An emergency number is called",
    MailFlag.LICENSE_LIMITED: "A limit of the licence is reached",
    MailFlag.TRUNK_CALL_LIMITED: "A limit of a trunk is reached: kept, and does nothing",
}

TEMPLATE_WORDS = {
    "USER_CREATION": "New user",
    "QUEUE_CALL_LOST": "Queue: call lost",
    "QUEUE_SLA": "Queue: service level breached",
    "QUEUE_CALLBACK": "Queue: call back",
    "QUEUE_CALLBACK_FAILED": "Queue: calling back failed",
    "VOICEMAIL_RECEIVED": "Voicemail",
    "CALL_REPORT_COMPLETED": "Call report",
    "DISK_LOW": "Disk nearly full",
    "EMERGENCY_CALL": "Emergency call",
    "LICENSE_LIMITED": "Limit of the licence",
    "RECHARGE": "Account recharged",
    "CONFERENCE_INVITATION": "Invitation to a conference",
    "TRUNK_CONNECTED": "Trunk connected",
    "TRUNK_DISCONNECTED": "Trunk disconnected",
}
"""Name of each template."""

LABELS = {
    "type": "Kind of server",
    "server": "Server",
    "port": "Port",
    "username": "User name",
    "password": "Password",
    "auth": "Sign-in",
    "enable_tls_ssl": "TLS",
    "enable_starttls_auto": "STARTTLS",
    "from_address": "From",
    "reply_to": "Answers go to",
    "recipients": "Recipients",
    "on_unknown": "After a lost answer",
    "transport": "Microsoft 365 and Gmail",
    "mails_per_minute": "Mails a minute",
    "client_id": "Id of your own app",
    "client_secret": "Secret of your own app",
    **{flag.value: word for flag, word in FLAGS.items()},
}
"""The fields of the form of settings."""


def flag_word(flag: MailFlag) -> str:
    """Return what a switch mails about, and its default."""
    return f"{FLAGS[flag]} (default: {'off' if flag in OFF_BY_DEFAULT else 'on'})"


def reason_word(reason: str | None) -> str:
    """Return why a mail did not go as a sentence, "" if there is no reason."""
    if not reason:
        return ""
    return next((said for word, said in REASONS.items() if word.value == reason), sentence(reason.replace("_", " ")))
