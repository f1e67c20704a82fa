"""Port of suppressions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Protocol

from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.ids import TenantId
from tocsin.suppressions.domain.suppression import Suppression


class Suppressions(Protocol):
    """Suppressions of each tenant, by channel and fingerprint of the address."""

    def find(self, tenant: TenantId, channel: Channel, fingerprints: Collection[bytes]) -> Mapping[bytes, Suppression]:
        """Return the stored suppressions of up to 100 addresses by fingerprint, strongly consistent.

        Raises:
            StorageUnavailable: not all of them could be read.
        """
        ...

    def save(self, suppression: Suppression) -> bool:
        """Replace the previous version. False: conflict with another writer; read and decide again."""
        ...

    def all(self, tenant: TenantId) -> Iterator[Suppression]:
        """Yield all suppressions, lifted ones included, in no order. For operators: it reads 256 partitions."""
        ...
