"""The bucket that mails come into: read as far as people write, and never mistaken for empty."""

from __future__ import annotations

import io
from typing import Any

import pytest
from botocore.exceptions import ClientError, IncompleteReadError, ReadTimeoutError

from tests.contract.cloud import Cloud, cloud
from tocsin.adapters.inbound_mail.mailbox import READ, S3Mailbox
from tocsin.kernel.domain.errors import StorageUnavailable


class Answers:
    """An S3 that answers so."""

    def __init__(self, answer: Exception) -> None:
        self.answer = answer

    def get_object(self, **_: Any) -> Any:
        raise self.answer


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, "GetObject")


def test_a_mail_is_read_up_to_a_limit() -> None:
    with cloud("moto") as clients:
        where: Cloud = clients
        where.s3.put_object(Bucket=where.bucket, Key="inbound/a", Body=io.BytesIO(b"x" * (READ + 7)))
        mailbox = S3Mailbox(where.s3)
        assert mailbox.read(where.bucket, "inbound/a") == b"x" * READ
        assert mailbox.read(where.bucket, "inbound/none") is None


@pytest.mark.parametrize(
    "answer",
    [
        refused("AccessDenied"),
        refused("SlowDown"),
        refused("InternalError"),
        ReadTimeoutError(endpoint_url="x"),
        IncompleteReadError(actual_bytes=1, expected_bytes=2),
        ConnectionResetError(),
    ],
)
def test_a_mail_that_cannot_be_had_now_comes_again(answer: Exception) -> None:
    with pytest.raises(StorageUnavailable):
        S3Mailbox(Answers(answer)).read("bucket", "inbound/a")
