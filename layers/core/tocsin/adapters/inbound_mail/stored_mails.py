"""Mails of a person in the mail bucket: unreadable ones, and ones that were processed without a record.

Mails that wait to be processed stay, because they may be answers to any tenant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tocsin.adapters.inbound_mail.mailbox import UNREADABLE, WAITS_FOR_RECORD, S3Mailbox
from tocsin.privacy.domain.erasure import Person
from tocsin.privacy.domain.mail_mentions import mentions


class StoredMails:
    """Finds and deletes the mails of a person that are stored and will not be processed again.

    Args:
        s3: boto3's client of an operator, who may list the bucket.
    """

    def __init__(self, s3: Any, bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._mailbox = S3Mailbox(s3)

    def of(self, person: Person) -> Sequence[str]:
        """Return the names of mails of which any version mentions the person. Reads every mail in the bucket."""
        names = {key: None for key, version in self._versions() if mentions(self._read(key, version), person)}
        return [name for name in names if name.startswith(UNREADABLE) or self._processed(name)]

    def delete(self, mail: str) -> None:
        """Delete all versions of a mail."""
        self._mailbox.delete(self._bucket, mail)

    def _versions(self) -> Iterator[tuple[str, str]]:
        for page in self._s3.get_paginator("list_object_versions").paginate(Bucket=self._bucket):
            for one in page.get("Versions", ()):
                yield one["Key"], one["VersionId"]

    def _read(self, key: str, version: str) -> bytes:
        """Return a whole mail, empty if it is gone. SES takes mails of 40 MB."""
        try:
            body: bytes = self._s3.get_object(Bucket=self._bucket, Key=key, VersionId=version)["Body"].read()
        except self._s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "NoSuchVersion"):
                return b""
            raise
        return body

    def _processed(self, key: str) -> bool:
        """Whether a mail only waits for a late record, which its tag says. A mail that is deleted waits for nothing."""
        try:
            tags = self._s3.get_object_tagging(Bucket=self._bucket, Key=key)["TagSet"]
        except self._s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "MethodNotAllowed"):
                return True
            raise
        return WAITS_FOR_RECORD in tags
