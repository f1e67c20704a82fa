"""Suppress an address, lift a suppression, and read suppressions before a submission."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.errors import StaleWrite
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Sealer
from tocsin.suppressions.domain.suppression import Suppression, SuppressionReason, compared
from tocsin.suppressions.ports import Suppressions

_PURPOSE = "suppression"
_ROUNDS = 10  # each lost race means that another reason came or went


class Suppress:
    """Reads and changes suppressions. Callers must not pass events of sandbox alerts, which reach no real address.

    `at` is the time of the event that suppresses or lifts, by the provider's or the transport's clock. So an event that
    is delivered again later does not undo what happened in between.
    """

    def __init__(self, suppressions: Suppressions, sealer: Sealer) -> None:
        self._suppressions = suppressions
        self._sealer = sealer

    def __call__(
        self, tenant: TenantId, channel: Channel, address: str, reason: SuppressionReason, at: datetime
    ) -> bool:
        """Suppress an address (canonical form). False: the same or a later event was stored before.

        Raises:
            StaleWrite, StorageUnavailable: nothing was stored; call again.
        """
        return self._change(tenant, channel, address, lambda known: known.with_reason(reason, at))

    def lift(
        self,
        tenant: TenantId,
        channel: Channel,
        address: str,
        at: datetime,
        reasons: Collection[SuppressionReason] = (SuppressionReason.STOP,),
    ) -> bool:
        """Lift some reasons; a person's START lifts only that person's STOP. False: none of the reasons was in force.

        Raises:
            StaleWrite, StorageUnavailable: nothing was stored; call again.
        """
        stood = False

        def lifted(known: Suppression) -> Suppression | None:
            nonlocal stood
            stood = any(reason in reasons and given <= at for reason, given in known.standing.items())
            return known.without(reasons, at)

        self._change(tenant, channel, address, lifted)
        return stood

    def known(self, tenant: TenantId, channel: Channel, address: str) -> Suppression:
        """Return the suppression of one address; one without reasons if none is stored."""
        fingerprint = self._fingerprint(tenant, channel, address)
        found = self._suppressions.find(tenant, channel, [fingerprint])
        return found.get(fingerprint) or Suppression(tenant, channel, fingerprint)

    def standing(self, tenant: TenantId, channel: Channel, addresses: Sequence[str]) -> Mapping[str, SuppressionReason]:
        """Return those of up to 100 addresses that must not be contacted, and why; one read, strongly consistent.

        Raises:
            StorageUnavailable: none of the addresses may be contacted.
        """
        fingerprints = self.fingerprints(tenant, channel, addresses)
        if not fingerprints:
            return {}
        found = self._suppressions.find(tenant, channel, set(fingerprints.values()))
        return {
            address: known.reason
            for address, fingerprint in fingerprints.items()
            if (known := found.get(fingerprint)) and known.reason
        }

    def fingerprints(self, tenant: TenantId, channel: Channel, addresses: Sequence[str]) -> Mapping[str, bytes]:
        """Return the fingerprint of each address, by which its suppression is stored. Raises StorageUnavailable."""
        return {address: self._fingerprint(tenant, channel, address) for address in addresses}

    def _change(
        self, tenant: TenantId, channel: Channel, address: str, change: Callable[[Suppression], Suppression | None]
    ) -> bool:
        for _ in range(_ROUNDS):
            changed = change(self.known(tenant, channel, address))
            if changed is None:
                return False
            if self._suppressions.save(changed):
                return True
        raise StaleWrite("a suppression changed ten times during one change")

    def _fingerprint(self, tenant: TenantId, channel: Channel, address: str) -> bytes:
        return self._sealer.fingerprint(tenant, _PURPOSE, f"{channel.value}|".encode() + compared(channel, address))
