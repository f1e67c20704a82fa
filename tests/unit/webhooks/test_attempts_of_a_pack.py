"""The attempts of a pack are stored together in the quick lane, and none that was not made counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

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
from tests.fakes.randomness import SeededRandomness
from tests.fakes.results import FakeResultEvents
from tests.fakes.time import NOON, VirtualClock
from tocsin.alerts.domain.alert import Lane
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.domain.message import MessageState
from tocsin.delivery.domain.progress import BatchProgress
from tocsin.egress.domain.callback_url import Callback
from tocsin.results.domain.result_event import event_about
from tocsin.webhooks.application.deliver import DeliverCallbacks
from tocsin.webhooks.application.publish import PublishWithCallbacks
from tocsin.webhooks.domain.callback import EndpointKey
from tocsin.webhooks.domain.delivery import LEASE, Delivery, DeliveryState
from tocsin.webhooks.domain.endpoint import CallbackLane, Endpoint, SigningSecret, disabled_by_owner
from tocsin.webhooks.domain.standard_webhooks import new_secret
from tocsin.webhooks.domain.turn import CALL_LIMIT
from tocsin.webhooks.ports.http import WebhookAnswer, WebhookRequest

URL = "https://hooks.example.org/"
EVENTS = 25


class CountedDeliveries(FakeWebhookDeliveries):
    """Counts calls that would be writes."""

    def __init__(self) -> None:
        super().__init__()
        self.inserted: list[int] = []
        self.saved = 0

    def add_all(self, deliveries: Sequence[Delivery]) -> Sequence[Delivery]:
        self.inserted += [len(deliveries)] if deliveries else []
        return super().add_all(deliveries)

    def save(self, delivery: Delivery) -> Delivery | None:
        self.saved += 1
        return super().save(delivery)


class World:
    """A published pack, and an endpoint that has answered quickly before."""

    def __init__(self, *, slow: bool = False) -> None:
        self.clock, results, alerts = VirtualClock(), FakeResultEvents(), FakeAlertRepository()
        self.queue, self.endpoints, self.deliveries = FakeCallbackQueue(), FakeWebhookEndpoints(), CountedDeliveries()
        self.leases: list[timedelta] = []
        self.meanwhile: Callable[[int], object] = lambda call: None
        acceptance = an_acceptance(sms(*(number(n) for n in range(EVENTS))), callback=Callback(URL))
        alert = acceptance.alert
        self.key = EndpointKey.of(alert.tenant, KEY, URL)
        self.endpoints.add(Endpoint(self.key, URL, (SigningSecret(new_secret(b"x" * 32)),), NOON, slow=slow))
        alerts.accept(acceptance)
        (batch,) = acceptance.alert.batches()
        events = [
            event_about(
                alert, "sent", (n,), channel=Channel.SMS, tag="t", alertee=number(n), contact_id=None, whence=NOON
            )
            for n in range(EVENTS)
        ]
        done = BatchProgress((2,) * EVENTS, {MessageState.SENT: EVENTS})
        PublishWithCallbacks(results, self.queue).publish(
            batch, KEY, BatchProgress.blank(EVENTS), done, events, None, callback=Lane.BULK
        )
        self._deliver = DeliverCallbacks(
            alerts,
            FakeCallbackPacks(results),
            self.deliveries,
            self.endpoints,
            self.queue,
            FakeAccountNotices(),
            self,
            FakeResultBus(),
            self.clock,
            SeededRandomness(),
        )

    def send(self, request: WebhookRequest) -> WebhookAnswer:
        """Be the receiver, and note how long the lease of the attempt still lasts."""
        (row,) = [row for row in self.rows() if row.key.event_id == request.headers["webhook-id"]]
        assert row.due_at is not None
        self.leases.append(row.due_at - self.clock())
        self.meanwhile(len(self.leases))
        return WebhookAnswer(200)

    def deliver(self, lane: CallbackLane = CallbackLane.QUICK) -> None:
        self._deliver(replace(self.queue.orders[0], lane=lane), lambda: timedelta(minutes=1))

    def rows(self) -> list[Delivery]:
        return list(self.deliveries.rows.values())

    def counts(self) -> dict[DeliveryState, int]:
        states = [row.state for row in self.rows()]
        return {state: states.count(state) for state in set(states)}


def test_the_attempts_of_a_pack_are_stored_in_one_call() -> None:
    world = World()
    world.deliver()
    assert world.counts() == {DeliveryState.SUCCEEDED: EVENTS}
    assert (world.deliveries.inserted, world.deliveries.saved) == ([EVENTS], EVENTS)
    assert {len(row.attempts) for row in world.rows()} == {1}


def test_in_the_slow_lane_each_attempt_is_stored_before_its_call() -> None:
    world = World(slow=True)
    world.meanwhile = lambda call: world.clock.advance(timedelta(seconds=3))
    world.deliver(CallbackLane.SLOW)
    assert set(world.deliveries.inserted[:10]) == {1}
    assert set(world.leases) == {LEASE}


def test_w2_the_lease_of_an_attempt_outlasts_its_call() -> None:
    world = World()
    world.meanwhile = lambda call: world.clock.advance(timedelta(seconds=1.9))
    world.deliver()
    assert world.counts() == {DeliveryState.SUCCEEDED: EVENTS}
    assert min(world.leases) >= CALL_LIMIT
    assert {(row.retry_step, len(row.attempts)) for row in world.rows()} == {(1, 1)}


def test_an_attempt_that_was_not_made_does_not_count_when_the_endpoint_becomes_slow() -> None:
    world = World()
    world.meanwhile = lambda call: world.clock.advance(timedelta(seconds=3 * (call == 10)))
    world.deliver()
    assert world.counts() == {DeliveryState.SUCCEEDED: 10, DeliveryState.PENDING: EVENTS - 10}
    pending = [row for row in world.rows() if row.state is DeliveryState.PENDING]
    assert {(row.retry_step, row.attempts, row.startable(world.clock())) for row in pending} == {(0, (), True)}
    assert sum(len(getattr(order, "event_ids", ())) for order in world.queue.orders[1:]) == EVENTS - 10


def test_an_attempt_that_was_not_made_does_not_count_when_the_owner_disables_the_endpoint() -> None:
    world = World()

    def disable(call: int) -> None:
        world.clock.advance(timedelta(seconds=0.5))
        if call == 10:
            world.endpoints.save(disabled_by_owner(world.endpoints.rows[world.key], world.clock()))

    world.meanwhile = disable
    world.deliver()
    counts = world.counts()
    assert 10 <= counts[DeliveryState.SUCCEEDED] <= 14
    assert counts[DeliveryState.PAUSED] == EVENTS - counts[DeliveryState.SUCCEEDED]
    paused = [row for row in world.rows() if row.state is DeliveryState.PAUSED]
    assert {(row.retry_step, row.attempts) for row in paused} == {(0, ())}


def test_events_that_have_a_delivery_already_are_left_to_whoever_attempts_them() -> None:
    world = World()
    other = World()
    other.deliver()
    taken = other.rows()[3]
    world.deliveries.rows[taken.key] = taken
    world.deliver()
    assert len(world.leases) == EVENTS - 1
    assert world.counts() == {DeliveryState.SUCCEEDED: EVENTS}
