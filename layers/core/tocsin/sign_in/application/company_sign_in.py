"""Sign in by managed login: a company's account, or a passkey.

The browser is sent away with `state`, `nonce` and a PKCE challenge. All three are derived from one random value in the
short cookie, so a callback that does not belong to this browser, or a token of another attempt, is refused.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from tocsin.identity.domain.session import Session
from tocsin.kernel.ports import Clock, Randomness
from tocsin.sign_in.application.sign_in import SignIn
from tocsin.sign_in.application.sign_in_states import SignInStates
from tocsin.sign_in.domain.steps import (
    Browser,
    Denial,
    Denied,
    SignInAnswer,
    SignInState,
    SignInStep,
    canonical,
    safe_next,
)
from tocsin.sign_in.ports.managed_login import ManagedLogin

_CLOCKS_DIFFER = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Away:
    """Where to send the browser, and the short cookie that it takes along."""

    page: str = field(repr=False)
    state: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanySignIn:
    """Sends people to managed login, and lets in who comes back proved.

    Attributes:
        providers: name of the identity provider of each company's mail domain.
    """

    login: ManagedLogin
    sign_in: SignIn
    states: SignInStates
    randomness: Randomness
    clock: Clock
    providers: Mapping[str, str] = field(default_factory=dict)

    def begin(self, email: str = "", next: str = "", stepping_up: Session | None = None) -> Away:
        """Return where to go.

        Args:
            email: picks the company's provider by its domain; any other text picks none.
            next: path below the console to return to.
            stepping_up: the session whose person proves again who they are.
        """
        now, seed = self.clock(), self.randomness.token(32)
        address = canonical(email)
        session = stepping_up
        state = SignInState(
            step=SignInStep.COMPANY,
            ends_at=now,
            secret=seed.hex(),
            stepping_up=f"{session.tenant}.{session.user}.{session.id}" if session else "",
            next=safe_next(next),
        )
        challenge = _base64(hashlib.sha256(_derived(seed, "verifier").encode()).digest())
        provider = self.providers.get(address.rpartition("@")[2].lower(), "")
        anew = stepping_up is not None
        page = self.login.page(_derived(seed, "state"), _derived(seed, "nonce"), challenge, provider, anew=anew)
        return Away(page, self.states.issue(state, now))

    def finish(self, cookie: str, code: str, state: str, browser: Browser) -> SignInAnswer:
        """Let in the person who comes back from managed login.

        Args:
            cookie: the short cookie.
            code, state: parameters of the callback; "" if it has none, for example after an error there.

        Returns:
            A session, the choice of a tenant, or why not: EXPIRED, COMPANY, WRONG (disabled) or NOT_A_MEMBER.

        Raises:
            ProviderUnavailable, StorageUnavailable: begin again.
        """
        begun = self.states.read(cookie, self.clock(), SignInStep.COMPANY)
        if begun is None:
            return Denied(Denial.EXPIRED)
        seed = bytes.fromhex(begun.secret)
        if not code or not hmac.compare_digest(state.encode(), _derived(seed, "state").encode()):
            return Denied(Denial.COMPANY)
        proven = self.login.exchange(code, _derived(seed, "verifier"), _derived(seed, "nonce"))
        if proven is None:
            return Denied(Denial.COMPANY)
        # Who only has a session there proves nothing anew; the address of the page is in the visitor's hands.
        if begun.stepping_up and (proven.at is None or proven.at < begun.issued_at - _CLOCKS_DIFFER):
            return Denied(Denial.COMPANY)
        return self.sign_in.proved_elsewhere(proven.sub, proven.email, begun, browser)

    def sign_out_page(self) -> str:
        """Return where a person who signed in here goes on to after the sign-out."""
        return self.login.sign_out_page()


def _derived(seed: bytes, use: str) -> str:
    return _base64(hmac.digest(seed, use.encode(), "sha256"))


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
