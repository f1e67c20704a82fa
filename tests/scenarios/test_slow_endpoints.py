"""W6: receivers that hang delay nobody else, and large alerts delay no answer. A discrete-event simulation around the real worker code.

Every worker is a thread of its own that runs until its next call to a receiver; then the clock goes on to whatever
happens next. One thread runs at any moment, so a run is the same every time. Numbers of workers are the template's.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

import pytest

from tests.architecture.deployment import deployment, read_sources
from tests.builders import KEY, an_acceptance, number, sms
from tests.fakes.account_notices import FakeAccountNotices
from tests.fakes.alerts import FakeAlertRepository
from tests.fakes.callbacks import FakeCallbackPacks, FakeResultBus, FakeWebhookDeliveries, FakeWebhookEndpoints
from tests.fakes.event_publisher import FakeEventPublisher
from tests.fakes.randomness import SeededRandomness
from tests.fakes.results import FakeResultEvents
from tests.fakes.time import NOON, VirtualClock
from tocsin.alerts.domain.alert import Alert, Lane
from tocsin.delivery.domain.message import MessageState
from tocsin.delivery.domain.progress import BatchProgress
from tocsin.egress.domain.callback_url import Callback
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.results.domain.result_event import ResultEvent
from tocsin.webhooks.application.deliver import DeliverCallbacks
from tocsin.webhooks.application.publish import PublishEventsWithCallbacks, PublishWithCallbacks
from tocsin.webhooks.domain.callback import EndpointKey
from tocsin.webhooks.domain.callback_order import CallbackOrder
from tocsin.webhooks.domain.endpoint import IN_FLIGHT, CallbackLane, Endpoint, SigningSecret
from tocsin.webhooks.domain.standard_webhooks import new_secret
from tocsin.webhooks.ports.http import WebhookAnswer, WebhookRequest

MS = timedelta(milliseconds=1)
HANG = timedelta(seconds=15)
OVERHEAD = 20 * MS  # of an order: what the table and the queue take
FAST = "https://fast.example.org/"


class Simulation:
    """See the module.

    Args:
        workers: invocations at once and orders in each, by queue.
    """

    def __init__(self, workers: dict[str, tuple[int, int]], takes: timedelta = 30 * MS) -> None:
        self.clock = VirtualClock()
        self.takes = takes
        self.results = FakeResultEvents()
        self.alerts = FakeAlertRepository()
        self.endpoints = FakeWebhookEndpoints()
        self.in_flight: dict[str, int] = {}
        self.most_in_flight = 0
        self.published: dict[str, datetime] = {}
        self.waits: dict[str, timedelta] = {}
        self.deliver = DeliverCallbacks(
            self.alerts,
            FakeCallbackPacks(self.results),
            FakeWebhookDeliveries(),
            self.endpoints,
            self,
            FakeAccountNotices(),
            self,
            FakeResultBus(),
            self.clock,
            SeededRandomness(),
        )
        self._free = {name: count for name, (count, _) in workers.items()}
        self._batch = {name: batch for name, (_, batch) in workers.items()}
        self._queues: dict[str, deque[CallbackOrder]] = {name: deque() for name in workers}
        self._heap: list[tuple[datetime, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._baton = threading.Semaphore(0)

    # --- the world ------------------------------------------------------------------------------------------------

    def publish_at(
        self, at: datetime, tenant: str, url: str, n: int, *, events: int = 1, lane: Lane = Lane.BULK
    ) -> None:
        """Let events of one batch be published for a receiver."""
        self._at(at, lambda: self._publish(TenantId(tenant), url, n, events, lane))

    def answer_at(self, at: datetime, tenant: str, url: str, n: int) -> None:
        """Let the answer of a person be published for a receiver."""
        self._at(at, lambda: self._publish_answer(TenantId(tenant), url, n))

    def known(self, tenant: str, url: str) -> None:
        """Make an endpoint that has answered quickly before."""
        key = EndpointKey.of(TenantId(tenant), KEY, url)
        self.endpoints.add(Endpoint(key, url, (SigningSecret(new_secret(b"x" * 32)),), NOON, slow=False))

    def run(self, until: datetime) -> None:
        while self._heap and self._heap[0][0] <= until:
            at, _, action = heapq.heappop(self._heap)
            self.clock.at_least(at)
            action()

    def p99(self, *numbers: int) -> timedelta:
        """Return how long the fast receiver's events took from publication to the call: all, or those of `numbers`."""
        ordered = sorted(self.waits[_event_id(n)] for n in numbers) if numbers else sorted(self.waits.values())
        return ordered[int(len(ordered) * 0.99)]

    # --- ports ------------------------------------------------------------------------------------------------

    def put(self, orders: Sequence[CallbackOrder], delay: timedelta = timedelta(0)) -> None:
        for order in orders:
            self._at(self.clock() + delay, lambda order=order: self._arrive(order))  # type: ignore[misc]

    def send(self, request: WebhookRequest) -> WebhookAnswer:
        fast = request.url == FAST
        if fast:
            event_id = request.headers["webhook-id"]
            self.waits[event_id] = self.clock() - self.published[event_id]
        self.in_flight[request.url] = self.in_flight.get(request.url, 0) + 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight[request.url])
        self._sleep(self.takes if fast else HANG)
        self.in_flight[request.url] -= 1
        return WebhookAnswer(200) if fast else WebhookAnswer(None, "read_timeout")

    # --- the machinery ----------------------------------------------------------------------------------------

    def _at(self, at: datetime, action: Callable[[], None]) -> None:
        heapq.heappush(self._heap, (at, next(self._numbers), action))

    def _publish(self, tenant: TenantId, url: str, n: int, count: int, lane: Lane) -> None:
        alert = self._accepted(tenant, url, n)
        (batch,) = alert.batches()
        events = [self._event(alert, n + more, "sent") for more in range(count)]
        blank, done = BatchProgress.blank(1), BatchProgress((2,), {MessageState.SENT: 1})
        PublishWithCallbacks(self.results, self).publish(batch, KEY, blank, done, events, None, callback=lane)

    def _publish_answer(self, tenant: TenantId, url: str, n: int) -> None:
        alert = self._accepted(tenant, url, n)
        publish = PublishEventsWithCallbacks(FakeEventPublisher(self.results), self).publish
        publish(alert, self._event(alert, n, "reply"))

    def _accepted(self, tenant: TenantId, url: str, n: int) -> Alert:
        ref = AlertRef(f"0192{n:08x}-0000-7000-8000-000000000000"[:36])
        acceptance = an_acceptance(sms(number(1)), at=self.clock(), tenant=tenant, callback=Callback(url), ref=ref)
        self.alerts.accept(acceptance)
        return acceptance.alert

    def _event(self, alert: Alert, n: int, kind: str) -> ResultEvent:
        self.published[_event_id(n)] = self.clock()
        return ResultEvent(
            event_id=_event_id(n),
            client_ref="r",
            alert=alert.ref,
            channel=alert.items[0].channel,
            tag="t",
            event=kind,
            alertee=number(1),
            contact_id=None,
            whence=self.clock(),
        )

    def _arrive(self, order: CallbackOrder) -> None:
        name = "-webhook-slow" if order.lane is CallbackLane.SLOW else "-webhook-urgent" if order.urgent else "-webhook"
        self._queues[name].append(order)
        self._serve(name)

    def _serve(self, name: str) -> None:
        queue = self._queues[name]
        while queue and self._free[name]:
            self._free[name] -= 1
            batch = [queue.popleft() for _ in range(min(len(queue), self._batch[name]))]
            left = [len(batch)]

            def done(left: list[int] = left) -> None:
                left[0] -= 1
                if not left[0]:  # an invocation lasts as long as its slowest order
                    self._free[name] += 1
                    self._serve(name)

            for order in batch:
                self._start(order, done)

    def _start(self, order: CallbackOrder, done: Callable[[], None]) -> None:
        began = self.clock()

        def work() -> None:
            self._sleep(OVERHEAD)
            self.deliver(order, lambda: timedelta(seconds=60) - (self.clock() - began))

        cue = threading.Semaphore(0)

        def body() -> None:
            self._local.cue = cue
            cue.acquire()
            try:
                work()
            finally:
                done()
                self._baton.release()

        threading.Thread(target=body, daemon=True).start()
        self._at(began, lambda: self._pass_to(cue))

    _local = threading.local()

    def _pass_to(self, cue: threading.Semaphore) -> None:
        cue.release()
        self._baton.acquire()

    def _sleep(self, span: timedelta) -> None:
        cue: threading.Semaphore = self._local.cue
        self._at(self.clock() + span, lambda: self._pass_to(cue))
        self._baton.release()
        cue.acquire()


