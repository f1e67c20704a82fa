"""Cognito's managed login: its page, and the exchange of a code for an id token."""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from tocsin.adapters.cognito.http import PoolPages
from tocsin.adapters.cognito.tokens import PoolTokens
from tocsin.kernel.domain.console_link import console_link
from tocsin.sign_in.ports.managed_login import Proven

_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class CognitoManagedLogin:
    """The pages of one pool's domain, for one client without a secret.

    Attributes:
        domain: address of the pages, without a trailing slash.
        console: address of the console, as the client's callback addresses begin.
    """

    pages: PoolPages
    tokens: PoolTokens
    domain: str
    client_id: str
    console: str

    def page(self, state: str, nonce: str, challenge: str, provider: str = "", *, anew: bool = False) -> str:
        """Return the address to send the browser to."""
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self._callback,
            "scope": "openid email",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            **({"identity_provider": provider} if provider else {}),
            **({"prompt": "login"} if anew else {}),
        }
        return f"{self.domain}/oauth2/authorize?{urlencode(asked)}"

    def exchange(self, code: str, verifier: str, nonce: str) -> Proven | None:
        """Exchange the code, and check the id token. Raises ProviderUnavailable without an answer."""
        form = {
            "grant_type": "authorization_code",
            "client_id": self.client_id,
            "redirect_uri": self._callback,
            "code": code,
            "code_verifier": verifier,
        }
        answer = self.pages.post_form(f"{self.domain}/oauth2/token", form, _SECONDS)
        try:
            token = json.loads(answer.body)["id_token"]
        except (ValueError, KeyError, TypeError):
            return None
        claims = self.tokens.id_claims(str(token)) if answer.status == 200 else None
        if claims is None or not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            return None
        at = claims.get("auth_time")
        proved_at = datetime.fromtimestamp(at, UTC) if isinstance(at, int) else None
        return Proven(str(claims["sub"]), str(claims.get("email", "")), proved_at)

    def sign_out_page(self) -> str:
        """Return the address that ends the session at Cognito and comes back to the sign-in form."""
        back = {"client_id": self.client_id, "logout_uri": console_link(self.console, "signin")}
        return f"{self.domain}/logout?{urlencode(back)}"

    @property
    def _callback(self) -> str:
        return console_link(self.console, "signin/callback")
