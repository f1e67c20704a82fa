"""Port of managed login: the provider's own page, where people sign in by their company's account or a passkey."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Proven:
    """Whom managed login has proved.

    Attributes:
        email: the address of the sign-in, "" if it says none.
        at: when the person gave the proof there; None if it does not say.
    """

    sub: str
    email: str = ""
    at: datetime | None = None


class ManagedLogin(Protocol):
    """OAuth's authorization code with PKCE (RFC 7636, S256)."""

    def page(self, state: str, nonce: str, challenge: str, provider: str = "", *, anew: bool = False) -> str:
        """Return the address to send the browser to.

        Args:
            state, nonce: random, and bound to this browser; they come back in the callback and in the token.
            challenge: SHA-256 of the verifier, base64url.
            provider: name of a company's identity provider; "" = the person chooses.
            anew: ask for a proof even if the browser is signed in there.
        """
        ...

    def exchange(self, code: str, verifier: str, nonce: str) -> Proven | None:
        """Exchange the code of the callback for a token, and check it: signature, issuer, audience, time and nonce.

        Returns:
            None: the code is not good, or the token is not for us.

        Raises:
            ProviderUnavailable: no answer; the code may be used up, so begin again.
        """
        ...

    def sign_out_page(self) -> str:
        """Return the address that ends the session at the provider and comes back to the console."""
        ...
