"""Mail people of an account about a change, once per change, through the normal dispatch."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from tocsin.alerts.application.mail_owners import accept_system_alert
from tocsin.alerts.domain.alert import CHUNK_SIZE
from tocsin.alerts.domain.internal.system_alert import alert_to_people
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.alerts.ports.dispatch_queue import DispatchQueue
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.notices.domain.owner_notification import OwnerNotification


@dataclass(frozen=True, slots=True)
class MailPeople:
    """Accepts a system alert for each change. Each address gets a mail of its own."""

    alerts: AlertRepository
    queue: DispatchQueue
    clock: Clock

    def __call__(self, tenant: TenantId, notification: OwnerNotification, addresses: Collection[str]) -> None:
        """Mail these addresses, at most CHUNK_SIZE of them; a repeat of the change finds the alert and adds nothing.

        Raises:
            StorageUnavailable: repeat the call.
        """
        receivers = list(dict.fromkeys(addresses))[:CHUNK_SIZE]
        if receivers:
            alert = alert_to_people(notification, tenant, len(receivers), self.clock())
            accept_system_alert(self.alerts, self.queue, alert, receivers, "people_mailed")
