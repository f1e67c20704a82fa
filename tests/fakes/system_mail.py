"""Mails to people about their sign-in, in memory."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.fakes.outage import Outage
from tocsin.sign_in.domain.personal_mail import PersonalMail


@dataclass
class FakeSystemMail:
    """`sent` holds each mail once."""

    sent: list[PersonalMail] = field(default_factory=list)
    outage: Outage = field(default_factory=Outage)

    def send(self, mail: PersonalMail) -> None:
        self.outage.check()
        if all((each.tenant, each.change) != (mail.tenant, mail.change) for each in self.sent):
            self.sent.append(mail)
