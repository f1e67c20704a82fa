"""Sends mails by Microsoft Graph and the Gmail API, as whole MIME messages."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

from tocsin.adapters.mail_api.vendors import VENDORS, address
from tocsin.adapters.outbound.connection import Outbound
from tocsin.adapters.outbound.exchange import NotAnswered, NotSent, exchange
from tocsin.adapters.outbound.http1 import Answer
from tocsin.delivery.ports.senders import OutgoingEmail
from tocsin.tenant_mail.domain.mail_settings import MailSettings
from tocsin.tenant_mail.domain.server_answer import (
    MailReason,
    ServerAnswer,
    ServerFault,
    accepted,
    lost_answer,
    refused,
)

SECONDS = 7.0
"""From the look-up of the name to the last byte: what a fresh token leaves of a worker's 12 s."""

_LONGEST_WAIT = 86_400


class ApiServers:
    """Several threads may use it at once. It keeps nothing between mails.

    Args:
        simulated: see `vendors.address`.
    """

    def __init__(self, outbound: Outbound, *, simulated: str = "", seconds: float = SECONDS) -> None:
        self._outbound = outbound
        self._simulated = simulated
        self._seconds = seconds

    def send(self, settings: MailSettings, mail: OutgoingEmail, message_id: str, token: str | None) -> ServerAnswer:
        """Send one mail and return what became of it. Never raises because of the server or the network.

        Args:
            settings: of the type MS365 or GMAIL.
            token: access token.
        """
        assert settings.type is not None
        vendor = VENDORS[settings.type]
        headers = {"authorization": f"Bearer {token}", "content-type": vendor.content_type}
        body = base64.b64encode(mail.mime) if vendor.encoded else mail.mime
        url = address(vendor.send, self._simulated)
        try:
            answer = exchange(self._outbound, "POST", url, headers, body, self._seconds)
        except NotSent:
            return refused(ServerFault(MailReason.UNREACHABLE), ())
        except NotAnswered:
            return lost_answer()
        if answer.status == vendor.took:
            return accepted(message_id)
        return refused(_fault(answer), (token,))

    def close(self) -> None:
        """Nothing is kept."""


def _fault(answer: Answer) -> ServerFault:
    """Return why a mail was not taken: 401 the token, 403, 404 the mailbox, other 4xx this mail, the rest for now."""
    status, said = answer.status, f"{answer.status} {_words(answer.body)}"
    if status == 401:
        return ServerFault(MailReason.AUTH_FAILED, said)
    if status == 429 or status >= 500 or not status >= 400:
        wait = answer.headers.get("retry-after", "")
        seconds = min(int(wait), _LONGEST_WAIT) if wait.isdecimal() and len(wait) < 10 else 0
        busy = status in (429, 503)
        return ServerFault(MailReason.REFUSED, said, of_server=not busy, retry_after=timedelta(seconds=seconds))
    if status in (403, 404):
        return ServerFault(MailReason.REFUSED, said)
    return ServerFault(MailReason.REFUSED, said, permanent=True, of_server=False)


def _words(body: bytes) -> str:
    """Return the message of an error; both vendors answer `{"error": {"message": …}}`."""
    try:
        read = json.loads(body)
    except ValueError:
        return ""
    error = read.get("error") if isinstance(read, dict) else None
    return str(error.get("message", "")) if isinstance(error, dict) else ""
