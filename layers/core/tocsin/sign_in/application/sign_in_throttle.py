"""Lets a sign-in wait after too many failures, and knows the browsers in which a person has signed in before."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from tocsin.identity.domain.tenant import SIGN_IN
from tocsin.kernel.domain.errors import ProviderUnavailable
from tocsin.kernel.ports import Randomness, Sealer
from tocsin.sign_in.domain.steps import Browser
from tocsin.sign_in.domain.throttle import Limit, SignInVisitor, ThrottleSettings
from tocsin.sign_in.ports.attempts import Attempts

KNOWN_SECONDS = 365 * 86_400
"""How long a browser is known."""


@dataclass(frozen=True, slots=True)
class SignInThrottle:
    """Counts attempts by keyed hashes of address, source and browser. It never learns whether an address is known."""

    attempts: Attempts
    sealer: Sealer
    randomness: Randomness
    settings: ThrottleSettings = field(default_factory=ThrottleSettings)

    def visitor(self, email: str, browser: Browser) -> SignInVisitor:
        """Return who tries. Addresses that differ in case only are one."""
        name = email.strip().casefold()
        known = None
        browser_id, _, mark = browser.known.partition(".")
        if mark and hmac.compare_digest(mark, self._mark(browser_id, name)):
            known = self._hash("known-browser-count", f"{browser_id}|{name}")
        return SignInVisitor(self._hash("address", name), self._hash("source", browser.source), known)

    def known_browser(self, email: str, browser: Browser) -> str:
        """Return the cookie by which this browser is known as one of this person; a known one keeps its own."""
        if self.visitor(email, browser).browser is not None:
            return browser.known
        browser_id = self.randomness.token(16).hex()
        return f"{browser_id}.{self._mark(browser_id, email.strip().casefold())}"

    def take(self, limits: Sequence[Limit], now: datetime) -> datetime | None:
        """Count an attempt before it is made. None: go on. Otherwise when there is room again."""
        return self.attempts.take(limits, now)

    def give_back(self, limits: Sequence[Limit], now: datetime) -> None:
        """Take an attempt back that was no failure."""
        self.attempts.give_back(limits, now)

    def finished(self, visitor: SignInVisitor) -> None:
        """Clear the counts of a person who has finished a sign-in."""
        self.attempts.clear(self.settings.cleared(visitor))

    @contextmanager
    def outage_is_no_failure(self, limits: Sequence[Limit], now: datetime) -> Iterator[None]:
        """Take the attempt back if the identity provider does not answer."""
        try:
            yield
        except ProviderUnavailable:
            self.give_back(limits, now)
            raise

    def _mark(self, browser_id: str, name: str) -> str:
        return self._hash("known-browser", f"{browser_id}|{name}")

    def _hash(self, purpose: str, value: str) -> str:
        return self.sealer.fingerprint(SIGN_IN, f"sign-in|{purpose}", value.encode()).hex()
