"""What only the real sealer has: data keys, their rows, their lifetime in memory, and what happens without KMS."""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.contract.cloud import Cloud, SettableClock, SystemRandomness, cloud
from tocsin.adapters.kms.data_keys import DataKey
from tocsin.adapters.kms.sealer import KmsSealer
from tocsin.kernel.domain.errors import SealBroken, StorageUnavailable
from tocsin.kernel.domain.ids import TenantId

ACME = TenantId("acme")
UMBRELLA = TenantId("umbrella")
PLACE = "T#acme#K#k1#S|ID#1|content"


class Calls:
    """Counts what a client is asked, by operation."""

    def __init__(self, *clients: Any) -> None:
        self.made: list[str] = []
        for client in clients:
            client.meta.events.register("before-call.*.*", self._note)

    def _note(self, model: Any, **_: object) -> None:
        self.made.append(model.name)


@pytest.fixture
def world() -> Iterator[Cloud]:
    with cloud() as c:
        yield c


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


def a_process(c: Cloud, clock: SettableClock) -> KmsSealer:
    """A sealer as a process has it after a cold start."""
    return KmsSealer(c.kms, c.dynamodb, c.table_name, c.key_id, clock, SystemRandomness())


def test_a_tenant_gets_one_data_key_a_month(world: Cloud, clock: SettableClock) -> None:
    for month in (11, 12):
        clock.now = datetime(2026, month, 21, tzinfo=UTC)
        for _ in range(2):
            a_process(world, clock).seal(ACME, PLACE, b"x")
            a_process(world, clock).seal(UMBRELLA, PLACE, b"x")

    assert sorted((row["pk"]["S"], row["sk"]["S"]) for row in world.rows()) == [  # type: ignore[index]
        ("T#acme", "DEK#202611"),
        ("T#acme", "DEK#202612"),
        ("T#umbrella", "DEK#202611"),
        ("T#umbrella", "DEK#202612"),
    ]


def test_what_another_process_sealed_months_ago_opens(world: Cloud, clock: SettableClock) -> None:
    sealed = a_process(world, clock).seal(ACME, PLACE, b"old")
    clock.advance(timedelta(days=400))

    assert a_process(world, clock).open(ACME, PLACE, sealed) == b"old"


def test_processes_that_make_the_first_key_at_once_end_with_one(world: Cloud, clock: SettableClock) -> None:
    # given two cold processes, each of which has looked and found no key
    met = threading.Barrier(2)
    first, second = a_process(world, clock), a_process(world, clock)

    def wait(**_: object) -> None:
        met.wait(timeout=10)

    world.kms.meta.events.register("before-call.kms.GenerateDataKey", wait)
    sealed: dict[str, bytes] = {}

    # when both seal
    threads = [
        threading.Thread(target=lambda n=name, s=sealer: sealed.update({n: s.seal(ACME, PLACE, n.encode())}))
        for name, sealer in (("first", first), ("second", second))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    world.kms.meta.events.unregister("before-call.kms.GenerateDataKey", wait)

    # then there is one key, and each opens what the other sealed
    assert len(world.rows()) == 1
    assert first.open(ACME, PLACE, sealed["second"]) == b"second"
    assert second.open(ACME, PLACE, sealed["first"]) == b"first"
    assert a_process(world, clock).open(ACME, PLACE, sealed["first"]) == b"first"


def test_a_warm_process_asks_nobody_and_after_a_quarter_of_an_hour_asks_again(
    world: Cloud, clock: SettableClock
) -> None:
    sealer = a_process(world, clock)
    sealer.seal(ACME, PLACE, b"x")
    calls = Calls(world.kms, world.dynamodb)

    clock.advance(timedelta(minutes=14, seconds=59))
    for _ in range(50):
        sealer.open(ACME, PLACE, sealer.seal(ACME, PLACE, b"x"))
    assert calls.made == []

    clock.advance(timedelta(seconds=1))
    sealer.seal(ACME, PLACE, b"x")
    assert calls.made == ["GetItem", "Decrypt"]


def test_deleting_the_data_key_destroys_what_it_sealed(world: Cloud, clock: SettableClock) -> None:
    sealed = a_process(world, clock).seal(ACME, PLACE, b"x")
    world.dynamodb.delete_item(TableName=world.table_name, Key={"pk": {"S": "T#acme"}, "sk": {"S": "DEK#202611"}})

    with pytest.raises(SealBroken):
        a_process(world, clock).open(ACME, PLACE, sealed)


def test_a_data_key_copied_to_another_tenant_does_not_unwrap(world: Cloud, clock: SettableClock) -> None:
    a_process(world, clock).seal(ACME, PLACE, b"x")
    row = world.rows()[0]
    world.dynamodb.put_item(TableName=world.table_name, Item={**row, "pk": {"S": "T#umbrella"}})  # type: ignore[dict-item]

    with pytest.raises(SealBroken):
        a_process(world, clock).seal(UMBRELLA, PLACE, b"x")


def test_fingerprints_outlive_the_month(world: Cloud, clock: SettableClock) -> None:
    before = a_process(world, clock).fingerprint(ACME, "store-name", b"night shift")
    clock.advance(timedelta(days=400))

    assert a_process(world, clock).fingerprint(ACME, "store-name", b"night shift") == before


@pytest.mark.parametrize("code", ["ThrottlingException", "DisabledException", "AccessDeniedException"])
def test_a_kms_that_refuses_is_an_outage_and_not_a_broken_seal(world: Cloud, clock: SettableClock, code: str) -> None:
    sealed = a_process(world, clock).seal(ACME, PLACE, b"x")

    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": code, "Message": "no"}}, "Decrypt")

    world.kms.meta.events.register("before-call.kms.Decrypt", refuse)

    with pytest.raises(StorageUnavailable):
        a_process(world, clock).open(ACME, PLACE, sealed)


def test_no_data_key_is_ever_printed(world: Cloud, clock: SettableClock, caplog: pytest.LogCaptureFixture) -> None:
    # given a sealer that holds a key, and a log that keeps everything of ours
    caplog.set_level(logging.DEBUG, logger="tocsin")
    sealer = a_process(world, clock)
    blob = sealer.seal(ACME, PLACE, b"a canary")
    secret = world.kms.decrypt(
        CiphertextBlob=world.rows()[0]["blob"]["B"],  # type: ignore[index]
        EncryptionContext={"tenant": "acme"},
    )["Plaintext"]

    # when it is printed, and when it fails
    printed = [repr(sealer), str(vars(sealer)), repr(DataKey("202611", secret))]
    for place in ("elsewhere", PLACE):
        try:
            sealer.open(ACME, place, blob[:-1])
        except SealBroken as error:
            printed += traceback.format_exception(error)

    # then neither shows
    for text in (*printed, caplog.text):
        assert repr(secret)[2:-1] not in text
        assert secret.hex() not in text
        assert "a canary" not in text
