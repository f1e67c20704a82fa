"""Pushes on the machine of callbacks: what a browser reads, retries for an hour, and what ends a subscription."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag

from infra.local.browser.keys import BrowserKeys
from tests.builders import TENANT
from tests.fakes.push_subscriptions import FakePushSubscriptions
from tests.fakes.randomness import SeededRandomness
from tests.fakes.sealer import FakeSealer
from tests.scenarios.callback_world import CallbackWorld
from tocsin.browser_push.application.owed_pushes import UNDISCLOSED, PushesOwed
from tocsin.browser_push.application.push_keys import PushKeys
from tocsin.browser_push.domain.encryption import LARGEST, private_key
from tocsin.browser_push.domain.subscription import PushSubscription
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import UserId
from tocsin.personal_notices.domain.push_message import PushMessage
from tocsin.webhooks.application.attempt import Pushes
from tocsin.webhooks.domain.delivery import Delivery, DeliveryState
from tocsin.webhooks.domain.rule_delivery import DeliveryOwed
from tocsin.webhooks.ports.http import WebhookAnswer

ANA, BOB = UserId("ana"), UserId("bob")
HOUR = timedelta(hours=1)


class PushWorld(CallbackWorld):
    """A world of callbacks with two browsers of one person, and one of another."""

    def __init__(self, seed: int = 1, wrap: Callable[[str, Any], Any] = lambda name, port: port, **more: Any) -> None:
        super().__init__(seed, wrap, silent=True, **more)
        self.browsers = FakePushSubscriptions()
        stored = self._port("browsers", self.browsers)
        self.push_keys = PushKeys(FakeSealer(), "mailto:postmaster@alerts.example")
        self.pushes = Pushes(
            lambda tenant, push: stored.stands(tenant, push.user, push.subscription),
            lambda tenant, push: stored.remove(tenant, push.user, push.subscription),
            self.push_keys.headers,
        )
        self.owed_pushes = PushesOwed(self.browsers, self.clock, SeededRandomness())
        self.keys: dict[str, BrowserKeys] = {}  # type: ignore[assignment]
        self.first, self.second = self.browser(ANA, 1), self.browser(ANA, 2, details=True)
        self.other = self.browser(BOB, 3)

    def browser(self, user: UserId, n: int, *, details: bool = False) -> PushSubscription:
        keys = BrowserKeys(private_key(bytes([n]) * 32), bytes([n]) * 16)
        made = PushSubscription(
            tenant=TENANT, user=user, endpoint=f"https://push.example.net/send/{n}", public_key=keys.public,
            auth=keys.auth, created_at=self.clock() + timedelta(seconds=n), details=details,
        )  # fmt: skip
        self.keys[made.endpoint] = keys
        self.browsers.put(made)
        return made

    def owe(self, key: str = "call|c1", user: UserId = ANA, text: str = "Eve rang line 2001") -> list[Delivery]:
        """Write the pushes of a message that no queue knows of: the sweeper finds them."""
        message = PushMessage(
            tenant=TENANT, user=user, key=key, at=self.clock(), title="Missed call", text=text,
            url="/console/me/inbox",
        )  # fmt: skip
        made = []
        for owed in self.owed_pushes([message]).get(user, ()):
            assert isinstance(owed, DeliveryOwed)
            self.deliveries.add(owed.delivery)
            made.append(owed.delivery)
        return made

    def shown(self) -> dict[str, dict[str, str]]:
        """Return what each browser reads of the last push that arrived for it."""
        return {call.url: json.loads(self.keys[call.url].decrypted(call.body)) for call in self.calls}

    def ends(self) -> list[tuple[DeliveryState, str | None]]:
        return [(row.state, row.attempts[-1].reason) for row in self.deliveries.rows.values()]


@pytest.fixture
def world() -> PushWorld:
    return PushWorld()


def test_each_browser_of_the_person_reads_the_message_and_no_other_can(world: PushWorld) -> None:
    world.owe()
    world.until_quiet()

    shown = world.shown()
    assert set(shown) == {world.first.endpoint, world.second.endpoint}
    assert (shown[world.second.endpoint]["title"], shown[world.second.endpoint]["text"]) == (
        "Missed call", "Eve rang line 2001",
    )  # fmt: skip
    assert shown[world.second.endpoint]["url"] == "/console/me/inbox"
    with pytest.raises(InvalidTag):
        world.keys[world.other.endpoint].decrypted(world.calls[0].body)
    assert {state for state, _ in world.ends()} == {DeliveryState.SUCCEEDED}


def test_without_details_a_push_says_only_that_there_is_something(world: PushWorld) -> None:
    world.owe()
    world.until_quiet()
    said = world.shown()[world.first.endpoint]
    assert (said["title"], said["text"], said["url"]) == (*UNDISCLOSED, "me/inbox")
    assert "2001" not in json.dumps(said)


def test_a_push_has_the_headers_of_its_protocol_and_none_of_webhooks(world: PushWorld) -> None:
    world.owe()
    world.until_quiet()
    for call in world.calls:
        assert {name: call.headers[name] for name in ("ttl", "content-encoding", "urgency")} == {
            "ttl": "3600", "content-encoding": "aes128gcm", "urgency": "high",
        }  # fmt: skip
        assert len(call.headers["topic"]) == 32
        assert call.headers["authorization"].startswith("vapid t=")
        assert not [name for name in call.headers if name.startswith("webhook-")]
    assert len({call.headers["topic"] for call in world.calls}) == 1


def test_a_push_of_a_key_and_browser_is_sent_once(world: PushWorld) -> None:
    for _ in range(3):
        world.owe()
        world.until_quiet()
    assert len(world.calls) == 2
    world.owe("call|c2")
    world.until_quiet()
    assert len(world.calls) == 4


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_its_push_service_knows_no_more_is_removed_and_no_other(world: PushWorld, status: int) -> None:
    world.hook.failing(world.first.endpoint, 99, WebhookAnswer(status))
    world.owe()
    world.until_quiet()
    assert world.browsers.of(TENANT, [ANA])[ANA] == [world.second]
    assert sum(call.url == world.first.endpoint for call in world.calls) == 1
    assert sorted(state.value for state, _ in world.ends()) == ["dropped", "succeeded"]
    # the push service itself works
    (service,) = world.endpoints.rows.values()
    assert (service.url, service.disabled, service.failing_since) == ("https://push.example.net", False, None)
    assert world.owner_heard == []


@pytest.mark.parametrize("status", [201, 202, 204])
def test_any_2xx_is_done(world: PushWorld, status: int) -> None:
    world.hook.failing(world.other.endpoint, 9, WebhookAnswer(status))
    world.owe(user=BOB)
    world.until_quiet()
    assert len(world.calls) == 1
    assert world.ends() == [(DeliveryState.SUCCEEDED, None)]


@pytest.mark.parametrize(
    "answer", [WebhookAnswer(413), WebhookAnswer(429), WebhookAnswer(503), WebhookAnswer(None, "refused")]
)
def test_a_push_is_tried_again_for_an_hour_and_then_not_any_more(world: PushWorld, answer: WebhookAnswer) -> None:
    world.hook.failing(world.other.endpoint, 99, answer)
    began = world.clock()
    world.owe(user=BOB)
    world.until_quiet()
    assert 3 <= len(world.calls) <= 5
    assert world.calls[-1].at < began + HOUR
    assert [state for state, _ in world.ends()] == [DeliveryState.EXHAUSTED]
    assert list(world.browsers.of(TENANT, [BOB])) == [BOB]
    assert world.owner_heard == []
    assert not any(each.disabled for each in world.endpoints.rows.values())


def test_what_comes_after_an_hour_is_not_sent(world: PushWorld) -> None:
    (delivery,) = world.owe(user=BOB)
    late = replace(delivery, created_at=delivery.created_at - HOUR)
    world.deliveries.rows[delivery.key] = late
    world.until_quiet()
    assert world.calls == []
    assert world.ends() == [(DeliveryState.DROPPED, "too_late")]


def test_nothing_is_sent_to_a_browser_that_was_removed_meanwhile(world: PushWorld) -> None:
    world.owe(user=BOB)
    world.browsers.forget(TENANT, BOB)
    world.until_quiet()
    assert world.calls == []
    assert world.ends() == [(DeliveryState.DROPPED, "unsubscribed")]


def test_a_store_that_is_down_delays_a_push_and_loses_none(world: PushWorld) -> None:
    world.owe(user=BOB)
    world.browsers.outage.failing = 2
    world.until_quiet()
    assert len(world.calls) == 1
    world.browsers.outage.failing = 1
    with pytest.raises(StorageUnavailable):
        world.owe("call|c3", BOB)


def test_a_long_text_is_cut_to_what_a_push_holds(world: PushWorld) -> None:
    world.owe(text="💬" * 5_000)
    world.until_quiet()
    said = world.shown()[world.second.endpoint]
    assert said["text"].startswith("💬")
    assert said["text"].endswith("…")
    assert all(len(call.body) <= LARGEST + 103 for call in world.calls)


def test_who_only_asks_whether_there_is_a_browser_encrypts_nothing(world: PushWorld) -> None:
    message = PushMessage(tenant=TENANT, user=ANA, key="k", at=world.clock(), title="T", text="", url="me/inbox")
    found = world.owed_pushes([message, replace(message, user=UserId("eve"))])
    assert {user: len(owed) for user, owed in found.items()} == {ANA: 2}
    assert world.owed_pushes([]) == {}
    assert len(found[ANA][:1]) == 1


@pytest.mark.parametrize(("status", "well"), [(410, True), (403, True), (413, True), (429, False), (500, False)])
def test_what_is_refused_for_one_browser_says_nothing_of_its_push_service(
    world: PushWorld, status: int, well: bool
) -> None:
    world.hook.failing(world.other.endpoint, 99, WebhookAnswer(status))
    world.owe(user=BOB)
    world.until_quiet()
    (service,) = world.endpoints.rows.values()
    assert (service.failing_since is None) is well
