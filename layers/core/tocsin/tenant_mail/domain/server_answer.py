"""What an account's own mail server made of one mail."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from tocsin.delivery.domain.submission import Accepted, OutcomeUnknown, Rejected, Submission

SAID_CHARACTERS = 200
HIDDEN = "•••"
"""Stands in a server's words for a secret of the account."""

_UNPRINTED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


class MailReason(StrEnum):
    """Why a mail did not go by an account's own server; the values are words of the API."""

    AUTH_FAILED = "auth_failed"  # the server refused user name and password, or the token
    AUTH_NOT_OFFERED = "auth_not_offered"  # the server does not offer the way to sign in that is set
    PASSWORD_MISSING = "password_missing"  # noqa: S105 - a reason
    TLS_FAILED = "tls_failed"  # the server offers no TLS, or the handshake failed
    CERTIFICATE = "certificate"  # of another name, of an unknown authority, or expired
    UNREACHABLE = "unreachable"  # no public address of this name, no connection, or no answer in time
    REFUSED = "refused"  # the server answered no; its words say why
    NOT_CONNECTED = "not_connected"  # the mailbox has not consented, or no more
    PORT_NOT_ALLOWED = "port_not_allowed"
    NO_MAIL_SERVER = "no_mail_server"  # no own server, and the system's is off for this account


class ServerFault(Exception):
    """A mail did not go.

    Attributes:
        said: the server's own words, as they came.
        permanent: whether it is useless to send this mail again.
        of_server: whether no mail of the account can go; False: the server works, and refused this mail alone; None:
            the server was not asked.
        retry_after: the wait that the server asked for.
    """

    def __init__(
        self,
        reason: MailReason,
        said: str = "",
        *,
        permanent: bool = False,
        of_server: bool | None = True,
        retry_after: timedelta = timedelta(0),
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.said = said
        self.permanent = permanent
        self.of_server = of_server
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class ServerAnswer:
    """The outcome of one mail.

    Attributes:
        works: whether the server took a mail or refused this one alone; None: that is not known.
        said: the server's own words, printable, at most SAID_CHARACTERS, without secrets; "" = accepted, or no words.
    """

    submission: Submission
    works: bool | None
    said: str = ""

    @property
    def reason(self) -> str:
        """Why it was not accepted; "" if it was."""
        return self.submission.reason if isinstance(self.submission, (Rejected, OutcomeUnknown)) else ""


def accepted(id: str) -> ServerAnswer:
    """Return the answer of a server that took the mail of this id."""
    return ServerAnswer(Accepted(id), works=True)


def lost_answer() -> ServerAnswer:
    """Return the outcome of a mail that was sent as a whole, and not answered. No report of it will come."""
    return ServerAnswer(OutcomeUnknown("connection_broken", reported_within=timedelta(0)), works=None)


def refused(fault: ServerFault, secrets: Iterable[str | None]) -> ServerAnswer:
    """Return the outcome of a mail that certainly did not go.

    Args:
        secrets: what must not stand in the words, in any form in which they were sent.
    """
    rejected = Rejected(fault.reason, fault.permanent, fault.retry_after)
    works = None if fault.of_server is None else not fault.of_server
    return ServerAnswer(rejected, works, printable(fault.said, secrets))


def printable(said: str, secrets: Iterable[str | None] = ()) -> str:
    """Return a server's words in one line, without secrets and control characters, cut to SAID_CHARACTERS."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        said = said.replace(secret, HIDDEN)
    return _UNPRINTED.sub(" ", said).strip()[:SAID_CHARACTERS]


def sent_forms(username: str, password: str) -> tuple[str, ...]:
    """Return the forms in which signing in by SMTP sends a password; none if it is empty."""
    if not password:
        return ()
    whole = f"\0{username}\0{password}"
    return (password, _base64(password), _base64(whole))


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
