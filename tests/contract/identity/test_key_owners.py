"""KeyOwners: who is told about a key, as the repository of keys wrote it a moment ago."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from tests.contract.cloud import DYNAMODB_LOCAL, SettableClock, cloud, tenants_guarded
from tests.contract.identity.test_api_key_repository import ACME, EVERYTHING, K1, a_key
from tests.fakes.api_keys import FakeApiKeyRepository
from tests.fakes.key_owners import FakeKeyOwners
from tests.fakes.sealer import FakeSealer
from tests.fakes.tenant_guard import TenantGuard
from tocsin.adapters.dynamodb.identity.api_keys import DynamoDbApiKeyRepository
from tocsin.adapters.dynamodb.identity.key_owners import DynamoDbKeyOwners
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.identity.domain.api_key import KeyKind
from tocsin.identity.ports.keys import ApiKeyRepository
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.notices.domain.owner_notification import KeyOwner
from tocsin.notices.ports.key_owners import KeyOwners

ANA = "ana@owner.example"


@dataclass
class World:
    """Keys, and their owners as a worker reads them."""

    keys: ApiKeyRepository
    owners: KeyOwners


@pytest.fixture(params=["fake", "moto", DYNAMODB_LOCAL])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    if request.param == "fake":
        fake = FakeApiKeyRepository()
        yield World(fake, FakeKeyOwners(fake))
        return
    with cloud(request.param) as c:
        keys = DynamoDbApiKeyRepository(c.table, FakeSealer(), SettableClock())
        owners = DynamoDbKeyOwners(Table(TenantGuard(c.dynamodb), c.table_name), FakeSealer())
        with tenants_guarded(c.dynamodb):
            yield World(keys, owners)


def test_an_owner_is_who_the_key_names_and_nobody_if_it_names_none(world: World) -> None:
    world.keys.add(a_key(owner_email=ANA), {})
    world.keys.add(a_key(key_id="k2", kind=KeyKind.SANDBOX), {})
    world.keys.add(replace(EVERYTHING, id=ApiKeyId("k3"), limited=frozenset()), {})

    assert world.owners.of_key(ACME, K1) == KeyOwner(K1, sandbox=False, enabled=True, email=ANA)
    assert [(one.key_id, one.sandbox, one.enabled, one.email) for one in world.owners.of_tenant(ACME)] == [
        ("k1", False, True, ANA),
        ("k2", True, True, None),
        ("k3", True, False, ANA),
    ]


def test_a_key_of_nobody_or_of_somebody_else_has_no_owner(world: World) -> None:
    world.keys.add(a_key(TenantId("acme2"), owner_email=ANA), {})

    assert world.owners.of_key(ACME, K1) is None
    assert list(world.owners.of_tenant(ACME)) == []


def test_an_owner_who_was_changed_or_removed_is_known_at_once(world: World) -> None:
    world.keys.add(a_key(owner_email=ANA), {})
    for owner in ("bob@owner.example", None, ANA):
        world.keys.save_defaults(a_key(owner_email=owner))
        found = world.owners.of_key(ACME, K1)
        assert found is not None
        assert found.email == owner
