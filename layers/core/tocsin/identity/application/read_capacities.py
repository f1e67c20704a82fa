"""Read the remaining capacities of an API key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tocsin.contacts.domain.channel import Channel
from tocsin.identity.domain.api_key import ApiKey
from tocsin.identity.ports.keys import ApiKeyRepository

CAPACITIES = (Channel.CALL, Channel.EMAIL, Channel.SMS)
"""Channels whose messages count against a capacity."""


@dataclass(frozen=True, slots=True)
class ReadCapacities:
    """Read the remaining capacity of each counted channel."""

    keys: ApiKeyRepository

    def __call__(self, key: ApiKey) -> Mapping[Channel, int | None]:
        """Return units, strongly consistent; None for a channel without a limit. Raises StorageUnavailable."""
        left = self.keys.remaining(key.tenant, key.id) if key.limited else {}
        return {channel: left.get(channel, 0) if channel in key.limited else None for channel in CAPACITIES}
