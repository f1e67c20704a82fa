"""The addresses for keywords: the numbers and the mailbox of an API key."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.alerts.domain.features import TriggerKind
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.kernel.ports import Sealer
from tocsin.responses.ports.conversations import TwoWayNumbers
from tocsin.triggers.domain.mailbox import Mailbox, mailbox_address, mailbox_in


class TriggerMailboxes:
    """The mailboxes of API keys. A hash with the tenant's data key makes an address impossible to guess.

    Args:
        domain: the installation's mail domain.
    """

    def __init__(self, domain: str, sealer: Sealer) -> None:
        self._domain = domain
        self._sealer = sealer

    def __call__(self, tenant: TenantId, key_id: ApiKeyId) -> str:
        """Return the mailbox of a key. Raises StorageUnavailable if the tenant's data key cannot be read."""
        return mailbox_address(tenant, key_id, self._domain, self.keyed)

    def claimed(self, address: str) -> Mailbox | None:
        """Return the mailbox that an address names; None = the address has another form. `genuine` is not checked."""
        return mailbox_in(address, self._domain)

    def keyed(self, tenant: TenantId, named: bytes) -> bytes:
        """Return the keyed hash for a mailbox address, 32 bytes."""
        return self._sealer.fingerprint(tenant, "trigger-mailbox", named)


@dataclass(frozen=True, slots=True)
class TriggerPlaces:
    """Return the addresses for keywords of a key."""

    numbers: TwoWayNumbers
    mailboxes: TriggerMailboxes

    def __call__(self, tenant: TenantId, key_id: ApiKeyId, kind: TriggerKind) -> tuple[str, ...]:
        """Return the addresses for keywords of a kind; none for short links, which people visit.

        Raises:
            StorageUnavailable: the numbers or the tenant's data key cannot be read.
        """
        match kind:
            case TriggerKind.SMS:
                mine = [number for number in self.numbers.of_tenant(tenant) if number.key_id == key_id]
                return tuple(number.number for number in mine)
            case TriggerKind.EMAIL:
                return (self.mailboxes(tenant, key_id),)
            case TriggerKind.SHORTLINK:
                return ()
