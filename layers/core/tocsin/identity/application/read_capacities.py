"""What is left of an API key's capacities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tocsin.contacts.domain.channel import Channel
from tocsin.identity.domain.api_key import ApiKey
from tocsin.identity.ports import ApiKeyRepository

CAPACITIES = (Channel.CALL, Channel.EMAIL, Channel.SMS)
"""Channels that are counted."""


@dataclass(frozen=True, slots=True)
class ReadCapacities:
    """Return what is left per counted channel."""

    keys: ApiKeyRepository

    def __call__(self, key: ApiKey) -> Mapping[Channel, int | None]:
        """Return units, strongly consistent; None for a channel without a limit. Raises StorageUnavailable."""
        left = self.keys.remaining(key.tenant, key.id) if key.limited else {}
        return {channel: left.get(channel, 0) if channel in key.limited else None for channel in CAPACITIES}
