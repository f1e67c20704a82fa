"""The bucket into which our mail server puts what comes in."""

from __future__ import annotations

from botocore.exceptions import ClientError

from tocsin.adapters.dynamodb.client import ObjectStore, errors_mapped

READ = 2_000_000
"""Bytes of a mail that are read. What people write stands before what they attach; SES takes mails of 40 MB."""


class S3Mailbox:
    """Mails by the name of their object."""

    def __init__(self, s3: ObjectStore) -> None:
        self._s3 = s3

    def read(self, bucket: str, key: str) -> bytes | None:
        """Return the first READ bytes of a mail, None if it is gone. Raises StorageUnavailable."""
        with errors_mapped():
            try:
                body: bytes = self._s3.get_object(Bucket=bucket, Key=key)["Body"].read(READ)
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") != "NoSuchKey":
                    raise
                return None
        return body
