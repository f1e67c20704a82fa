"""Port of mails that concern a person's sign-in."""

from __future__ import annotations

from typing import Protocol

from tocsin.sign_in.domain.personal_mail import PersonalMail


class SystemMail(Protocol):
    """Mails by the system's own mail server, past preferences, quiet hours and sending limits of the tenant."""

    def send(self, mail: PersonalMail) -> None:
        """Accept a mail for sending. A repeat of the same change sends nothing again.

        Raises:
            StorageUnavailable: repeat the call.
        """
        ...
