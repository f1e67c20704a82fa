"""Test events of webhooks: signed, attempted once, and without effect on the endpoint."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tests.builders import KEY, TENANT
from tests.fakes.randomness import SeededRandomness
from tests.fakes.sending_limits import FakeCounters
from tests.scenarios.callback_world import URL, CallbackLambdas, CallbackWorld
from tests.unit.alerts.desk import a_key
from tocsin.kernel.domain.errors import NotFound, TooManyRequests
from tocsin.webhooks.application.endpoints import ReplayCallback, ReplayFailedCallbacks
from tocsin.webhooks.application.manage import CallbackChange, ManageCallbacks
from tocsin.webhooks.application.send_test import SendTestEvent
from tocsin.webhooks.domain.callback import EndpointKey
from tocsin.webhooks.domain.callback_order import DeliveryOrder
from tocsin.webhooks.domain.delivery import DeliveryState
from tocsin.webhooks.domain.endpoint import DisabledReason, Endpoint
from tocsin.webhooks.domain.standard_webhooks import signed_headers
from tocsin.webhooks.ports.http import WebhookAnswer

ENDPOINT = EndpointKey.of(TENANT, KEY, URL)


class EndpointOwner:
    """The owner of an endpoint, and the world that delivers."""

    def __init__(self, world: CallbackWorld) -> None:
        self.world = world
        queue = CallbackLambdas(world)
        self.counters = FakeCounters()
        self.manage = ManageCallbacks(
            world.endpoints,
            world.deliveries,
            queue,
            world.clock,
            SeededRandomness(7),
            SendTestEvent(world.deliveries, queue, self.counters, world.clock, SeededRandomness(7)),
        )

    def endpoint(self, *, disabled: bool = False) -> Endpoint:
        """Make the endpoint, disabled by its owner if so asked."""
        change = CallbackChange(url=URL, rotate=True, enabled=False if disabled else None)
        made = self.manage(a_key(), change).endpoint
        assert made is not None
        return made

    def send(self, seed: bytes | None = None) -> str:
        """Ask for a test event and let everything happen that follows."""
        name = self.manage(a_key(), CallbackChange(url=URL, test=True), seed).test_event
        assert name is not None
        self.world.until_quiet()
        return name

    def state(self, event_id: str) -> DeliveryState:
        (row,) = (row for key, row in self.world.deliveries.rows.items() if key.event_id == event_id)
        return row.state


@pytest.fixture
def owner() -> EndpointOwner:
    return EndpointOwner(CallbackWorld(silent=True))


def test_a_test_event_is_signed_and_says_that_it_is_one(owner: EndpointOwner) -> None:
    made = owner.endpoint()
    name = owner.send()

    (call,) = owner.world.calls
    signed = signed_headers(name, call.at, call.body, [made.secrets[0].value])
    assert signed.items() <= call.headers.items()
    event = json.loads(call.body)
    assert (call.id, event["eventId"], event["event"], event["alertees"]) == (name, name, "test", [])
    assert owner.state(name) is DeliveryState.SUCCEEDED


@pytest.mark.parametrize("answer", [WebhookAnswer(500), WebhookAnswer(410), WebhookAnswer(None, "read_timeout")])
@pytest.mark.parametrize("disabled", [False, True])
def test_a_test_event_that_fails_is_not_retried_and_changes_nothing(
    owner: EndpointOwner, answer: WebhookAnswer, disabled: bool
) -> None:
    made = owner.endpoint(disabled=disabled)
    owner.world.hook.failing(URL, 100, answer)

    name = owner.send()

    assert len(owner.world.calls) == 1
    assert owner.world.endpoints.rows[ENDPOINT] == made
    assert owner.world.owner_heard == []
    assert owner.state(name) in {DeliveryState.EXHAUSTED, DeliveryState.DROPPED}


def test_a_test_event_that_succeeds_enables_nothing(owner: EndpointOwner) -> None:
    made = owner.endpoint(disabled=True)
    owner.send()
    assert len(owner.world.calls) == 1
    assert owner.world.endpoints.rows[ENDPOINT] == made
    assert made.disabled_reason is DisabledReason.OWNER


def test_a_url_that_was_never_called_is_tested_too(owner: EndpointOwner) -> None:
    owner.send()
    (call,) = owner.world.calls
    secret = owner.world.endpoints.rows[ENDPOINT].secrets[0].value
    assert signed_headers(call.id, call.at, call.body, [secret]).items() <= call.headers.items()


def test_a_worker_that_dies_in_the_call_makes_no_second_one() -> None:
    # given a worker that dies after the receiver was called, before it stores the outcome
    owner = EndpointOwner(CallbackWorld(silent=True))
    owner.endpoint()
    world = owner.world
    deliver = world.hook.send

    def dies(request: object) -> WebhookAnswer:
        deliver(request)  # type: ignore[arg-type]
        world.deliveries.outage.failing = 100
        return WebhookAnswer(200)

    world.hook.send = dies  # type: ignore[method-assign]
    name = owner.manage(a_key(), CallbackChange(url=URL, test=True)).test_event
    world.fast_forward(timedelta(seconds=20))
    world.deliveries.outage.failing = 0
    world.until_quiet()

    assert name is not None
    assert len(world.calls) == 1
    assert owner.state(name) is DeliveryState.EXHAUSTED
    assert world.owner_heard == []


def test_test_events_are_never_replayed(owner: EndpointOwner) -> None:
    owner.endpoint()
    owner.world.hook.failing(URL, 100)
    name = owner.send()
    world, key, queue = owner.world, a_key(), CallbackLambdas(owner.world)

    with pytest.raises(NotFound):
        ReplayCallback(world.deliveries, queue, world.clock)(key, name)
    soon = world.clock() + timedelta(minutes=1)
    long_ago = world.clock() - timedelta(days=30)
    done = ReplayFailedCallbacks(world.deliveries, queue, world.clock)(key, ENDPOINT.hash, long_ago, soon)
    world.until_quiet()

    assert done.count == 0
    assert len(world.calls) == 1


def test_ten_test_events_a_minute_are_sent_for_a_key(owner: EndpointOwner) -> None:
    owner.endpoint()
    key, change = a_key(), CallbackChange(url=URL, test=True)
    for _ in range(10):
        owner.manage(key, change)
    with pytest.raises(TooManyRequests) as refused:
        owner.manage(key, change)
    assert 0 < refused.value.retry_after <= 60

    assert owner.manage(a_key("other"), change).test_event is not None
    owner.world.clock.advance(timedelta(seconds=refused.value.retry_after))
    assert owner.manage(key, change).test_event is not None


def test_a1_a_repeated_request_sends_one_event(owner: EndpointOwner) -> None:
    owner.endpoint()
    assert owner.send(b"once") == owner.send(b"once") != owner.send(b"twice")
    assert len(owner.world.calls) == 2


def test_an_order_late_in_its_invocation_waits_for_the_next(owner: EndpointOwner) -> None:
    # the sweeper may put a test event behind others into one order
    owner.endpoint()
    world = owner.world
    name = owner.manage(a_key(), CallbackChange(url=URL, test=True)).test_event
    assert name is not None
    orders = [DeliveryOrder(TENANT, (name,))]
    worker = world.worker()
    report = worker(orders[0], lambda: timedelta(seconds=5))
    assert (report.requeued, world.calls) == (1, [])
    world.until_quiet()
    assert len(world.calls) == 1
    assert json.loads(world.calls[0].body)["eventId"] == name
