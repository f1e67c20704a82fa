"""The bucket into which SES puts inbound mail."""

from __future__ import annotations

from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from tocsin.kernel.domain.errors import StorageUnavailable

READ = 2_000_000
"""Most bytes of a mail that are read. The text comes before the attachments; SES takes mails of 40 MB."""


class Objects(Protocol):
    """boto3's S3 client, as far as it is used."""

    @property
    def get_object(self) -> Any:
        """GetObject."""
        ...


class S3Mailbox:
    """Mails by the name of their object."""

    def __init__(self, s3: Objects) -> None:
        self._s3 = s3

    def read(self, bucket: str, key: str) -> bytes | None:
        """Return the first READ bytes of a mail, None if it is gone.

        Raises:
            StorageUnavailable: the bucket throttled, failed or did not answer.
        """
        try:
            body: bytes = self._s3.get_object(Bucket=bucket, Key=key)["Body"].read(READ)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code == "NoSuchKey":
                return None
            raise StorageUnavailable(f"the bucket answered {code}") from error
        except (BotoCoreError, OSError) as error:
            raise StorageUnavailable(f"the bucket did not answer: {type(error).__name__}") from error
        return body
