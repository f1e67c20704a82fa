"""Ports of sending limits: the settings of tenants, counters, and totals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.ids import TenantId
from tocsin.limits.domain.sending_limits import Pause, Rate, SendingLimits
from tocsin.limits.domain.sending_totals import Amounts


class LimitSettings(Protocol):
    """The settings of each tenant: limits and paused channels."""

    def get(self, tenant: TenantId) -> SendingLimits:
        """Return the settings, strongly consistent; the defaults if the tenant has none."""
        ...

    def set(self, tenant: TenantId, sending_limits: SendingLimits) -> None:
        """Replace the settings, except for the paused channels, and whether what is sent is counted."""
        ...

    def count(self, tenant: TenantId, since: datetime | None) -> None:
        """Say whether what is sent is counted for reports.

        Args:
            since: from now on; an earlier time stays. None = no more.
        """
        ...

    def pause(self, tenant: TenantId, channel: Channel, pause: Pause) -> bool:
        """Pause a channel. False: the channel is already paused, and its first reason stays."""
        ...

    def resume(self, tenant: TenantId, channel: Channel) -> None:
        """Resume a channel."""
        ...


class Counters(Protocol):
    """Counters of each tenant. A counter's name contains its day or window; after `until` the counter may expire."""

    def consume(self, tenant: TenantId, counter: str, costs: Sequence[int], cap: int, until: datetime) -> int:
        """Add costs (each 0 or more), in order, until the next one would bring the counter above `cap`.

        Returns:
            The number of costs that were added. Concurrent calls never bring the counter above `cap`. If the response
                of the store is lost, the costs may be counted twice.
        """
        ...

    def draw(
        self, tenant: TenantId, counter: str, costs: Sequence[int], cap: int, until: datetime
    ) -> tuple[int, int | None]:
        """Do as `consume`; return also the new value of the counter, None if no cost was added."""
        ...

    def add(self, tenant: TenantId, counter: str, amount: int, until: datetime) -> int:
        """Add to a counter without a cap, and return its new value."""
        ...

    def read(self, tenant: TenantId, counter: str) -> int:
        """Return the value of a counter, strongly consistent; 0 if the counter does not exist."""
        ...

    def tokens(self, tenant: TenantId, fingerprints: Sequence[bytes], rate: Rate, now: datetime) -> Sequence[bool]:
        """Take one token for each fingerprint in the window of `now`. Return, in order, whether a token was left."""
        ...

    def give_back(self, tenant: TenantId, fingerprints: Sequence[bytes], rate: Rate, now: datetime) -> None:
        """Give back one token of each fingerprint in the window of `now`; where none was taken, nothing changes."""
        ...


class SendingTotals(Protocol):
    """What each tenant has sent and spent, by the quarter of an hour, for TOTALS_KEPT. No limit hangs on it."""

    def add(self, tenant: TenantId, at: datetime, amounts: Amounts) -> None:
        """Add to the quarter of an hour that holds `at`. A repeat after a lost response may count twice.

        Raises:
            StorageUnavailable: it may be counted.
        """
        ...

    def read(self, tenant: TenantId, first: datetime, before: datetime) -> Amounts:
        """Return the sums of the quarters that begin from `first` on and before `before`, strongly consistent.

        Names that were never counted are missing.
        """
        ...
