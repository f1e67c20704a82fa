"""The token servers of Microsoft and Google, at fixed addresses."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from tocsin.adapters.mail_api.vendors import VENDORS, address
from tocsin.adapters.outbound.connection import Outbound
from tocsin.adapters.outbound.exchange import NotAnswered, NotSent, exchange
from tocsin.tenant_mail.domain.mail_settings import MailServerType, MailTransport
from tocsin.tenant_mail.domain.mailbox_consent import MailApp, MailTokens
from tocsin.tenant_mail.domain.server_answer import MailReason, ServerFault, printable

SECONDS = 5.0
"""From the look-up of the name to the last byte. A worker's call has 12 s: this one, and the mail after it."""


class HttpTokenServers:
    """Several threads may use it at once.

    Args:
        simulated: see `vendors.address`.
    """

    def __init__(self, outbound: Outbound, *, simulated: str = "", seconds: float = SECONDS) -> None:
        self._outbound = outbound
        self._simulated = simulated
        self._seconds = seconds

    def consent_page(
        self,
        type: MailServerType,
        client_id: str,
        *,
        redirect_uri: str,
        state: str,
        challenge: str,
        mailbox: str = "",
        transport: MailTransport = MailTransport.API,
    ) -> str:
        """Return the URL of the page on which a mailbox consents."""
        vendor = VENDORS[type]
        asked = {
            "client_id": client_id,
            "response_type": "code",
            "redirect_uri": redirect_uri,
            "scope": vendor.scopes if transport is MailTransport.API else vendor.smtp_scopes,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            **vendor.page,
        }
        if mailbox:
            asked["login_hint"] = mailbox
        return f"{address(vendor.authorize, self._simulated)}?{urlencode(asked)}"

    def redeem(self, type: MailServerType, app: MailApp, *, code: str, verifier: str, redirect_uri: str) -> MailTokens:
        """Return the tokens of a consent. Raises ServerFault."""
        form = {"code": code, "code_verifier": verifier, "redirect_uri": redirect_uri}
        return self._tokens(type, app, "authorization_code", form)

    def refresh(self, type: MailServerType, app: MailApp, refresh_token: str) -> MailTokens:
        """Return new tokens. Raises ServerFault."""
        return self._tokens(type, app, "refresh_token", {"refresh_token": refresh_token})

    def _tokens(self, type: MailServerType, app: MailApp, grant: str, form: dict[str, str]) -> MailTokens:
        vendor = VENDORS[type]
        body = urlencode(
            {"grant_type": grant, "client_id": app.client_id, "client_secret": app.client_secret, **form}
        ).encode()
        headers = {"content-type": "application/x-www-form-urlencoded"}
        url = address(vendor.token, self._simulated)
        try:
            answer = exchange(self._outbound, "POST", url, headers, body, self._seconds)
        except (NotSent, NotAnswered) as failure:
            raise ServerFault(MailReason.UNREACHABLE) from failure
        said = _object(answer.body)
        if answer.status == 200 and isinstance(said.get("access_token"), str):
            return MailTokens(
                said["access_token"],
                timedelta(seconds=_seconds(said.get("expires_in"))),
                said["refresh_token"] if isinstance(said.get("refresh_token"), str) else None,
                _mailbox(said.get("id_token"), vendor.mailbox_claim),
            )
        word = str(said.get("error", answer.status))
        told = printable(f"{word} {said.get('error_description', '')}", (app.client_secret, *form.values()))
        if word == "invalid_grant":  # RFC 6749, 5.2: the grant is revoked, over or used
            raise ServerFault(MailReason.NOT_CONNECTED, told)
        if answer.status == 429 or answer.status >= 500:
            raise ServerFault(MailReason.REFUSED, told, of_server=False)
        raise ServerFault(MailReason.AUTH_FAILED, told)


def _object(body: bytes) -> dict[str, Any]:
    try:
        read = json.loads(body)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _seconds(value: object) -> int:
    """Return `expires_in`; a server that does not say is taken at a few minutes."""
    return value if isinstance(value, int) and 0 < value <= 86_400 else 300


def _mailbox(id_token: object, claim: str) -> str | None:
    """Return the mailbox of an id token. It came straight from the issuer by TLS (OpenID Connect Core, 3.1.3.7, 6)."""
    if not isinstance(id_token, str) or id_token.count(".") != 2:
        return None
    body = id_token.split(".")[1]
    try:
        read = _object(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (binascii.Error, ValueError):
        return None
    found = read.get(claim)
    return found.lower() if isinstance(found, str) and "@" in found else None
