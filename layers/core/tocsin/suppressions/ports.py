"""Port of who must not be contacted."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Protocol

from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.ids import TenantId
from tocsin.suppressions.domain.suppression import Suppression


class Suppressions(Protocol):
    """Suppressions of each tenant, by channel and fingerprint of the address."""

    def find(self, tenant: TenantId, channel: Channel, fingerprints: Collection[bytes]) -> Mapping[bytes, Suppression]:
        """Return what is known about each of up to 100 addresses, strongly consistent; unknown ones are left out.

        Raises:
            StorageUnavailable: not all of them could be read; the answer would be half the truth.
        """
        ...

    def save(self, suppression: Suppression) -> bool:
        """Write it on top of the version before it. False: another writer was first; find it and decide again."""
        ...

    def all(self, tenant: TenantId) -> Iterator[Suppression]:
        """Yield everything that is known, lifted ones included, in no order. For operators: it reads 256 partitions."""
        ...
