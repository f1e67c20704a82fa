"""The bucket that mails come into: read as far as people write, and never mistaken for empty."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, IncompleteReadError, ReadTimeoutError

from infra.cloudformation import parsed
from tests.contract.cloud import Cloud, cloud
from tocsin.adapters.inbound_mail.mailbox import READ, WAITS_FOR_RECORD, S3Mailbox, unreadable_mails
from tocsin.inbound.domain.mail_receipt import RECORD_ACCEPTED
from tocsin.kernel.domain.errors import StorageUnavailable

ROOT = Path(__file__).parents[2]


class Answers:
    """An S3 that answers so."""

    def __init__(self, answer: Exception) -> None:
        self.answer = answer

    def get_object(self, **_: Any) -> Any:
        raise self.answer

    copy_object = delete_object = put_object_tagging = get_object

    def list_object_versions(self, **_: Any) -> Any:
        return {"Versions": [{"Key": "inbound/a", "VersionId": "1"}]}


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


def test_a_mail_that_waits_for_its_record_has_the_tag_by_which_the_bucket_forgets_it() -> None:
    properties = parsed((ROOT / "infra" / "inbound.yaml").read_text())["Resources"]["MailBucket"]["Properties"]
    rules = properties["LifecycleConfiguration"]["Rules"]
    (rule,) = (each for each in rules if each.get("TagFilters") == [WAITS_FOR_RECORD])
    assert timedelta(days=rule["ExpirationInDays"]) == RECORD_ACCEPTED
    with cloud("moto") as clients:
        where: Cloud = clients
        where.s3.put_object(Bucket=where.bucket, Key="inbound/a", Body=b"x")
        mailbox = S3Mailbox(where.s3)
        mailbox.keep_for_record(where.bucket, "inbound/a")
        mailbox.keep_for_record(where.bucket, "inbound/gone")
        tags = where.s3.get_object_tagging(Bucket=where.bucket, Key="inbound/a")["TagSet"]
    assert tags == [WAITS_FOR_RECORD]
    with pytest.raises(StorageUnavailable):
        S3Mailbox(Answers(refused("AccessDenied"))).keep_for_record("bucket", "inbound/a")


def test_a_mail_that_is_gone_is_told_from_one_that_is_denied_although_the_bucket_may_not_be_listed() -> None:
    mailbox = S3Mailbox(Answers(refused("AccessDenied")))
    assert mailbox.read("bucket", "inbound/gone") is None
    with pytest.raises(StorageUnavailable):
        mailbox.read("bucket", "inbound/a")


@pytest.mark.parametrize("code", ["AccessDenied", "NoSuchKey", "SlowDown"])
def test_a_mail_that_cannot_be_set_aside_comes_again(code: str) -> None:
    with pytest.raises(StorageUnavailable):
        S3Mailbox(Answers(refused(code))).set_aside("bucket", "inbound/a", "time")


def test_a_mail_that_is_processed_leaves_no_version_behind() -> None:
    with cloud("moto") as where:
        where.s3.put_bucket_versioning(Bucket=where.bucket, VersioningConfiguration={"Status": "Enabled"})
        for body in (b"one", b"two"):
            where.s3.put_object(Bucket=where.bucket, Key="inbound/a", Body=body)
        where.s3.put_object(Bucket=where.bucket, Key="inbound/ab", Body=b"another")
        mailbox = S3Mailbox(where.s3)

        mailbox.delete(where.bucket, "inbound/a")
        mailbox.delete(where.bucket, "inbound/a")

        left = where.s3.list_object_versions(Bucket=where.bucket)
        assert [one["Key"] for one in left["Versions"]] == ["inbound/ab"]
        assert "DeleteMarkers" not in left


def test_an_unreadable_mail_is_kept_under_its_reason_and_nowhere_else() -> None:
    with cloud("moto") as where:
        where.s3.put_bucket_versioning(Bucket=where.bucket, VersioningConfiguration={"Status": "Enabled"})
        where.s3.put_object(Bucket=where.bucket, Key="inbound/a b", Body=b"<a ")

        assert S3Mailbox(where.s3).set_aside(where.bucket, "inbound/a b", "time") == "unreadable/time/a b"

        left = where.s3.list_object_versions(Bucket=where.bucket)
        assert [one["Key"] for one in left["Versions"]] == ["unreadable/time/a b"]
        assert "DeleteMarkers" not in left
        (listed,) = unreadable_mails(where.s3, where.bucket)
        assert (listed.size, listed.reason, listed.object) == (3, "time", "unreadable/time/a b")
