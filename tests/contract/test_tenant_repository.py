"""What every repository of tenants promises."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.contract.cloud import DYNAMODB_LOCAL, cloud, tenants_guarded
from tests.fakes.tenants import FakeTenantRepository
from tocsin.adapters.dynamodb.tenants import DynamoDbTenantRepository
from tocsin.application.ports import TenantRepository
from tocsin.domain.ids import TenantId
from tocsin.domain.tenant import Tenant

ACME = Tenant(TenantId("acme"), "Acme Ltd", datetime(2026, 11, 21, tzinfo=UTC))


@pytest.fixture(params=["fake", "moto", DYNAMODB_LOCAL])
def tenants(request: pytest.FixtureRequest) -> Iterator[TenantRepository]:
    if request.param == "fake":
        yield FakeTenantRepository()
        return
    with cloud(request.param) as c, tenants_guarded(c.dynamodb):
        yield DynamoDbTenantRepository(c.dynamodb, c.table_name)


def test_a_tenant_comes_back_as_it_was_added(tenants: TenantRepository) -> None:
    assert tenants.get(ACME.id) is None

    assert tenants.add(ACME) == ACME

    assert tenants.get(ACME.id) == ACME
    assert tenants.get(TenantId("acme2")) is None


def test_a_tenant_that_exists_stays_as_it_is(tenants: TenantRepository) -> None:
    tenants.add(ACME)

    assert tenants.add(Tenant(ACME.id, "Somebody else", datetime(2027, 1, 1, tzinfo=UTC))) == ACME

    assert tenants.get(ACME.id) == ACME
