"""Where people write a keyword to: the numbers and the mailbox of an API key."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.alerts.domain.features import TriggerKind
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.kernel.ports import Sealer
from tocsin.responses.ports.conversations import TwoWayNumbers
from tocsin.triggers.domain.mailbox import Mailbox, mailbox_address, mailbox_in


class TriggerMailboxes:
    """The mailboxes of API keys, under the tenants' own keys.

    Args:
        domain: the platform's mail domain.
    """

    def __init__(self, domain: str, sealer: Sealer) -> None:
        self._domain = domain
        self._sealer = sealer

    def __call__(self, tenant: TenantId, key_id: ApiKeyId) -> str:
        """Return the mailbox of a key. Raises StorageUnavailable when the tenant's key cannot be had."""
        return mailbox_address(tenant, key_id, self._domain, self.keyed)

    def claimed(self, address: str) -> Mailbox | None:
        """Return which mailbox an address claims to be, None if it has not the form of one."""
        return mailbox_in(address, self._domain)

    def keyed(self, tenant: TenantId, named: bytes) -> bytes:
        """Return the keyed hash that makes a mailbox."""
        return self._sealer.fingerprint(tenant, "trigger-mailbox", named)


@dataclass(frozen=True, slots=True)
class TriggerPlaces:
    """Return where the keywords of a key are written to."""

    numbers: TwoWayNumbers
    mailboxes: TriggerMailboxes

    def __call__(self, tenant: TenantId, key_id: ApiKeyId, kind: TriggerKind) -> tuple[str, ...]:
        """Return the addresses for keywords of a kind; none for short links, which people follow.

        Raises:
            StorageUnavailable: nobody knows.
        """
        match kind:
            case TriggerKind.SMS:
                mine = [number for number in self.numbers.of_tenant(tenant) if number.key_id == key_id]
                return tuple(number.number for number in mine)
            case TriggerKind.EMAIL:
                return (self.mailboxes(tenant, key_id),)
            case TriggerKind.SHORTLINK:
                return ()
