"""What every keeper of suppressions promises."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.builders import TENANT
from tests.contract.cloud import DYNAMODB_LOCAL, Cloud, cloud, tenants_guarded
from tests.fakes.suppressions import FakeSuppressions
from tests.fakes.time import NOON
from tocsin.adapters.dynamodb.suppressions import DynamoDbSuppressions
from tocsin.adapters.dynamodb.table.client import Backoff
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.suppressions.domain.suppression import Suppression, SuppressionReason
from tocsin.suppressions.ports import Suppressions

STOP, BOUNCE = SuppressionReason.STOP, SuppressionReason.HARD_BOUNCE
LATER = NOON + timedelta(milliseconds=1)


def fingerprint(n: int) -> bytes:
    return bytes([n]) * 32


def suppressed(n: int, channel: Channel = Channel.SMS, tenant: TenantId = TENANT) -> Suppression:
    made = Suppression(tenant, channel, fingerprint(n)).with_reason(STOP, NOON)
    assert made is not None
    return made


@pytest.fixture(params=["fake", "moto", DYNAMODB_LOCAL])
def suppressions(request: pytest.FixtureRequest) -> Iterator[Suppressions]:
    if request.param == "fake":
        yield FakeSuppressions()
        return
    with cloud(request.param) as c, tenants_guarded(c.dynamodb):
        yield DynamoDbSuppressions(c.table)


def test_what_was_saved_is_found_as_it_was(suppressions: Suppressions) -> None:
    row = suppressed(1)
    assert suppressions.find(TENANT, Channel.SMS, [row.fingerprint]) == {}

    assert suppressions.save(row)

    assert suppressions.find(TENANT, Channel.SMS, [fingerprint(2), row.fingerprint]) == {row.fingerprint: row}


def test_another_tenant_and_another_channel_are_another_row(suppressions: Suppressions) -> None:
    suppressions.save(suppressed(1))

    assert suppressions.find(TenantId("other"), Channel.SMS, [fingerprint(1)]) == {}
    assert suppressions.find(TENANT, Channel.EMAIL, [fingerprint(1)]) == {}


def test_of_two_writers_on_one_version_one_wins(suppressions: Suppressions) -> None:
    assert suppressions.save(suppressed(1))
    assert not suppressions.save(suppressed(1))

    lifted, bounced = suppressed(1).without([STOP], LATER), suppressed(1).with_reason(BOUNCE, LATER)
    assert lifted
    assert bounced
    assert suppressions.save(lifted)
    assert not suppressions.save(bounced)
    assert suppressions.find(TENANT, Channel.SMS, [fingerprint(1)]) == {fingerprint(1): lifted}


def test_a_hundred_are_found_at_once(suppressions: Suppressions) -> None:
    rows = [suppressed(n) for n in range(100)]
    assert all(suppressions.save(row) for row in rows)

    found = suppressions.find(TENANT, Channel.SMS, [row.fingerprint for row in rows])

    assert found == {row.fingerprint: row for row in rows}


def test_all_of_a_tenant_are_listed(suppressions: Suppressions) -> None:
    mine = [suppressed(1), suppressed(1, Channel.EMAIL), suppressed(255)]
    for row in (*mine, suppressed(2, tenant=TenantId("other"))):
        suppressions.save(row)

    assert sorted(suppressions.all(TENANT), key=repr) == sorted(mine, key=repr)


@pytest.fixture
def moto() -> Iterator[Cloud]:
    with cloud() as c:
        yield c


def test_only_what_is_lifted_is_left_to_the_garbage_collector(moto: Cloud) -> None:
    rows = DynamoDbSuppressions(moto.table)
    rows.save(suppressed(1))
    assert "ttl" not in moto.rows()[0]

    lifted = suppressed(1).without([STOP], LATER)
    assert lifted
    rows.save(lifted)
    assert moto.rows()[0]["ttl"] == {"N": str(int((LATER + timedelta(days=30)).timestamp()))}


class Throttled:
    """A client whose BatchGetItem leaves keys unprocessed so many times."""

    def __init__(self, client: object, times: int) -> None:
        self._client, self._left = client, times

    def batch_get_item(self, RequestItems: dict[str, dict[str, object]]) -> object:
        if self._left:
            self._left -= 1
            return {"Responses": {}, "UnprocessedKeys": RequestItems}
        return self._client.batch_get_item(RequestItems=RequestItems)  # type: ignore[attr-defined]


def test_r10_what_is_left_unprocessed_is_asked_for_again_and_never_taken_for_nothing(moto: Cloud) -> None:
    DynamoDbSuppressions(moto.table).save(suppressed(1))
    patient = Backoff(tries=3, sleep=lambda seconds: None)

    twice = DynamoDbSuppressions(Table(Throttled(moto.dynamodb, 2), moto.table_name, patient))  # type: ignore[arg-type]
    assert twice.find(TENANT, Channel.SMS, [fingerprint(1)])

    always = DynamoDbSuppressions(Table(Throttled(moto.dynamodb, 9), moto.table_name, patient))  # type: ignore[arg-type]
    with pytest.raises(StorageUnavailable):
        always.find(TENANT, Channel.SMS, [fingerprint(1)])
