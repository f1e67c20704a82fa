"""Port of the lines: a provider holds only so many calls at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tocsin.delivery.domain.message_id import MessageId
from tocsin.kernel.domain.ids import TenantId


@dataclass(frozen=True, slots=True)
class WantedLine:
    """A line for one try.

    Attributes:
        message: the try. The same try never holds two lines.
        number: the receiver's number. An account calls a number once at a time.
    """

    message: MessageId
    number: str


class LinePool(Protocol):
    """Lines, leased to tries."""

    def take(
        self, tenant: TenantId, wanted: Sequence[WantedLine], *, urgent: bool, now: datetime, until: datetime
    ) -> Collection[MessageId]:
        """Lease lines, and return the tries that hold one now.

        Tries that get none: all lines are leased, or but a fifth of them and the tries are not urgent, or the account
        calls the number already, or it holds half of the lines while others wait.

        Args:
            until: the lease ends then at the latest, so that a worker that stopped keeps no line for ever.

        Raises:
            StorageUnavailable: lines may be leased; their leases end by themselves.
        """
        ...

    def give_back(self, tenant: TenantId, lines: Sequence[WantedLine]) -> None:
        """End the leases of these tries. A repeat changes nothing. Raises StorageUnavailable."""
        ...
