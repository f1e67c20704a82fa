"""Unreadable mails of a person. Mails that wait to be processed stay, because they may be answers to any tenant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tocsin.adapters.inbound_mail.mailbox import S3Mailbox, unreadable_mails
from tocsin.privacy.domain.erasure import Person
from tocsin.privacy.domain.mail_mentions import mentions


class UnreadableMails:
    """Finds and deletes the unreadable mails of a person.

    Args:
        s3: boto3's client.
    """

    def __init__(self, s3: Any, bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._mailbox = S3Mailbox(s3)

    def of(self, person: Person) -> Sequence[str]:
        """Return the names of mails whose first 2 MB mention the person. Reads every unreadable mail."""
        return [name for name in self._names() if mentions(self._mailbox.read(self._bucket, name) or b"", person)]

    def delete(self, mail: str) -> None:
        """Delete all versions of a mail."""
        self._mailbox.delete(self._bucket, mail)

    def _names(self) -> list[str]:
        return [mail.object for mail in unreadable_mails(self._s3, self._bucket)]
