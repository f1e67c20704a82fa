"""What every store of raw mails promises about one person."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.contract.cloud import cloud
from tests.fakes.erasures import FakePersonalMails
from tocsin.adapters.inbound_mail.mailbox import S3Mailbox
from tocsin.adapters.inbound_mail.stored_mails import StoredMails
from tocsin.privacy.domain.erasure import Person
from tocsin.privacy.ports import PersonalMails

EVE = Person(addresses=frozenset({"Eve.Canary@example.org", "+447700900123"}))
MAILS = {
    "from": b"From: Eve <eve.canary@example.org>\r\nTo: r@alerts.example\r\n\r\nhello",
    "cc": b"From: x@y.example\r\nCc: EVE.CANARY@EXAMPLE.ORG\r\n\r\nhello",
    "phone": b"From: x@y.example\r\n\r\ncall +447700900123",
    "phone as people write it": b"From: x@y.example\r\n\r\nor 07700 900 123, thanks",
    "html": b"From: x@y.example\r\n\r\n<p>eve.canary&#64;example.org",
    "utf-16": b"From: x@y.example\r\n\r\n" + base64.encodebytes("ask eve.canary@example.org, please".encode("utf-16")),
    "after 2 MB": b"From: x@y.example\r\n\r\n" + b"-" * 76 * 30_000 + b"\r\n+447700900123",
    "quoted-printable": b"From: x@y.example\r\n\r\nask eve.can=\r\nary=40example.org",
    "base64": b"From: x@y.example\r\n\r\n" + base64.encodebytes(b"please call Eve.Canary@Example.org, " * 9),
}
OTHER = b"From: ana@example.org\r\n\r\nnobody is named here"


@pytest.fixture(params=["fake", "moto"])
def store(request: pytest.FixtureRequest) -> Iterator[tuple[PersonalMails, Callable[[str, bytes], None], Any]]:
    if request.param == "fake":
        fake = FakePersonalMails()
        yield fake, fake.mails.__setitem__, lambda: list(fake.mails)
        return
    with cloud() as here:
        s3: Any = here.s3

        def put(name: str, raw: bytes) -> None:
            for _ in range(2):  # so that there is an earlier version
                s3.put_object(Bucket=here.bucket, Key=name, Body=raw)

        def names() -> list[str]:
            return sorted({one["Key"] for one in s3.list_object_versions(Bucket=here.bucket).get("Versions", ())})

        yield StoredMails(s3, here.bucket), put, names


def test_s8_mails_that_mention_the_person_are_found_and_go(store: tuple[PersonalMails, Any, Any]) -> None:
    mails, put, names = store
    for name, raw in {**MAILS, "other": OTHER}.items():
        put(f"unreadable/time/{name}", raw)

    found = mails.of(EVE)
    assert sorted(found) == sorted(f"unreadable/time/{name}" for name in MAILS)
    for name in [*found, "unreadable/time/gone"]:
        mails.delete(name)

    assert names() == ["unreadable/time/other"]
    assert mails.of(EVE) == []


def test_a_person_without_an_address_is_in_no_mail(store: tuple[PersonalMails, Any, Any]) -> None:
    mails, put, _ = store
    put("unreadable/time/1", MAILS["from"])
    assert mails.of(Person(frozenset({"eve"}))) == []


def test_s8_a_processed_mail_that_waits_for_its_record_goes_and_one_that_is_not_processed_stays() -> None:
    with cloud() as here:
        s3: Any = here.s3
        s3.put_bucket_versioning(Bucket=here.bucket, VersioningConfiguration={"Status": "Enabled"})
        for name in ("inbound/processed", "inbound/waiting", "unreadable/time/deleted"):
            s3.put_object(Bucket=here.bucket, Key=name, Body=MAILS["from"])
        S3Mailbox(s3).keep_for_record(here.bucket, "inbound/processed")
        s3.delete_object(Bucket=here.bucket, Key="unreadable/time/deleted")  # as the lifecycle rule does: a marker
        mails = StoredMails(s3, here.bucket)

        found = mails.of(EVE)
        for name in found:
            mails.delete(name)

        left = s3.list_object_versions(Bucket=here.bucket)
        assert sorted(found) == ["inbound/processed", "unreadable/time/deleted"]
        assert [one["Key"] for one in [*left["Versions"], *left.get("DeleteMarkers", ())]] == ["inbound/waiting"]