def _event_id(n: int) -> str:
    return f"evt_{n:032x}"


def _workers() -> dict[str, tuple[int, int]]:
    """Return how many invocations the template gives each queue, and how many orders each takes."""
    mappings = deployment(read_sources()).of("Lambda::EventSourceMapping")
    found = {}
    for mapping in mappings:
        for end in ("-webhook-urgent", "-webhook", "-webhook-slow"):
            if str(mapping.properties["EventSourceArn"]).endswith(end):
                p = mapping.properties
                found[end] = (p["ScalingConfig"]["MaximumConcurrency"], p["BatchSize"])
    return found


def _p99(slow: int, *, tenants: int, proven: bool, seconds: int = 45) -> tuple[timedelta, int]:
    """Return the fast receiver's p99 with so many slow ones beside it, and the most calls under way to one."""
    world = Simulation(_workers())
    world.known("quick", FAST)
    end = NOON + timedelta(seconds=seconds)
    for n in range(seconds * 10):
        world.publish_at(NOON + n * 100 * MS, "quick", FAST, 10_000_000 + n)
    for n in range(slow):
        tenant, url = f"slow{n % tenants}", f"https://s{n}.example.org/"
        if proven:
            world.known(tenant, url)
        for again in range(2):  # an event each at the start, and another one while it hangs
            at = NOON + timedelta(seconds=3 + 20 * again) + n * MS
            world.publish_at(at, tenant, url, again * 100_000 + n)
    world.run(end)
    assert len(world.waits) > seconds * 9
    return world.p99(), world.most_in_flight


