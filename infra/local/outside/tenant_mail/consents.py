"""What simulated Google and Microsoft check and keep: consents, codes and tokens. Access tokens are good for an hour.

Sources: RFC 6749 4.1 and 6; RFC 7636 4; "Using OAuth 2.0 for web server applications" (Google); "OAuth 2.0
authorization code flow" (Microsoft identity platform).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

CLIENT = "tocsin-local"
CLIENT_SECRET = "a-secret-of-the-local-engine"  # noqa: S105  # of a simulated provider
"""The system's app at both providers."""

CODE_LIVES = 600.0
ACCESS_LIVES = 3599

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


class Refusal(Exception):
    """The provider's refusal. `error`: a word of RFC 6749, or of the page of authorization."""

    def __init__(self, error: str, why: str) -> None:
        super().__init__(f"{error}: {why}")
        self.error, self.why = error, why


@dataclass(frozen=True, slots=True)
class MailProvider:
    """How a provider differs from the other.

    Attributes:
        scopes: that the consent must ask for.
        claim: of the id token, that names the mailbox.
        offline: parameters without which Google gives no refresh token.
        rotates: whether each refresh gives a new refresh token.
    """

    scopes: frozenset[str]
    claim: str
    offline: Mapping[str, str]
    rotates: bool


GOOGLE = MailProvider(
    frozenset({"openid", "email", "https://www.googleapis.com/auth/gmail.send"}),
    "email",
    {"access_type": "offline", "prompt": "consent"},
    rotates=False,
)
MICROSOFT = MailProvider(
    frozenset({"openid", "profile", "offline_access", "https://graph.microsoft.com/Mail.Send"}),
    "preferred_username",
    {},
    rotates=True,
)


@dataclass(frozen=True, slots=True)
class _Code:
    mailbox: str
    challenge: str
    redirect_uri: str
    ends: float


class Consents:
    """The consents of one provider. Safe for several threads.

    Args:
        clock: seconds that never go back.
    """

    def __init__(self, provider: MailProvider, clock: Callable[[], float] = time.monotonic) -> None:
        self._provider, self._clock = provider, clock
        self._turn = threading.Lock()
        self._codes: dict[str, _Code] = {}
        self._refresh: dict[str, str] = {}
        self._access: dict[str, tuple[str, float]] = {}

    def check_page(self, asked: Mapping[str, str]) -> None:
        """Check the parameters of the page of authorization. Raises Refusal."""
        if asked.get("client_id") != CLIENT:
            raise Refusal("invalid_client", "no such app")
        if not re.fullmatch(r"https?://[^\s#]{1,1000}/callback", asked.get("redirect_uri", "")):
            raise Refusal("redirect_uri_mismatch", "no such address to come back to")
        if asked.get("response_type") != "code":
            raise Refusal("unsupported_response_type", "response_type is code")
        if len(asked.get("state", "")) < 32:
            raise Refusal("invalid_request", "state is missing or short")
        if asked.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(asked.get("code_challenge", "")):
            raise Refusal("invalid_request", "code_challenge is missing or not of S256")
        if missing := self._provider.scopes - set(asked.get("scope", "").split()):
            raise Refusal("invalid_scope", f"missing: {', '.join(sorted(missing))}")
        if any(asked.get(name) != value for name, value in self._provider.offline.items()):
            raise Refusal("invalid_request", "without these no refresh token is given")

    def consent(self, asked: Mapping[str, str], mailbox: str) -> str:
        """Return the code of a consent. Raises Refusal."""
        self.check_page(asked)
        code = secrets.token_urlsafe(24)
        ends = self._clock() + CODE_LIVES
        with self._turn:
            self._codes[code] = _Code(mailbox, asked["code_challenge"], asked["redirect_uri"], ends)
        return code

    def token(self, form: Mapping[str, str]) -> dict[str, Any]:
        """Answer the endpoint of tokens. Raises Refusal."""
        good = hmac.compare_digest(form.get("client_secret", "").encode(), CLIENT_SECRET.encode())
        if form.get("client_id") != CLIENT or not good:
            raise Refusal("invalid_client", "no such app, or another secret")
        with self._turn:
            match form.get("grant_type"):
                case "authorization_code":
                    return self._given(self._redeemed(form))
                case "refresh_token":
                    return self._refreshed(form.get("refresh_token", ""))
        raise Refusal("unsupported_grant_type", "authorization_code or refresh_token")

    def mailbox_of(self, authorization: str) -> str:
        """Return the mailbox that an access token is for. Raises Refusal."""
        mailbox, ends = self._access.get(authorization.removeprefix("Bearer "), ("", 0.0))
        if not mailbox or self._clock() >= ends:
            raise Refusal("invalid_token", "unknown or over")
        return mailbox

    def revoke(self, mailbox: str) -> None:
        """Take back all that a mailbox consented to, as its owner can at any time."""
        with self._turn:
            self._refresh = {token: owner for token, owner in self._refresh.items() if owner != mailbox}
            self._access = {token: held for token, held in self._access.items() if held[0] != mailbox}

    def _redeemed(self, form: Mapping[str, str]) -> str:
        code = self._codes.pop(form.get("code", ""), None)  # also a wrong try uses it up
        if code is None or self._clock() >= code.ends:
            raise Refusal("invalid_grant", "the code is unknown, used or over")
        challenge = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(challenge).decode().rstrip("=") != code.challenge:
            raise Refusal("invalid_grant", "code_verifier does not fit")
        if form.get("redirect_uri") != code.redirect_uri:
            raise Refusal("invalid_grant", "redirect_uri is another")
        return code.mailbox

    def _given(self, mailbox: str) -> dict[str, Any]:
        refresh = secrets.token_urlsafe(32)
        self._refresh[refresh] = mailbox
        return {**self._access_for(mailbox), "refresh_token": refresh, "id_token": self._id_token(mailbox)}

    def _refreshed(self, token: str) -> dict[str, Any]:
        mailbox = self._refresh.get(token)
        if mailbox is None:
            raise Refusal("invalid_grant", "Token has been expired or revoked.")
        if not self._provider.rotates:
            return self._access_for(mailbox)
        del self._refresh[token]
        return self._given(mailbox)

    def _access_for(self, mailbox: str) -> dict[str, Any]:
        access = secrets.token_urlsafe(32)
        self._access[access] = mailbox, self._clock() + ACCESS_LIVES
        scope = " ".join(sorted(self._provider.scopes))
        return {"access_token": access, "token_type": "Bearer", "expires_in": ACCESS_LIVES, "scope": scope}

    def _id_token(self, mailbox: str) -> str:
        """Return an id token, unsigned: it comes straight from here (OpenID Connect Core, 3.1.3.7)."""
        claims = {"aud": CLIENT, "sub": mailbox, self._provider.claim: mailbox, "email_verified": True}
        parts = ({"alg": "none"}, claims)
        head, body = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
        return f"{head}.{body}."
