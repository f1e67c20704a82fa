"""Add capacity to an API key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tocsin.contacts.domain.channel import Channel
from tocsin.identity.ports.keys import ApiKeyRepository
from tocsin.kernel.domain.errors import Fault, InvalidRequest, NotFound
from tocsin.kernel.domain.ids import ApiKeyId, TenantId


@dataclass(frozen=True, slots=True)
class TopUpCapacity:
    """Add to the limited capacities of a key. Not idempotent: each call adds."""

    keys: ApiKeyRepository

    def __call__(self, tenant: TenantId, key_id: ApiKeyId, units: Mapping[Channel, int]) -> Mapping[Channel, int]:
        """Add the units and return the remaining units of every limited channel.

        Raises:
            NotFound: the tenant has no such key.
            InvalidRequest: less than one unit, or a channel that is not limited; then nothing was added.
        """
        key = self.keys.get(tenant, key_id)
        if key is None:
            raise NotFound("API key")
        faults = []
        for channel, more in units.items():
            if more < 1:
                faults.append(Fault(f"/add/{channel.value}", "OUT_OF_RANGE", "must be 1 or more"))
            if channel not in key.limited:
                faults.append(
                    Fault(f"/add/{channel.value}", "NOT_LIMITED", "this key's use of the channel is unlimited")
                )
        if faults:
            raise InvalidRequest(faults)
        for channel, more in units.items():
            self.keys.top_up(tenant, key_id, channel, more)
        return self.keys.remaining(tenant, key_id)
