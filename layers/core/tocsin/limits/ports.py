"""Ports of the brakes: the tenants' settings, and the counters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.ids import TenantId
from tocsin.limits.domain.sending_limits import Pause, Rate, SendingLimits


class LimitSettings(Protocol):
    """The settings of each tenant."""

    def get(self, tenant: TenantId) -> SendingLimits:
        """Return the settings, strongly consistent; the defaults if there are none."""
        ...

    def set(self, tenant: TenantId, sending_limits: SendingLimits) -> None:
        """Replace the settings. What is paused stays as it is."""
        ...

    def pause(self, tenant: TenantId, channel: Channel, pause: Pause) -> bool:
        """Stop a channel. False: it is stopped already, and the first reason stands."""
        ...

    def resume(self, tenant: TenantId, channel: Channel) -> None:
        """Let a channel go on."""
        ...


class Counters(Protocol):
    """Counters of each tenant. A meter's name says of which day or window it is; it is forgotten after `until`."""

    def consume(self, tenant: TenantId, counter: str, costs: Sequence[int], cap: int, until: datetime) -> int:
        """Add up as many of the costs (each 0 or more), from the first on, as keep the meter at `cap` at most.

        Returns:
            How many were taken. However many draw at once, the meter never passes its cap; a call whose answer is
                lost may count its costs twice.
        """
        ...

    def add(self, tenant: TenantId, counter: str, amount: int, until: datetime) -> int:
        """Add to a meter without a cap and return what it says now."""
        ...

    def read(self, tenant: TenantId, counter: str) -> int:
        """Return what a meter says, strongly consistent; 0 if it is not there."""
        ...

    def tokens(self, tenant: TenantId, fingerprints: Sequence[bytes], rate: Rate, now: datetime) -> Sequence[bool]:
        """Take a token for each fingerprint in the window that holds `now`; in order, whether there was one."""
        ...
