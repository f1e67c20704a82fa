"""What every repository of API keys promises."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.contract.cloud import DYNAMODB_LOCAL, SettableClock, cloud, tenants_guarded
from tests.fakes.api_keys import FakeApiKeyRepository
from tests.fakes.sealer import FakeSealer
from tocsin.adapters.dynamodb.identity.api_keys import DynamoDbApiKeyRepository
from tocsin.contacts.domain.channel import Channel
from tocsin.identity.domain.account_key import ACCOUNT_KEY, account_key
from tocsin.identity.domain.api_key import ApiKey, FormerToken, KeyKind, Right
from tocsin.identity.domain.notification import NotificationMode
from tocsin.identity.ports.keys import ApiKeyRepository
from tocsin.kernel.domain.errors import NotFound, StaleWrite
from tocsin.kernel.domain.ids import ApiKeyId, CompanyId, RoleId, TenantId

ACME = TenantId("acme")
K1 = ApiKeyId("k1")


@dataclass
class World:
    """Two processes over one store, and the time they share."""

    keys: ApiKeyRepository
    elsewhere: ApiKeyRepository
    clock: SettableClock


@pytest.fixture(params=["fake", "moto", DYNAMODB_LOCAL])
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    clock = SettableClock()
    if request.param == "fake":
        fake = FakeApiKeyRepository()
        yield World(fake, fake, clock)
        return
    with cloud(request.param) as c:
        here, there = (DynamoDbApiKeyRepository(c.table, FakeSealer(), clock) for _ in range(2))
        with tenants_guarded(c.dynamodb):
            yield World(here, there, clock)


def a_key(tenant: TenantId = ACME, key_id: str = K1, **settings: object) -> ApiKey:
    plain = ApiKey(tenant, ApiKeyId(key_id), KeyKind.LIVE, "Night shift", "00" * 32)
    return replace(plain, **settings)  # type: ignore[arg-type]


EVERYTHING = a_key(
    kind=KeyKind.SANDBOX,
    rights=frozenset(Right),
    networks=("10.0.0.0/8", "2001:db8::/32"),
    limited=frozenset({Channel.SMS, Channel.CALL}),
    notification=NotificationMode.CALLBACK,
    role=RoleId("admin"),
    company=CompanyId("north"),
    callback_url="https://example.org/hook?token=s3cret",
    callback_encoding="form",
    transliterate=True,
    click_counts=True,
    personal_cap=10_000,
    mail_bytes=5_000_000,
    enabled=False,
    defaults={"sender": "ACME"},
    owner_email="ana@owner.example",
    former=FormerToken("11" * 32, datetime(2026, 11, 30, 12, tzinfo=UTC)),
)


@pytest.mark.parametrize("key", [a_key(), EVERYTHING], ids=["plain", "everything"])
def test_a_key_comes_back_as_it_was_added(world: World, key: ApiKey) -> None:
    world.keys.add(key, dict.fromkeys(key.limited, 5))

    assert world.keys.get(ACME, K1) == key
    assert world.elsewhere.get(ACME, K1) == key
    assert list(world.elsewhere.list(ACME)) == [key]


def test_an_unknown_key_is_none_and_works_as_soon_as_it_is_made(world: World) -> None:
    assert world.elsewhere.get(ACME, K1) is None

    world.keys.add(a_key(), {})

    assert world.elsewhere.get(ACME, K1) == a_key()


def test_every_tenant_has_its_account_key_which_no_list_shows(world: World) -> None:
    assert world.keys.get(ACME, ACCOUNT_KEY) == account_key(ACME)
    assert list(world.keys.list(ACME)) == []
    with pytest.raises(NotFound):
        world.keys.save(account_key(ACME))


def test_another_tenants_key_of_the_same_id_is_another_key(world: World) -> None:
    theirs = a_key(TenantId("umbrella"), name="Hive")
    world.keys.add(theirs, {})

    assert world.keys.get(ACME, K1) is None
    assert world.keys.list(ACME) == []
    world.keys.add(a_key(), {})
    assert world.keys.get(ACME, K1) == a_key()
    assert world.keys.list(theirs.tenant) == [theirs]


def test_a_tenant_whose_name_begins_like_another_sees_its_own_keys_only(world: World) -> None:
    world.keys.add(a_key(TenantId("acme2")), {})

    assert world.keys.list(ACME) == []


def test_a_disabled_key_is_disabled_everywhere_within_half_a_minute(world: World) -> None:
    # given a key that both processes have just used
    world.keys.add(a_key(), {})
    assert world.keys.get(ACME, K1) == world.elsewhere.get(ACME, K1) == a_key()

    # when it is disabled here
    off = a_key(enabled=False)
    world.keys.save(off)

    # then here at once, there after 30 s
    assert world.keys.get(ACME, K1) == off
    world.clock.advance(timedelta(seconds=30))
    assert world.elsewhere.get(ACME, K1) == off


def test_saving_a_key_that_is_not_there_is_refused(world: World) -> None:
    with pytest.raises(NotFound):
        world.keys.save(a_key())

    assert world.keys.get(ACME, K1) is None


def test_saving_leaves_the_capacities_alone(world: World) -> None:
    limited = a_key(limited=frozenset({Channel.SMS}))
    world.keys.add(limited, {Channel.SMS: 7})

    world.keys.save(replace(limited, name="Day shift"))

    assert world.keys.remaining(ACME, K1) == {Channel.SMS: 7}


def test_what_is_left_belongs_to_one_key(world: World) -> None:
    both = frozenset({Channel.SMS, Channel.EMAIL})
    world.keys.add(a_key(limited=both), {Channel.SMS: 10, Channel.EMAIL: 0})
    world.keys.add(a_key(key_id="k2", limited=frozenset({Channel.SMS})), {Channel.SMS: 3})
    world.keys.add(a_key(key_id="k3"), {})

    assert world.keys.remaining(ACME, K1) == {Channel.SMS: 10, Channel.EMAIL: 0}
    assert world.keys.remaining(ACME, ApiKeyId("k2")) == {Channel.SMS: 3}
    assert world.keys.remaining(ACME, ApiKeyId("k3")) == {}
    assert world.keys.remaining(ACME, ApiKeyId("k4")) == {}
    assert world.keys.remaining(TenantId("umbrella"), K1) == {}


def test_a_client_changes_its_defaults_and_nothing_else(world: World) -> None:
    limited = replace(EVERYTHING, enabled=True)
    world.keys.add(limited, {Channel.SMS: 1, Channel.CALL: 2})
    mine = replace(
        a_key(),
        name="Day shift",
        notification=NotificationMode.NONE,
        callback_url="https://example.org/other",
        callback_encoding="json",
        transliterate=not limited.transliterate,
        click_counts=not limited.click_counts,
        defaults=limited.defaults,
        owner_email="bob@owner.example",
    )

    world.keys.save_defaults(mine)

    assert world.elsewhere.get(ACME, K1) == replace(
        limited,
        name="Day shift",
        notification=NotificationMode.NONE,
        callback_url="https://example.org/other",
        callback_encoding="json",
        transliterate=not limited.transliterate,
        click_counts=not limited.click_counts,
        owner_email="bob@owner.example",
    )
    assert world.keys.get(ACME, K1) == world.elsewhere.get(ACME, K1)


def test_what_can_be_left_out_can_be_taken_away(world: World) -> None:
    key = a_key(callback_url="https://example.org/", transliterate=True)
    world.keys.add(key, {})
    world.keys.save_defaults(replace(key, callback_url=None, transliterate=False))
    assert world.elsewhere.get(ACME, K1) == a_key()


def test_a_disabled_key_does_not_come_back_by_its_own_settings(world: World) -> None:
    # given a process that still remembers the key as enabled
    world.keys.add(a_key(), {})
    world.elsewhere.save(a_key(enabled=False))

    for key in (a_key(name="me"), a_key(key_id="k2")):
        with pytest.raises(NotFound):
            world.keys.save_defaults(key)

    assert list(world.elsewhere.list(ACME)) == [a_key(enabled=False)]


def test_a_limited_capacity_can_be_topped_up_and_no_other(world: World) -> None:
    world.keys.add(a_key(limited=frozenset({Channel.SMS})), {Channel.SMS: 7})

    world.keys.top_up(ACME, K1, Channel.SMS, 1000)

    assert world.elsewhere.remaining(ACME, K1) == {Channel.SMS: 1007}
    for key_id, channel in ((K1, Channel.EMAIL), (ApiKeyId("k2"), Channel.SMS)):
        with pytest.raises(NotFound):
            world.keys.top_up(ACME, key_id, channel, 1)
    assert world.elsewhere.remaining(ACME, K1) == {Channel.SMS: 1007}


def test_adding_the_same_key_again_changes_nothing(world: World) -> None:
    limited = a_key(limited=frozenset({Channel.SMS}))
    world.keys.add(limited, {Channel.SMS: 10})

    world.keys.add(limited, {Channel.SMS: 99})

    assert world.keys.remaining(ACME, K1) == {Channel.SMS: 10}


def test_a_new_key_never_takes_the_place_of_another(world: World) -> None:
    world.keys.add(a_key(), {})

    with pytest.raises(StaleWrite):
        world.keys.add(a_key(secret_hash="11" * 32, limited=frozenset({Channel.SMS})), {Channel.SMS: 1})

    assert world.elsewhere.get(ACME, K1) == a_key()
    assert world.keys.remaining(ACME, K1) == {}


@pytest.mark.parametrize("capacities", [{}, {Channel.EMAIL: 1}, {Channel.SMS: 1, Channel.EMAIL: 1}])
def test_capacities_that_do_not_fit_the_limited_channels_are_refused(
    world: World, capacities: dict[Channel, int]
) -> None:
    with pytest.raises(ValueError, match="limited channel"):
        world.keys.add(a_key(limited=frozenset({Channel.SMS})), capacities)
