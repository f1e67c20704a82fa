"""Which alerts may have a receiver: a Bloom filter over keyed hashes of the addresses, sealed in each alert's `head`.

The list index carries `head`, so that a search by receiver reads the chunks of few alerts (ADR 0099). The filter never
misses a receiver; of the alerts without this receiver, one in 85 passes it.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterable

from tocsin.contacts.domain.email_address import mailbox_key
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Sealer

_BITS = 10
"""Bits of the filter for each address. With four places an address, (1 - e^(-4/10))^4 = 1.2 % pass by chance."""

_PURPOSE = "receiver"


def filter_of(sealer: Sealer, tenant: TenantId, addresses: Iterable[str]) -> str:
    """Return the filter of canonical addresses, as base64."""
    fingerprints = set(sealer.fingerprints(tenant, _PURPOSE, (mailbox_key(address).encode() for address in addresses)))
    bits = bytearray(max(1, -(-len(fingerprints) * _BITS // 8)))
    for fingerprint in fingerprints:
        for place in _places(fingerprint, len(bits)):
            bits[place >> 3] |= 1 << (place & 7)
    return base64.b64encode(bits).decode()


class ReceiverSought:
    """A receiver whose alerts are sought. `receiver`: the `mailbox_key` of a canonical address."""

    def __init__(self, sealer: Sealer, tenant: TenantId, receiver: str) -> None:
        self._receiver = receiver
        self._fingerprint = sealer.fingerprint(tenant, _PURPOSE, receiver.encode())

    def means(self, address: str) -> bool:
        """Whether a canonical address is the receiver's."""
        return mailbox_key(address) == self._receiver

    def may_be_in(self, filter: str) -> bool:
        """Whether the receiver may be among those of a filter."""
        bits = base64.b64decode(filter)
        return all(bits[place >> 3] & 1 << (place & 7) for place in _places(self._fingerprint, len(bits)))


def _places(fingerprint: bytes, size: int) -> Iterable[int]:
    """Return the four bits of an address in a filter of `size` bytes."""
    return [part % (size * 8) for part in struct.unpack(">4Q", fingerprint)]
