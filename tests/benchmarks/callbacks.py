"""Budget 9: callbacks to one receiver that answers, alone and beside a thousand that take the call and never answer;
and urgent callbacks behind 8,000 others of the same receiver.

    python -m tests.benchmarks.callbacks http://127.0.0.1:8000/hook 1000    one run; prints JSON
    python -m tests.benchmarks.callbacks http://127.0.0.1:8000/hook urgent  one run of the other kind

The use case and its sender are those that are shipped, over real sockets, with as many workers as the template gives
each lane; tables and queues are in memory, so the figures say what the code and its permits allow, not the stores.
Endpoints have answered quickly before: one that has not is in the slow lane from the beginning.
"""

from __future__ import annotations

import contextlib
import json
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from statistics import quantiles
from typing import Any

from tests.benchmarks import processes
from tests.benchmarks.findings import Finding
from tests.benchmarks.stage import Stage, Wrong
from tests.builders import KEY, an_acceptance, number, sms
from tests.fakes.account_notices import FakeAccountNotices
from tests.fakes.alerts import FakeAlertRepository
from tests.fakes.callbacks import FakeCallbackPacks, FakeResultBus, FakeWebhookDeliveries, FakeWebhookEndpoints
from tests.fakes.event_publisher import FakeEventPublisher
from tests.fakes.results import FakeResultEvents
from tocsin.adapters.webhook.sender import HttpsWebhookSender
from tocsin.alerts.domain.alert import Lane
from tocsin.delivery.domain.message import MessageState
from tocsin.delivery.domain.progress import BatchProgress
from tocsin.egress.domain.callback_url import Callback
from tocsin.egress.domain.url_policy import EgressPolicy
from tocsin.entrypoint.process.randomness import SystemRandomness
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.results.domain.result_event import ResultEvent
from tocsin.webhooks.application.deliver import DeliverCallbacks
from tocsin.webhooks.application.publish import PublishEventsWithCallbacks, PublishWithCallbacks
from tocsin.webhooks.domain.callback import EndpointKey
from tocsin.webhooks.domain.callback_order import CallbackOrder
from tocsin.webhooks.domain.endpoint import CallbackLane, Endpoint, SigningSecret
from tocsin.webhooks.domain.standard_webhooks import new_secret
from tocsin.webhooks.ports.http import WebhookAnswer, WebhookRequest

WORKERS = {"webhook-urgent": (20, 1), "webhook": (80, 1), "webhook-slow": (20, 10)}
"""Invocations at once and orders in each, by queue, as the template has it."""

HANGING = 1_000
TRICKLE, TIME_BUDGET = 200, 0.02
"""Events one by one, and seconds from one to the next: how long does one take?"""

PACKS, EVENTS = 40, 25
"""Then all at once: how many a second?"""

RESULTS, URGENT = 8_000, 100
RECEIVER_TAKES, URGENT_EACH = 0.05, 0.1
"""Seconds: what the receiver takes for a call, and from one urgent event to the next."""


def measure(stage: Stage, rounds: int) -> list[Finding]:
    """Run both in turn, each in a process of its own."""
    alone, participants, urgent = [], [], []
    for _ in range(rounds):
        alone.append(_child(stage, 0))
        participants.append(_child(stage, HANGING))
        urgent.append(_run(stage, "urgent", {"delay": RECEIVER_TAKES}))
    stage.reset()
    return [
        Finding(
            9, f"callbacks/s to one receiver beside {HANGING:,} that hang, over alone",
            [b["rate"] / a["rate"] for a, b in zip(alone, participants, strict=True)], "x", must=0.8, aim=0.95, at_least=True,
            note=f"{PACKS} packs of {EVENTS} at once; at most four calls to one receiver are under way",
        ),
        Finding(9, "  alone", [run["rate"] for run in alone], "/s"),
        Finding(9, f"  beside {HANGING:,} that hang", [run["rate"] for run in participants], "/s"),
        Finding(
            9, "p99 from publication to answer, beside them over alone",
            [b["p99"] - a["p99"] for a, b in zip(alone, participants, strict=True)], "s more", must=1.0, aim=0.1,
            note=f"{1 / TIME_BUDGET:.0f} events a second; alone {max(run['p99'] for run in alone) * 1e3:.0f} ms at most, "
            f"beside them {max(run['p99'] for run in participants) * 1e3:.0f} ms; hanging calls at most at once: "
            f"{max(run['hanging'] for run in participants)}",
        ),
        Finding(
            9, f"urgent callback behind {RESULTS:,} others of the same receiver, publication to answer, p99",
            [run["p99"] for run in urgent], "s", must=5, aim=1,
            note=f"{URGENT} answers and results of small alerts, one each {URGENT_EACH} s; the receiver takes "
            f"{RECEIVER_TAKES * 1e3:.0f} ms; others that waited at the last: {min(run['left'] for run in urgent):,.0f}",
        ),
    ]  # fmt: skip


