"""Composition of mails to one person about their sign-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tocsin.bootstrap.queues import Queues
    from tocsin.bootstrap.storage import Storage
    from tocsin.sign_in.domain.personal_mail import PersonalMail
    from tocsin.sign_in.ports.system_mail import SystemMail


def system_mail(storage: Storage, queues: Queues) -> SystemMail:
    """Return what mails one person about their sign-in. It needs the urgent email queue."""
    return _LateMail(storage, queues)


class _LateMail:
    """Mails as `MailPerson` does, which is imported with the first mail: most requests send none."""

    def __init__(self, storage: Storage, queues: Queues) -> None:
        self._storage, self._queues = storage, queues

    def send(self, mail: PersonalMail) -> None:
        """Accept a mail for sending, as `SystemMail` says."""
        from tocsin.alerts.application.mail_person import MailPerson

        MailPerson(self._storage.alerts, self._queues.dispatch, self._storage.clock).send(mail)
