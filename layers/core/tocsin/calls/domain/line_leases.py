"""Which tries hold the lines of a provider, and who may have the next one.

    a try asks ─► holds a line already ──────────────────────────────► keeps it
                ├─ its account calls the number ─────────────────────► none; it comes again
                ├─ but a fifth of the lines are leased, and it is bulk ┐
                ├─ its account has half of them, while others wait     ├► none; its account waits now
                └─ else ─► a line, until the lease ends                ┘

An account waits for half a minute after it was refused: its tries come again within ten seconds. Accounts whose bulk
tries wait keep no other account's urgent tries from more than half of the lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WAITS_FOR = timedelta(seconds=30)
"""How long an account counts as waiting after it was refused."""


@dataclass(frozen=True, slots=True)
class LineLease:
    """A leased line.

    Attributes:
        holder: the try.
        number: stands for the account and the number that it calls.
        until: the lease ends then.
    """

    holder: str
    account: str
    number: str
    until: datetime


@dataclass(frozen=True, slots=True)
class LineWaiter:
    """An account that was refused a line, and counts as waiting until then."""

    account: str
    urgent: bool
    until: datetime


@dataclass(frozen=True, slots=True)
class LineLeases:
    """All leased lines of a provider, and the accounts that wait."""

    leases: tuple[LineLease, ...] = ()
    waiters: tuple[LineWaiter, ...] = ()

    def take(
        self, lines: int, wanted: Sequence[LineLease], account: str, now: datetime, *, urgent: bool
    ) -> tuple[LineLeases, frozenset[str]]:
        """Return the leases after an account's tries have asked for lines, and the tries that hold one.

        Args:
            lines: how many lines there are.
            wanted: the leases as they would be, all of them of `account`.
        """
        leases = [lease for lease in self.leases if lease.until > now]
        waiters = [one for one in self.waiters if one.until > now and (one.account, one.urgent) != (account, urgent)]
        others_wait = any(one.account != account and (one.urgent or not urgent) for one in waiters)
        most_of_account = max(1, lines // 2) if others_wait else lines
        most = lines if urgent else lines - lines // 5
        held, refused = set[str](), False
        for one in wanted:
            own = [lease for lease in leases if lease.account == account]
            if any(lease.holder == one.holder for lease in own):
                held.add(one.holder)
            elif any(lease.number == one.number for lease in own):
                continue
            elif len(leases) < most and len(own) < most_of_account:
                leases.append(one)
                held.add(one.holder)
            else:
                refused = True
        if refused:
            waiters.append(LineWaiter(account, urgent, now + WAITS_FOR))
        return LineLeases(tuple(leases), tuple(waiters)), frozenset(held)

    def give_back(self, holders: Iterable[str]) -> LineLeases:
        """Return the leases without those of these tries."""
        over = frozenset(holders)
        return LineLeases(tuple(lease for lease in self.leases if lease.holder not in over), self.waiters)