def _child(stage: Stage, hanging: int) -> dict[str, Any]:
    told = _run(stage, str(hanging))
    counts = stage.counts()
    if (counts["distinct"], counts["total"]) != (wanted := TRICKLE + PACKS * EVENTS, wanted):
        raise Wrong(f"{wanted} events, but {counts['distinct']} were called back with {counts['total']} calls")
    return told


def _run(stage: Stage, kind: str, receiver: dict[str, float] | None = None) -> dict[str, Any]:
    stage.reset(**(receiver or {}))
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.callbacks", f"{stage.stub}/hook", kind],
        env=dict(stage.environment),
        cwd=processes.ROOT,
        stdout=subprocess.PIPE,
        timeout=90,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


# --- the child ----------------------------------------------------------------------------------------------------


class Lanes:
    """The three queues and their workers. An invocation lasts as long as its slowest order."""

    def __init__(self) -> None:
        self.waiting: dict[str, queue.Queue[CallbackOrder]] = {name: queue.Queue() for name in WORKERS}
        self.deliver: DeliverCallbacks

    def put(self, orders: Sequence[CallbackOrder], delay: timedelta = timedelta(0)) -> None:
        for order in orders:
            quick = "webhook-urgent" if order.urgent else "webhook"
            waiting = self.waiting["webhook-slow" if order.lane is CallbackLane.SLOW else quick]
            if delay:
                timer = threading.Timer(delay.total_seconds(), waiting.put, [order])
                timer.daemon = True
                timer.start()
            else:
                waiting.put(order)

    def start(self) -> None:
        for name, (invocations, batch) in WORKERS.items():
            for _ in range(invocations):
                threading.Thread(target=self._serve, args=(name, batch), daemon=True).start()

    def _serve(self, name: str, batch: int) -> None:
        waiting = self.waiting[name]
        while True:
            orders = [waiting.get()]
            with contextlib.suppress(queue.Empty):
                while len(orders) < batch:
                    orders.append(waiting.get_nowait())
            participants = [threading.Thread(target=self._work_off, args=(order,), daemon=True) for order in orders[1:]]
            for thread in participants:
                thread.start()
            self._work_off(orders[0])
            for thread in participants:
                thread.join()

    def _work_off(self, order: CallbackOrder) -> None:
        began = time.monotonic()
        self.deliver(order, lambda: timedelta(seconds=60 + began - time.monotonic()))


class Timed:
    """The sender that is shipped; notes when each call to the receiver that answers was over."""

    def __init__(self, hook: str) -> None:
        self._sender = HttpsWebhookSender(_now, policy=EgressPolicy(loopback=True))
        self._hook = hook
        self.answered: dict[str, float] = {}
        self.hanging = self.most_hanging = 0

    def send(self, request: WebhookRequest) -> WebhookAnswer:
        if request.url == self._hook:
            answer = self._sender.send(request)
            self.answered[request.headers["webhook-id"]] = time.monotonic()
            return answer
        self.hanging += 1
        self.most_hanging = max(self.most_hanging, self.hanging)
        try:
            return self._sender.send(request)
        finally:
            self.hanging -= 1


