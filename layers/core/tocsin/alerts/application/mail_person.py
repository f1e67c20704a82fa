"""Mail one person about their sign-in, through the normal dispatch."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.alerts.application.mail_owners import accept_system_alert
from tocsin.alerts.domain.internal.system_alert import alert_to_person
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.alerts.ports.dispatch_queue import DispatchQueue
from tocsin.kernel.ports import Clock
from tocsin.sign_in.domain.personal_mail import PersonalMail


@dataclass(frozen=True, slots=True)
class MailPerson:
    """The port `SystemMail`: accepts a system alert, which is claimed, tracked and suppressed as any other message."""

    alerts: AlertRepository
    queue: DispatchQueue
    clock: Clock

    def send(self, mail: PersonalMail) -> None:
        """Accept the mail; a repeat finds the alert and adds nothing. Raises StorageUnavailable."""
        accept_system_alert(self.alerts, self.queue, alert_to_person(mail, self.clock()), [mail.to], "person_mailed")
