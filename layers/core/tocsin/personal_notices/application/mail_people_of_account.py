"""Mail people about their account, each a mail of their own, whatever channels they have chosen (UP-10)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from tocsin.alerts.domain.internal.inside_alert import InsideAlert, InsideMessage
from tocsin.content.domain.mail_alternative import text_and_html
from tocsin.directory.domain.things import Kind
from tocsin.directory.ports import Directory
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.ids import UserId
from tocsin.personal_notices.domain.account_mail import AccountMail
from tocsin.personal_notices.domain.person_decision import is_told_at_all

Send = Callable[[InsideAlert], object]
"""Accepts an alert of the inside with its participants, or raises Superseded; `SendInside` is one."""


@dataclass(frozen=True, slots=True)
class MailPeopleOfAccount:
    """Mails them, in the transaction of what is written beside. It knows no quiet hours."""

    directory: Directory
    send: Send

    def __call__(self, mail: AccountMail) -> Collection[UserId]:
        """Mail them, and return who is mailed: neither disabled people, nor those who said "not me", nor who is gone.

        A repeat with the same cause sends nothing, and is answered by the people as they are now. If no one is left,
        the participants are written alone.

        Raises:
            Superseded: a participant's condition failed. Nothing was written or sent.
            RequestTooLarge: the mail, or what is written beside, is larger than may be.
            StorageUnavailable: it is sent or not; repeat it.
        """
        things = self.directory.get_many(mail.tenant, [(Kind.USER, user) for user in dict.fromkeys(mail.to)])
        people = sorted((each for each in things if isinstance(each, User)), key=lambda person: person.id)
        mailed = [person for person in people if is_told_at_all(person)]
        if mailed or mail.participants:
            to = [person.email for person in mailed]
            content = text_and_html(mail.subject, mail.text, mail.html)
            self.send(
                InsideAlert(
                    tenant=mail.tenant,
                    cause=mail.cause,
                    title=mail.subject,
                    messages=[InsideMessage("email", to, content)] if to else [],
                    participants=mail.participants,
                    has_quiet_hours=False,
                )
            )
        return [person.id for person in mailed]
