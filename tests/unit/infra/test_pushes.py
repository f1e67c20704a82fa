"""The local push service: a push as it goes over the wire is decrypted and shown; what is none is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from infra.local.browser.browsers import Browsers
from infra.local.browser.keys import BrowserKeys
from infra.local.browser.push_service import push_service
from infra.local.commands.pushes import shown
from tests.builders import TENANT
from tests.fakes.push_subscriptions import FakePushSubscriptions
from tests.fakes.randomness import SeededRandomness
from tests.fakes.sealer import FakeSealer
from tests.fakes.time import VirtualClock
from tocsin.adapters.webhook.sender import HttpsWebhookSender
from tocsin.browser_push.application.owed_pushes import PushesOwed
from tocsin.browser_push.application.push_keys import PushKeys
from tocsin.browser_push.domain.subscription import PushSubscription, subscription_id
from tocsin.browser_push.domain.vapid import bytes_of
from tocsin.egress.domain.url_policy import EgressPolicy
from tocsin.kernel.domain.ids import UserId
from tocsin.personal_notices.domain.push_message import PushMessage
from tocsin.webhooks.domain.push_delivery import push_request
from tocsin.webhooks.domain.rule_delivery import DeliveryOwed
from tocsin.webhooks.ports.http import WebhookRequest

ANA = UserId("ana")


@pytest.mark.usefixtures("socket_enabled")
def test_a_push_goes_over_the_wire_and_is_shown_and_one_for_another_browser_is_refused() -> None:
    clock, keys = VirtualClock(), BrowserKeys()
    got: list[str] = []
    sender = HttpsWebhookSender(clock, policy=EgressPolicy(loopback=True), total_seconds=5)
    with push_service(keys, lambda name, message: got.append(message)) as address:
        endpoint = address("1")
        browsers = FakePushSubscriptions()
        browser = PushSubscription(
            tenant=TENANT, user=ANA, endpoint=endpoint, public_key=keys.public, auth=keys.auth, created_at=clock(),
            details=True,
        )  # fmt: skip
        browsers.put(browser)
        message = PushMessage(
            tenant=TENANT, user=ANA, key="call|1", at=clock(), title="Missed call", text="From Eve", url="me/inbox"
        )
        (owed,) = PushesOwed(browsers, clock, SeededRandomness())([message])[ANA]
        assert isinstance(owed, DeliveryOwed)
        who = PushKeys(FakeSealer()).headers(TENANT, endpoint, clock())
        headers, body = push_request(owed.delivery, who)

        assert sender.send(WebhookRequest(endpoint, headers, body)).status == 201
        browsers.put(replace(browser, public_key=BrowserKeys().public))
        (other,) = PushesOwed(browsers, clock, SeededRandomness())([message])[ANA]
        assert isinstance(other, DeliveryOwed)
        assert sender.send(WebhookRequest(endpoint, *push_request(other.delivery, who))).status == 400
        for bad in ({}, {**headers, "authorization": "Bearer x"}):
            assert sender.send(WebhookRequest(endpoint, bad, body)).status == 400
        assert sender.send(WebhookRequest(endpoint, headers, b"x" * 5_000)).status == 413
    assert [shown(each).split("\n")[0][10:] for each in got] == ["Missed call"]
    assert "opens me/inbox" in shown(got[0])


def pushed(browsers: Browsers, person: str, key: str, title: str) -> int | None:
    """Push to the browser of a person, and return the status of the answer."""
    clock, kept = VirtualClock(), FakePushSubscriptions()
    said = browsers.subscription(person)
    keys = said["keys"]
    assert isinstance(keys, dict)
    kept.put(
        PushSubscription(
            tenant=TENANT, user=ANA, endpoint=str(said["endpoint"]), public_key=bytes_of(keys["p256dh"]),
            auth=bytes_of(keys["auth"]), created_at=clock(), details=True,
        )
    )  # fmt: skip
    message = PushMessage(tenant=TENANT, user=ANA, key=key, at=clock(), title=title, text="From Eve", url="me/inbox")
    (owed,) = PushesOwed(kept, clock, SeededRandomness())([message])[ANA]
    assert isinstance(owed, DeliveryOwed)
    who = PushKeys(FakeSealer()).headers(TENANT, owed.delivery.url, clock())
    sender = HttpsWebhookSender(clock, policy=EgressPolicy(loopback=True), total_seconds=5)
    return sender.send(WebhookRequest(owed.delivery.url, *push_request(owed.delivery, who))).status


@pytest.mark.usefixtures("socket_enabled")
def test_what_a_simulated_browser_shows_is_kept_and_a_later_push_of_a_tag_takes_its_place(tmp_path: Path) -> None:
    files = (tmp_path / "browsers.json", tmp_path / "pushes.jsonl")
    browsers = Browsers(*files)
    assert browsers.pushes() == []
    with browsers.listening():
        for key, title in (("call|1", "Ringing"), ("call|2", "Missed call"), ("call|1", "Answered")):
            assert pushed(browsers, "ana@x.test", key, title) == 201
        assert pushed(browsers, "bob@x.test", "call|1", "Missed call") == 201
    shown_later = Browsers(*files).pushes()
    assert [(each.to, each.title, each.url) for each in shown_later] == [
        ("ana@x.test", "Missed call", "me/inbox"), ("ana@x.test", "Answered", "me/inbox"),
        ("bob@x.test", "Missed call", "me/inbox"),
    ]  # fmt: skip
    assert files[1].stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("socket_enabled")
def test_a_simulated_browser_keeps_its_keys_and_knows_whether_it_is_subscribed(tmp_path: Path) -> None:
    files = (tmp_path / "browsers.json", tmp_path / "pushes.jsonl")
    browsers = Browsers(*files)
    with browsers.listening():
        assert not browsers.is_subscribed("ana@x.test")
        browsers.subscribed("ana@x.test")
        assert browsers.is_subscribed("ana@x.test")
        assert browsers.former("ana@x.test") is None
        first = browsers.subscription("ana@x.test")
        again = Browsers(*files)
        with again.listening():  # its port is taken
            second = again.subscription("ana@x.test")
            assert (second["keys"], second["endpoint"] == first["endpoint"]) == (first["keys"], False)
            assert not again.is_subscribed("ana@x.test")
            assert again.former("ana@x.test") == subscription_id(str(first["endpoint"]))
    assert files[0].stat().st_mode & 0o777 == 0o600
