"""Port of mails that concern a person's sign-in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from tocsin.kernel.domain.ids import TenantId


@dataclass(frozen=True, slots=True)
class PersonalMail:
    """A mail to one person.

    Attributes:
        change: id of what it is about, unique in the tenant and equal for each repeat.
        dated: when that happened; equal for each repeat.
        text: may hold a first password, so it is never logged.
    """

    tenant: TenantId
    to: str = field(repr=False)
    subject: str = field()
    text: str = field(repr=False)
    change: str = field()
    dated: datetime = field()


class SystemMail(Protocol):
    """Mails by the system's own mail server, past preferences, quiet hours and sending limits of the tenant."""

    def send(self, mail: PersonalMail) -> None:
        """Accept a mail for sending. A repeat of the same change sends nothing again.

        Raises:
            StorageUnavailable: repeat the call.
        """
        ...
