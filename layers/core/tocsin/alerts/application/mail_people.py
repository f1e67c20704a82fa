"""Mail people of an account about a change, each once, through the normal dispatch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tocsin.directory.application.administrators import administrators
from tocsin.directory.ports import Directory
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.ids import TenantId
from tocsin.notices.domain.owner_notification import OwnerNotification
from tocsin.sign_in.domain.personal_mail import PersonalMail
from tocsin.sign_in.ports.system_mail import SystemMail


@dataclass(frozen=True, slots=True)
class MailPeople:
    """Mails people. A repeat of a change sends no second mail."""

    directory: Directory
    mail: SystemMail

    def __call__(self, tenant: TenantId, notification: OwnerNotification, people: Iterable[User]) -> None:
        """Mail each of these people. Raises StorageUnavailable: some may be mailed; repeat the call."""
        for person in people:
            self.mail.send(
                PersonalMail(
                    tenant=tenant,
                    change=f"{notification.change}|{person.id}",
                    dated=notification.dated,
                    subject=f"[Tocsin] {notification.subject}",
                    to=person.email,
                    text=f"{notification.text}\n\nAccount: {tenant}\n",
                )
            )

    def administrators(self, tenant: TenantId, notification: OwnerNotification) -> None:
        """Mail the owners and admins of an account. Raises StorageUnavailable: some may be mailed; repeat the call."""
        self(tenant, notification, administrators(self.directory, tenant))
