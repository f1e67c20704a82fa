"""Lets a sign-in wait after too many failures, and knows the browsers in which a person has signed in before."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from tocsin.identity.domain.tenant import SIGN_IN
from tocsin.kernel.domain.errors import ProviderUnavailable
from tocsin.kernel.ports import Randomness, Sealer
from tocsin.sign_in.domain.steps import Browser, Denial, Denied
from tocsin.sign_in.domain.throttle import Limit, SignInVisitor, ThrottleSettings, minutes_until
from tocsin.sign_in.ports.attempts import Attempts

_Answer = TypeVar("_Answer")


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
        if mark and hmac.compare_digest(mark.encode(), self._mark(browser_id, name).encode()):
            known = self._hash("known-browser-count", f"{browser_id}|{name}")
        return SignInVisitor(self._hash("address", name), self._hash("source", browser.source), known)

    def known_browser(self, email: str, browser: Browser) -> str:
        """Return the cookie by which this browser is known as one of this person; a known one keeps its own."""
        if self.visitor(email, browser).browser is not None:
            return browser.known
        browser_id = self.randomness.token(16).hex()
        return f"{browser_id}.{self._mark(browser_id, email.strip().casefold())}"

    def attempt(self, limits: Sequence[Limit], now: datetime, ask: Callable[[], _Answer]) -> _Answer | Denied:
        """Count an attempt, then make it. If the identity provider does not answer, the attempt is taken back.

        Returns:
            What `ask` returns; LOCKED without asking, if a limit is reached.
        """
        if until := self.attempts.take(limits, now):
            return Denied(Denial.LOCKED, minutes_until(until, now))
        try:
            return ask()
        except ProviderUnavailable:
            self.attempts.give_back(limits, now)
            raise

    def give_back(self, limits: Sequence[Limit], now: datetime) -> None:
        """Take an attempt back that was no failure."""
        self.attempts.give_back(limits, now)

    def finished(self, visitor: SignInVisitor) -> None:
        """Clear the counts of a person who has finished a sign-in."""
        self.attempts.clear(self.settings.cleared(visitor))

    def _mark(self, browser_id: str, name: str) -> str:
        return self._hash("known-browser", f"{browser_id}|{name}")

    def _hash(self, purpose: str, value: str) -> str:
        return self.sealer.fingerprint(SIGN_IN, f"sign-in|{purpose}", value.encode()).hex()
