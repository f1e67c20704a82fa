"""The bucket into which SES puts inbound mail.

A mail stays under `inbound/` until it is processed. Then all its versions are deleted. One that waits for the mail
service's record gets a tag, by which the bucket's lifecycle rule deletes it after a day. An unreadable mail moves to
`unreadable/<why>/`, where such a rule keeps it for 7 days.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from tocsin.kernel.domain.errors import StorageUnavailable

READ = 2_000_000
"""Most bytes of a mail that are read. The text comes before the attachments; SES takes mails of 40 MB."""

WAITS_FOR_RECORD = {"Key": "waits-for", "Value": "record"}
"""Tag of mails that were processed without the mail service's record."""

UNREADABLE = "unreadable/"
"""Prefix of unreadable mails, followed by the reason and the mail server's id."""


@dataclass(frozen=True, slots=True)
class UnreadableObject:
    """A mail that could not be read.

    Attributes:
        size: bytes.
        reason: see `UnreadableReason`.
        object: its key in the mail bucket.
    """

    at: datetime
    size: int
    reason: str
    object: str


def unreadable_mails(s3: Any, bucket: str) -> Iterator[UnreadableObject]:
    """Yield the unreadable mails in a bucket, by their keys.

    Args:
        s3: boto3's client.
    """
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=UNREADABLE):
        for one in page.get("Contents", ()):
            reason = one["Key"].removeprefix(UNREADABLE).partition("/")[0]
            yield UnreadableObject(one["LastModified"], one["Size"], reason, one["Key"])


class Objects(Protocol):
    """boto3's S3 client, as far as it is used."""

    @property
    def get_object(self) -> Any:
        """GetObject."""
        ...

    @property
    def copy_object(self) -> Any:
        """CopyObject."""
        ...

    @property
    def put_object_tagging(self) -> Any:
        """PutObjectTagging."""
        ...

    @property
    def list_object_versions(self) -> Any:
        """ListObjectVersions."""
        ...

    @property
    def delete_object(self) -> Any:
        """DeleteObject."""
        ...


class S3Mailbox:
    """Mails by the name of their object. Every method raises StorageUnavailable if the bucket throttles or fails."""

    def __init__(self, s3: Objects) -> None:
        self._s3 = s3

    def read(self, bucket: str, key: str) -> bytes | None:
        """Return the first READ bytes of a mail, None if it is gone."""
        try:
            with _answering():
                body: bytes = self._s3.get_object(Bucket=bucket, Key=key)["Body"].read(READ)
        except _Absent:
            # Without s3:ListBucket, S3 answers AccessDenied for an object that is gone: only its versions tell.
            if next(self._versions(bucket, key), None) is None:
                return None
            raise StorageUnavailable("the bucket denies a mail that is there") from None
        return body

    def delete(self, bucket: str, key: str) -> None:
        """Delete all versions of a mail. The event of a deleted mail may come again; it then finds nothing."""
        for version in self._versions(bucket, key):
            with _answering():
                self._s3.delete_object(Bucket=bucket, Key=key, VersionId=version)

    def keep_for_record(self, bucket: str, key: str) -> None:
        """Let a mail be deleted after a day, unless its record comes before. A mail that is gone stays gone."""
        try:
            with _answering():
                self._s3.put_object_tagging(Bucket=bucket, Key=key, Tagging={"TagSet": [WAITS_FOR_RECORD]})
        except _Absent:
            if next(self._versions(bucket, key), None) is not None:
                raise StorageUnavailable("the bucket denies a mail that is there") from None

    def set_aside(self, bucket: str, key: str, why: str) -> str:
        """Move an unreadable mail to where it is kept for 7 days. Returns its new name."""
        aside = f"{UNREADABLE}{why}/{key.rpartition('/')[2]}"
        try:
            with _answering():
                self._s3.copy_object(Bucket=bucket, Key=aside, CopySource={"Bucket": bucket, "Key": key})
        except _Absent as error:
            raise StorageUnavailable("the mail is gone, or the bucket denies it") from error
        self.delete(bucket, key)
        return aside

    def _versions(self, bucket: str, key: str) -> Iterator[str]:
        try:
            with _answering():
                listed = self._s3.list_object_versions(Bucket=bucket, Prefix=key)
        except _Absent as error:
            raise StorageUnavailable("the bucket denies the list of its mails") from error
        for one in [*listed.get("Versions", ()), *listed.get("DeleteMarkers", ())]:
            if one["Key"] == key:
                yield one["VersionId"]


class _Absent(Exception):
    """There is no such object, or we may not know."""


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in {"NoSuchKey", "AccessDenied"}:
            raise _Absent from error
        raise StorageUnavailable(f"the bucket answered {code}") from error
    except (BotoCoreError, OSError) as error:
        raise StorageUnavailable(f"the bucket did not answer: {type(error).__name__}") from error
