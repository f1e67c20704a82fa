"""What every record of a settlement promises."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.contract.cloud import DYNAMODB_LOCAL, cloud, tenants_guarded
from tests.contract.core_table import create_core_table
from tests.fakes.restore import FakeRestoreLedger
from tocsin.adapters.dynamodb.restore import DynamoDbRestoreLedger
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.restore.ports import RestoreLedger

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.fixture(params=["fake", "moto", DYNAMODB_LOCAL])
def ledger(request: pytest.FixtureRequest) -> Iterator[RestoreLedger]:
    if request.param == "fake":
        yield FakeRestoreLedger()
        return
    with cloud(request.param) as c, tenants_guarded(c.dynamodb):
        yield DynamoDbRestoreLedger(c.table)


def test_a_table_is_settled_from_its_record_on(ledger: RestoreLedger) -> None:
    assert not ledger.settled()
    for _ in range(2):
        ledger.record(NOON - timedelta(hours=1), NOON)
        assert ledger.settled()


def test_a_backup_of_a_settled_table_is_not_settled() -> None:
    with cloud() as c:
        DynamoDbRestoreLedger(c.table).record(NOON, NOON)
        create_core_table(c.dynamodb, "restored")
        for row in c.rows():
            c.dynamodb.put_item(TableName="restored", Item=row)  # type: ignore[arg-type]
        assert not DynamoDbRestoreLedger(Table(c.dynamodb, "restored")).settled()
