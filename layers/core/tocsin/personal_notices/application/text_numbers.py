"""What the texts of an account come from, and to which numbers none are sent."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.application.recently_read import RecentlyRead
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.suppressions.application.suppress import Suppress

NAMELESS = "Tocsin"
"""The sender of texts of an account that has no number and has chosen no name."""

SENDER_KNOWN_FOR = timedelta(seconds=5)
"""How long a process keeps the sender of an account."""

_AT_ONCE = 100
_KEPT = 256


class NoticeSenders:
    """The sender of each account's notices, each at most SENDER_KNOWN_FOR old. For one thread.

    Args:
        chosen: returns what the account has chosen: a number, a name, or None.
        numbers: returns the numbers that the account may text from, in ascending order.
    """

    def __init__(
        self, chosen: Callable[[TenantId], str | None], numbers: Callable[[TenantId], Sequence[str]], clock: Clock
    ) -> None:
        def read(tenant: TenantId) -> str:
            return notice_sender(chosen(tenant), numbers(tenant))

        self._recent = RecentlyRead(read, clock, SENDER_KNOWN_FOR, _KEPT)

    def __call__(self, tenant: TenantId) -> str:
        """Return the sender: what was chosen, unless the account has lost the number; else its first number."""
        return self._recent(tenant)


def notice_sender(chosen: str | None, numbers: Sequence[str]) -> str:
    """Return what notices come from.

    Args:
        chosen: a number or a name; None = nothing was chosen.
        numbers: that the account may text from.
    """
    if chosen is not None and (not chosen.startswith("+") or chosen in numbers):
        return chosen
    return numbers[0] if numbers else NAMELESS


@dataclass(frozen=True, slots=True)
class OptedOut:
    """Finds those among some numbers that said STOP."""

    suppress: Suppress

    def __call__(self, tenant: TenantId, among: Sequence[str]) -> Collection[str]:
        """Return those that said STOP, or that an operator or the carrier has stopped. E.164."""
        found: set[str] = set()
        for start in range(0, len(among), _AT_ONCE):
            found |= self.suppress.standing(tenant, Channel.SMS, among[start : start + _AT_ONCE]).keys()
        return found
