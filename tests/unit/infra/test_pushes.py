"""The local push service: a push as it goes over the wire is decrypted and shown; what is none is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

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
from tocsin.browser_push.domain.subscription import PushSubscription
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
    with push_service(keys, got.append) as endpoint:
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
