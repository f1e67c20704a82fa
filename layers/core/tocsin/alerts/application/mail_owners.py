"""Mail the owners of API keys about a change, once per change, through the normal dispatch."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from tocsin.alerts.domain.alert import CHUNK_SIZE, Alert, ChunkKey
from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.alerts.domain.internal.system_alert import alert_about
from tocsin.alerts.ports.alerts import Acceptance, AlertRepository
from tocsin.alerts.ports.dispatch_queue import DispatchQueue
from tocsin.contacts.domain.email_address import mailbox_key
from tocsin.contacts.domain.recipient import Recipient
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.kernel.ports import Clock
from tocsin.notices.domain.owner_notification import KeyOwner, OwnerNotification
from tocsin.notices.ports.key_owners import KeyOwners

_REMEMBERED = 1024
_log = logging.getLogger(__name__)


class MailOwners:
    """Accepts a system alert for each change. Several threads may use it at once.

    The alert's reference is derived from the change. So a repeat, or another worker with the same change, finds the
    alert and adds nothing. The process remembers its last 1,024 changes and skips their repeats.
    """

    def __init__(self, owners: KeyOwners, alerts: AlertRepository, queue: DispatchQueue, clock: Clock) -> None:
        self._owners = owners
        self._alerts = alerts
        self._queue = queue
        self._clock = clock
        self._done: set[tuple[TenantId, str]] = set()

    def of_key(self, tenant: TenantId, key_id: ApiKeyId, notification: OwnerNotification) -> None:
        """Mail the owner of a key, if an address is known. The mail of a sandbox key goes to the sandbox sender.

        Raises:
            StorageUnavailable: repeat the call.
        """
        if self._known(tenant, notification):
            return
        owner = self._owners.of_key(tenant, key_id)
        self._mail(tenant, [owner] if owner else [], notification)

    def of_tenant(self, tenant: TenantId, notification: OwnerNotification) -> None:
        """Mail the owners of all live, enabled keys of a tenant, each mailbox once.

        Raises:
            StorageUnavailable: repeat the call.
        """
        if self._known(tenant, notification):
            return
        owners = [owner for owner in self._owners.of_tenant(tenant) if owner.enabled and not owner.sandbox]
        self._mail(tenant, owners, notification)

    def to_address(self, tenant: TenantId, owner: KeyOwner, notification: OwnerNotification) -> None:
        """Mail this owner, even if the key has another owner address by now.

        Raises:
            StorageUnavailable: repeat the call.
        """
        if not self._known(tenant, notification):
            self._mail(tenant, [owner], notification)

    def _mail(self, tenant: TenantId, owners: Sequence[KeyOwner], notification: OwnerNotification) -> None:
        reachable = [owner for owner in owners if owner.email]
        if reachable:
            first = reachable[0]
            mailboxes = {mailbox_key(owner.email): owner.email for owner in reachable if owner.email}
            receivers = list(mailboxes.values())[:CHUNK_SIZE]
            alert = alert_about(notification, tenant, first.key_id, receivers, self._clock(), sandbox=first.sandbox)
            accept_system_alert(self._alerts, self._queue, alert, receivers, "owners_mailed")
        if len(self._done) >= _REMEMBERED:
            self._done.clear()
        self._done.add((tenant, notification.change))

    def _known(self, tenant: TenantId, notification: OwnerNotification) -> bool:
        return (tenant, notification.change) in self._done


def accept_system_alert(
    alerts: AlertRepository, queue: DispatchQueue, alert: Alert, receivers: Sequence[str], event: str
) -> None:
    """Store a system alert unless it is there already, and queue it.

    Args:
        event: its name in the log.
    """
    chunk = ChunkKey(alert.tenant, alert.ref, 0, 0)
    alerts.accept(Acceptance(alert, {chunk: [Recipient(address) for address in receivers]}))
    facts = {"tenant": alert.tenant, "alert": alert.ref, "count": len(receivers)}
    _log.info(event, extra=facts)
    try:
        queue.put([DispatchJob(batch, alert.items[0].channel, alert.lane) for batch in alert.batches()])
    except StorageUnavailable:
        _log.warning("batches_not_queued", extra=facts)  # the sweeper finds them
