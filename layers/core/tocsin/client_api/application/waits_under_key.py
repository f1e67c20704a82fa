"""What waits under an API key: a key that is disabled sends it no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.ports import Clock
from tocsin.schedules.ports import Schedules
from tocsin.triggers.ports import Triggers

MOST = 200
"""Most ids of each list."""


@dataclass(frozen=True, slots=True)
class WaitingUnderKey:
    """What a disabled key does not send any more.

    Attributes:
        schedules: ids of scheduled alerts that have runs left, newest first.
        triggers: ids of the stored alerts that wait for a keyword.
    """

    schedules: Sequence[str]
    triggers: Sequence[str]


@dataclass(frozen=True, slots=True)
class WaitsUnderKey:
    """Lists what waits under a key, at most MOST of each kind."""

    schedules: Schedules
    triggers: Triggers
    clock: Clock

    def __call__(self, key: ApiKey) -> WaitingUnderKey:
        """Return what waits under the key now. Raises StorageUnavailable."""
        now = self.clock()
        live = (each.id for each in self.schedules.newest(key.tenant, key.id) if not each.over)
        triggers = [each.store_id for each in self.triggers.of_key(key.tenant, key.id) if now < each.expires_at]
        return WaitingUnderKey([*islice(live, MOST)], triggers[:MOST])