@pytest.mark.deep
@pytest.mark.parametrize(
    ("tenants", "proven"),
    [(1, False), (1_000, False), (1, True)],
    ids=["new endpoints of one tenant", "new endpoints of as many tenants", "known ones of one tenant begin to hang"],
)
def test_w6_a_thousand_endpoints_that_hang_delay_nobody_else(tenants: int, proven: bool) -> None:
    alone, _ = _p99(0, tenants=1, proven=False)
    participants, in_flight = _p99(1_000, tenants=tenants, proven=proven)
    print(f"p99 alone {alone}, beside a thousand that hang {participants}")
    assert participants - alone <= timedelta(seconds=1)
    assert in_flight <= IN_FLIGHT


def test_w6_no_endpoint_has_more_than_five_calls_under_way() -> None:
    world = Simulation(_workers())
    world.known("slow", "https://s.example.org/")
    for n in range(60):
        publish = world.answer_at if n % 2 else world.publish_at
        publish(NOON + n * MS, "slow", "https://s.example.org/", n)
    world.run(NOON + timedelta(seconds=80))
    assert world.most_in_flight == IN_FLIGHT


BULK, URGENT = range(1_000_000, 1_008_000, 25), range(2_000_000, 2_000_200)


@pytest.mark.parametrize(
    "takes",
    [
        pytest.param(30 * MS, id="quick"),
        pytest.param(200 * MS, id="usual"),
        pytest.param(3_000 * MS, id="slow", marks=pytest.mark.deep),
    ],
)
def test_answers_and_small_alerts_do_not_wait_behind_8000_results_of_the_same_receiver(takes: timedelta) -> None:
    world = Simulation(_workers(), takes)
    world.known("acme", FAST)
    for first in BULK:
        world.publish_at(NOON, "acme", FAST, first, events=25)
    for n in URGENT:
        publish = world.answer_at if n % 2 else partial(world.publish_at, lane=Lane.URGENT)
        publish(NOON + MS + (n - URGENT[0]) * 2 * takes, "acme", FAST, n)

    world.run(NOON + MS + len(URGENT) * 2 * takes + timedelta(seconds=30))

    assert world.p99(*URGENT) <= timedelta(seconds=5)
    assert len(world.waits) < 8_000  # results still waited after the last answer
    assert world.most_in_flight == IN_FLIGHT
