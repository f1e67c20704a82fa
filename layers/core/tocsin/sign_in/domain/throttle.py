"""How often a sign-in may fail before the next one has to wait. Only failures count; the limits are parameters.

per address and source   a person who mistypes is told to wait, and no other person
per address              many sources that try one person
per source               one source that tries many people
per known browser        where the person has signed in before: a count of its own, so that strangers lock no person out
codes                    of one person, whatever their password does
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many attempts within a window, which begins with the first attempt.

    Attributes:
        counter: name of the count; it holds keyed hashes and ids, no address.
    """

    counter: str
    most: int
    within: timedelta


@dataclass(frozen=True, slots=True)
class SignInVisitor:
    """Who tries, as keyed hashes in hex.

    Attributes:
        address: of the email address, in any spelling of its case.
        source: of the IP address.
        browser: of a browser in which this person has signed in before; None = another browser.
    """

    address: str
    source: str
    browser: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ThrottleSettings:
    """The limits. `per_source` None = no limit, for the local engine, where everybody comes from one address."""

    per_address_and_source: int = 5
    per_address: int = 20
    per_source: int | None = 100
    per_browser: int = 5
    codes: int = 5
    window: timedelta = timedelta(minutes=15)
    reset_mails: int = 5
    reset_window: timedelta = timedelta(hours=1)

    def passwords(self, visitor: SignInVisitor) -> tuple[Limit, ...]:
        """Return the limits that an attempt with a password counts against."""
        if visitor.browser is not None:
            return (Limit(f"browser#{visitor.browser}", self.per_browser, self.window),)
        return (
            Limit(f"pair#{visitor.address}#{visitor.source}", self.per_address_and_source, self.window),
            Limit(f"address#{visitor.address}", self.per_address, self.window),
            *self._source(visitor),
        )

    def one_time_codes(self, visitor: SignInVisitor) -> tuple[Limit, ...]:
        """Return the limits that an attempt with a code counts against."""
        return (Limit(f"code#{visitor.address}", self.codes, self.window), *self._source(visitor))

    def mails(self, visitor: SignInVisitor) -> tuple[Limit, ...]:
        """Return the limits that a mail with a code counts against."""
        return (Limit(f"reset#{visitor.address}", self.reset_mails, self.reset_window), *self._source(visitor))

    def cleared(self, visitor: SignInVisitor) -> tuple[str, ...]:
        """Return the counts that a finished sign-in clears. That of the source stays: one account resets no others."""
        counts = [f"pair#{visitor.address}#{visitor.source}", f"address#{visitor.address}", f"code#{visitor.address}"]
        return (*counts, *([f"browser#{visitor.browser}"] if visitor.browser else []))

    def _source(self, visitor: SignInVisitor) -> tuple[Limit, ...]:
        if self.per_source is None:
            return ()
        return (Limit(f"source#{visitor.source}", self.per_source, self.window),)


def minutes_until(until: datetime, now: datetime) -> int:
    """Return the whole minutes to wait, at least one."""
    return max(1, math.ceil((until - now) / timedelta(minutes=1)))
