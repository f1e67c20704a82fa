"""Urgent orders at an endpoint whose other calls are in use, and what follows an urgent order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import KEY, an_acceptance, number, sms
from tests.fakes.account_notices import FakeAccountNotices
from tests.fakes.alerts import FakeAlertRepository
from tests.fakes.callbacks import (
    FakeCallbackPacks,
    FakeCallbackQueue,
    FakeResultBus,
    FakeWebhookDeliveries,
    FakeWebhookEndpoints,
)
from tests.fakes.event_publisher import FakeEventPublisher
from tests.fakes.randomness import SeededRandomness
from tests.fakes.results import FakeResultEvents
from tests.fakes.time import NOON, VirtualClock
from tocsin.contacts.domain.channel import Channel
from tocsin.egress.domain.callback_url import Callback
from tocsin.results.domain.result_event import event_about
from tocsin.webhooks.application.callback_report import CallbackReport
from tocsin.webhooks.application.deliver import DeliverCallbacks
from tocsin.webhooks.application.publish import PublishEventsWithCallbacks
from tocsin.webhooks.domain.callback import EndpointKey
from tocsin.webhooks.domain.callback_order import CallbackOrder, DeliveryOrder
from tocsin.webhooks.domain.endpoint import FOR_URGENT, IN_FLIGHT, Endpoint, SigningSecret
from tocsin.webhooks.domain.standard_webhooks import new_secret
from tocsin.webhooks.ports.http import WebhookAnswer, WebhookRequest

URL = "https://hooks.example.org/"
MINUTE = timedelta(minutes=1)


class Receiver:
    """Answers every call with `status`."""

    def __init__(self) -> None:
        self.status = 200

    def send(self, request: WebhookRequest) -> WebhookAnswer:
        return WebhookAnswer(self.status)


class World:
    """An answer that was published, its order in the queue, and an endpoint that has answered quickly before."""

    def __init__(self) -> None:
        results, alerts = FakeResultEvents(), FakeAlertRepository()
        acceptance = an_acceptance(sms(number(1)), callback=Callback(URL))
        alert = acceptance.alert
        self.tenant, self.receiver = alert.tenant, Receiver()
        self.queue, self.endpoints = FakeCallbackQueue(), FakeWebhookEndpoints()
        self.key = EndpointKey.of(alert.tenant, KEY, URL)
        self.endpoints.add(Endpoint(self.key, URL, (SigningSecret(new_secret(b"x" * 32)),), NOON, slow=False))
        alerts.accept(acceptance)
        event = event_about(
            alert, "reply", ("a",), channel=Channel.SMS, tag="t", alertee=number(1), contact_id=None, whence=NOON
        )
        PublishEventsWithCallbacks(FakeEventPublisher(results), self.queue).publish(alert, event)
        (self.order,) = self.queue.orders
        self._deliver = DeliverCallbacks(
            alerts,
            FakeCallbackPacks(results),
            FakeWebhookDeliveries(),
            self.endpoints,
            self.queue,
            FakeAccountNotices(),
            self.receiver,
            FakeResultBus(),
            VirtualClock(),
            SeededRandomness(),
        )

    def deliver(self, order: CallbackOrder) -> CallbackReport:
        return self._deliver(order, lambda: MINUTE)

    def use_all(self, endpoint: EndpointKey | None, slots: range) -> None:
        while self.endpoints.permit(self.tenant, endpoint, slots, NOON + MINUTE, NOON):
            pass


@pytest.fixture
def world() -> World:
    return World()


def test_an_answer_is_called_back_while_results_use_all_their_calls_and_shares(world: World) -> None:
    world.use_all(world.key, range(IN_FLIGHT - FOR_URGENT))
    world.use_all(None, range(40))

    assert world.deliver(world.order).outcomes == {"delivered": 1}


def test_results_leave_one_call_to_urgent_orders(world: World) -> None:
    world.use_all(world.key, range(IN_FLIGHT - FOR_URGENT))

    report = world.deliver(replace(world.order, urgent=False))

    assert (report.outcomes, report.requeued) == ({}, 1)


def test_the_retry_of_an_answer_is_urgent(world: World) -> None:
    world.receiver.status = 503

    assert world.deliver(world.order).outcomes == {"try_again": 1}

    retry = world.queue.orders[-1]
    assert isinstance(retry, DeliveryOrder)
    assert retry.urgent
