"""Put an address on the list of those that must not be contacted, take it off, and ask for it before a hand-over."""

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
    """The list of one deployment. Every caller must leave sandbox alerts out: they reach nobody.

    `at` is when the thing happened that suppresses or lifts (the provider's or the transport's time, not ours), so
    that an event that comes again later does not undo what happened in between.
    """

    def __init__(self, suppressions: Suppressions, sealer: Sealer) -> None:
        self._suppressions = suppressions
        self._sealer = sealer

    def __call__(
        self, tenant: TenantId, channel: Channel, address: str, reason: SuppressionReason, at: datetime
    ) -> bool:
        """Suppress an address (canonical form). False: the same or something later was known.

        Raises:
            StaleWrite, StorageUnavailable: do it again.
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
        """Lift some reasons; a person's START lifts only that person's STOP. False: nothing of it stood.

        Raises:
            StaleWrite, StorageUnavailable: do it again.
        """
        stood = False

        def lifted(known: Suppression) -> Suppression | None:
            nonlocal stood
            stood = any(reason in reasons and given <= at for reason, given in known.standing.items())
            return known.without(reasons, at)

        self._change(tenant, channel, address, lifted)
        return stood

    def known(self, tenant: TenantId, channel: Channel, address: str) -> Suppression:
        """Return what is known about one address."""
        fingerprint = self._fingerprint(tenant, channel, address)
        found = self._suppressions.find(tenant, channel, [fingerprint])
        return found.get(fingerprint) or Suppression(tenant, channel, fingerprint)

    def standing(self, tenant: TenantId, channel: Channel, addresses: Sequence[str]) -> Mapping[str, SuppressionReason]:
        """Return those of up to 100 addresses that must not be contacted, and why; one read, strongly consistent.

        Raises:
            StorageUnavailable: nobody may be contacted on the strength of this.
        """
        fingerprints = {address: self._fingerprint(tenant, channel, address) for address in addresses}
        if not fingerprints:
            return {}
        found = self._suppressions.find(tenant, channel, set(fingerprints.values()))
        return {
            address: known.reason
            for address, fingerprint in fingerprints.items()
            if (known := found.get(fingerprint)) and known.reason
        }

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