class Publisher:
    """Publishes events as a dispatcher does."""

    def __init__(self, lanes: Lanes, sender: Timed) -> None:
        self.results, self.alerts, self.endpoints = FakeResultEvents(), FakeAlertRepository(), FakeWebhookEndpoints()
        self.published: dict[str, float] = {}
        self._lanes = lanes
        lanes.deliver = DeliverCallbacks(
            self.alerts,
            FakeCallbackPacks(self.results),
            FakeWebhookDeliveries(),
            self.endpoints,
            lanes,
            FakeAccountNotices(),
            sender,
            FakeResultBus(),
            _now,
            SystemRandomness(),
        )

    def known(self, tenant: str, url: str) -> None:
        """Make an endpoint that has answered quickly before."""
        key = EndpointKey.of(TenantId(tenant), KEY, url)
        self.endpoints.add(Endpoint(key, url, (SigningSecret(new_secret(b"x" * 32)),), _now(), slow=False))

    def publish(self, tenant: str, url: str, count: int, *, lane: Lane = Lane.BULK, answer: bool = False) -> list[str]:
        """Publish a pack of so many events, or one event as the answer of a person; return their ids."""
        owner, number_ = TenantId(tenant), len(self.alerts.alerts)
        ref = AlertRef(f"0192{number_:08x}-0000-7000-8000-000000000000"[:36])
        acceptance = an_acceptance(sms(number(1)), at=_now(), tenant=owner, callback=Callback(url), ref=ref)
        self.alerts.accept(acceptance)
        (batch,) = acceptance.alert.batches()
        ids = [f"evt_{number_:016x}{n:016x}" for n in range(count)]
        channel = acceptance.alert.items[0].channel
        events = [
            ResultEvent(
                event_id=id,
                client_ref="bench",
                alert=ref,
                channel=channel,
                tag="sms",
                event="sent",
                alertee=number(1),
                contact_id=None,
                whence=_now(),
            )
            for id in ids
        ]
        blank, done = BatchProgress.blank(1), BatchProgress((2,), {MessageState.SENT: 1})
        self.published |= dict.fromkeys(ids, time.monotonic())
        if answer:
            single = PublishEventsWithCallbacks(FakeEventPublisher(self.results), self._lanes)
            single.publish(acceptance.alert, events[0])
        else:
            results = PublishWithCallbacks(self.results, self._lanes)
            results.publish(batch, KEY, blank, done, events, None, callback=lane)
        return ids


@contextlib.contextmanager
def _silent_receiver() -> Iterator[str]:
    """Yield the URL of a server whose system takes every connection and that never looks at one."""
    with socket.create_server(("127.0.0.1", 0), backlog=4_096) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def _now() -> datetime:
    return datetime.now(UTC)


def main(hook: str, hanging: int) -> dict[str, float]:
    """Publish one by one, then all at once; return the p99 of the first in seconds and the rate of the second."""
    lanes, sender = Lanes(), Timed(hook)
    publisher = Publisher(lanes, sender)
    publisher.known("quick", hook)
    lanes.start()
    with _silent_receiver() as silent:
        for n in range(hanging):
            publisher.known("slow", f"{silent}/{n}")
            publisher.publish("slow", f"{silent}/{n}", 1)
        time.sleep(0.5)
        ids = []
        for _ in range(TRICKLE):
            ids += publisher.publish("quick", hook, 1)
            time.sleep(TIME_BUDGET)
        _await(sender, ids)
        waits = [sender.answered[id] - publisher.published[id] for id in ids]
        began = time.monotonic()
        for _ in range(PACKS):
            ids += publisher.publish("quick", hook, EVENTS)
        _await(sender, ids)
        rate = PACKS * EVENTS / (max(sender.answered.values()) - began)
        return {"p99": quantiles(waits, n=100)[-1], "rate": rate, "hanging": sender.most_hanging}


def main_urgent(hook: str) -> dict[str, float]:
    """Publish the results of a broadcast, then urgent events; return the p99 of these in seconds, and what is left."""
    lanes, sender = Lanes(), Timed(hook)
    publisher = Publisher(lanes, sender)
    publisher.known("quick", hook)
    for _ in range(RESULTS // EVENTS):
        publisher.publish("quick", hook, EVENTS)
    lanes.start()
    urgent: list[str] = []
    for n in range(URGENT):
        urgent += publisher.publish("quick", hook, 1, lane=Lane.URGENT, answer=n % 2 == 0)
        time.sleep(URGENT_EACH)
    _await(sender, urgent)
    waits = [sender.answered[id] - publisher.published[id] for id in urgent]
    return {"p99": quantiles(waits, n=100)[-1], "left": RESULTS + URGENT - len(sender.answered)}


def _await(sender: Timed, ids: Sequence[str]) -> None:
    end = time.monotonic() + 60
    while (missing := set(ids) - sender.answered.keys()) and time.monotonic() < end:
        time.sleep(0.01)
    if missing:
        raise Wrong(f"{len(ids) - len(missing)} of {len(ids)} events were called back within a minute")


if __name__ == "__main__":
    told = main_urgent(sys.argv[1]) if sys.argv[2] == "urgent" else main(sys.argv[1], int(sys.argv[2]))
    print(json.dumps(told))
