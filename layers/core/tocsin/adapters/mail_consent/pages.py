"""The pages of consent of Google and Microsoft, and the exchange of a code for a lasting consent.

Sources: "Using OAuth 2.0 for web server applications" (Google); "OAuth 2.0 authorization code flow" and "ID token
claims reference" (Microsoft identity platform); RFC 7636; OpenID Connect Core 3.1.3.7.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tocsin.adapters.outbound.connection import Outbound
from tocsin.adapters.outbound.exchange import NotAnswered, NotSent, exchange
from tocsin.kernel.domain.errors import ProviderUnavailable
from tocsin.tenant_mail.domain.connecting import MailApp, MailConsent
from tocsin.tenant_mail.domain.mail_settings import MailServerType

_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class _ConsentPage:
    """What differs between the providers.

    Attributes:
        claim: of the id token, that names the mailbox. Google's is an address that Google itself has verified;
            Microsoft's is the name with which the person signs in.
        more: parameters of the page; without Google's there is no refresh token.
    """

    page: str
    token: str
    scope: str
    claim: str
    more: Mapping[str, str] = field(default_factory=dict)


_PROVIDERS = {
    MailServerType.GMAIL: _ConsentPage(
        "https://accounts.google.com/o/oauth2/v2/auth",
        "https://oauth2.googleapis.com/token",
        "openid email https://www.googleapis.com/auth/gmail.send",
        "email",
        {"access_type": "offline", "prompt": "consent"},
    ),
    MailServerType.MS365: _ConsentPage(
        "https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize",
        "https://login.microsoftonline.com/organizations/oauth2/v2.0/token",
        "openid profile offline_access https://graph.microsoft.com/Mail.Send",
        "preferred_username",
        {"prompt": "select_account"},
    ),
}


class MailConsentPages:
    """Implements `MailboxConsents`.

    Args:
        played_at: where both providers are played, without a slash at the end; their host and path follow. "" on AWS.
    """

    def __init__(self, outbound: Outbound, played_at: str = "") -> None:
        self._outbound = outbound
        self._played_at = played_at

    def page(
        self, type: MailServerType, app: MailApp, state: str, challenge: str, redirect_uri: str, mailbox: str
    ) -> str:
        """Return the address of the page on which the owner consents."""
        provider = _PROVIDERS[type]
        asked = {
            "response_type": "code",
            "client_id": app.client_id,
            "redirect_uri": redirect_uri,
            "scope": provider.scope,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            **provider.more,
            **({"login_hint": mailbox} if mailbox else {}),
        }
        return f"{self._at(provider.page)}?{urlencode(asked)}"

    def exchange(
        self, type: MailServerType, app: MailApp, code: str, verifier: str, redirect_uri: str
    ) -> MailConsent | None:
        """Exchange a code, which is good once. None: the provider refuses it, or gives no lasting consent."""
        provider = _PROVIDERS[type]
        form = {
            "grant_type": "authorization_code",
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "code": code,
            "code_verifier": verifier,
            "redirect_uri": redirect_uri,
        }
        headers = {"content-type": "application/x-www-form-urlencoded"}
        body = urlencode(form).encode()
        try:
            answer = exchange(self._outbound, "POST", self._at(provider.token), headers, body, _SECONDS)
        except (NotSent, NotAnswered) as failure:
            raise ProviderUnavailable(f"exchange of a code: {failure}") from failure
        if answer.status >= 500 or answer.status == 429:
            raise ProviderUnavailable(f"exchange of a code: {answer.status}")
        return _consent(provider, answer.body) if answer.status == 200 else None

    def _at(self, url: str) -> str:
        return f"{self._played_at}/{url.removeprefix('https://')}" if self._played_at else url


def _consent(provider: _ConsentPage, body: bytes) -> MailConsent | None:
    """Read an answer. Its id token came straight from the provider over TLS, so its signature need not be checked."""
    try:
        given: dict[str, Any] = json.loads(body)
        payload = str(given["id_token"]).split(".")[1]
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        mailbox, refresh = claims[provider.claim], given["refresh_token"]
    except (ValueError, KeyError, TypeError, IndexError, binascii.Error):
        return None
    if not isinstance(mailbox, str) or "@" not in mailbox or not isinstance(refresh, str) or not refresh:
        return None
    return None if claims.get("email_verified") is False else MailConsent(mailbox, refresh)
