"""What every store of push subscriptions promises: one of an endpoint, ten a person, sealed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.canaries import blobs_of
from tests.contract.alert_path import ACME, NOON, OTHER, AlertPath
from tests.fakes.push_subscriptions import FakePushSubscriptions
from tests.fakes.sealer import FakeSealer
from tocsin.adapters.dynamodb.browser_push.push_subscriptions import DynamoDbPushSubscriptions
from tocsin.browser_push.domain.subscription import PushSubscription
from tocsin.browser_push.ports import PushSubscriptions
from tocsin.kernel.domain.ids import UserId

ANA, BOB = UserId("ana"), UserId("bob")


def browser(n: int, user: UserId = ANA) -> PushSubscription:
    """Return a subscription; a greater `n` is a later one."""
    return PushSubscription(
        tenant=ACME, user=user, endpoint=f"https://push.example.net/send/{n}", public_key=bytes([4, n]) * 32 + b"\0",
        auth=bytes([n]) * 16, created_at=NOON + timedelta(seconds=n), details=n % 2 == 0, device=f"Firefox {n}",
    )  # fmt: skip


@pytest.fixture
def browsers(world: AlertPath) -> PushSubscriptions:
    return FakePushSubscriptions() if world.engine == "fake" else DynamoDbPushSubscriptions(world.table, FakeSealer())


def test_subscriptions_are_read_as_they_were_put_of_each_person(browsers: PushSubscriptions) -> None:
    for each in (browser(1), browser(2), browser(3, BOB)):
        browsers.put(each)
    found = browsers.of(ACME, [ANA, BOB, UserId("eve"), ANA])
    assert {user: list(each) for user, each in found.items()} == {ANA: [browser(1), browser(2)], BOB: [browser(3, BOB)]}
    assert browsers.of(OTHER, [ANA]) == {}
    assert browsers.of(ACME, []) == {}


def test_a_person_has_one_of_an_endpoint(browsers: PushSubscriptions) -> None:
    later = replace(browser(1), auth=b"x" * 16, details=True, created_at=NOON + timedelta(hours=1))
    for each in (browser(1), browser(2), later, later):
        browsers.put(each)
    assert list(browsers.of(ACME, [ANA])[ANA]) == [browser(2), later]


def test_the_eleventh_browser_takes_the_place_of_the_oldest(browsers: PushSubscriptions) -> None:
    for n in range(1, 13):
        browsers.put(browser(n))
    assert [each.device for each in browsers.of(ACME, [ANA])[ANA]] == [f"Firefox {n}" for n in range(3, 13)]


def test_a_removed_subscription_is_gone_and_stands_no_more(browsers: PushSubscriptions) -> None:
    browsers.put(browser(1))
    browsers.put(browser(2))
    assert browsers.stands(ACME, ANA, browser(1).id)
    assert not browsers.stands(ACME, BOB, browser(1).id)
    assert browsers.remove(ACME, ANA, browser(1).id)
    assert not browsers.remove(ACME, ANA, browser(1).id)
    assert not browsers.stands(ACME, ANA, browser(1).id)
    assert list(browsers.of(ACME, [ANA])[ANA]) == [browser(2)]
    assert browsers.remove(ACME, ANA, browser(2).id)
    assert browsers.of(ACME, [ANA]) == {}
    browsers.put(browser(3))
    assert list(browsers.of(ACME, [ANA])[ANA]) == [browser(3)]


def test_a_subscription_takes_the_place_of_another_one_that_stands(browsers: PushSubscriptions) -> None:
    for n in (1, 2, 3):
        browsers.put(browser(n))
    after = replace(browser(1), endpoint=browser(4).endpoint, auth=b"x" * 16)
    assert browsers.replace(browser(1), after)
    assert not browsers.replace(browser(1), after)
    assert not browsers.replace(browser(1, BOB), replace(after, user=BOB))
    assert list(browsers.of(ACME, [ANA, BOB])[ANA]) == [after, browser(2), browser(3)]
    assert BOB not in browsers.of(ACME, [BOB])
    assert browsers.replace(after, replace(after, endpoint=browser(3).endpoint))
    assert [each.endpoint for each in browsers.of(ACME, [ANA])[ANA]] == [browser(3).endpoint, browser(2).endpoint]


def test_a_deleted_person_has_no_browsers(browsers: PushSubscriptions) -> None:
    browsers.put(browser(1))
    browsers.put(browser(2, BOB))
    for _ in range(2):
        browsers.forget(ACME, ANA)
    assert set(browsers.of(ACME, [ANA, BOB])) == {BOB}


def test_endpoints_keys_and_devices_are_sealed(real: AlertPath) -> None:
    DynamoDbPushSubscriptions(real.table, FakeSealer()).put(browser(65))
    (row,) = real.table.query("pk = :pk", {":pk": {"S": f"T#{ACME}#U#{ANA}"}})
    assert not [word for word in (b"push.example", b"Firefox", b"A" * 16) if word in b"\n".join(blobs_of(row))]
