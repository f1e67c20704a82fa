"""Budget 9: callbacks to one receiver that answers, alone and beside a thousand that take the call and never answer.

    python -m tests.benchmarks.callbacks http://127.0.0.1:8000/hook 1000    one run; prints JSON

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
from tests.fakes.callbacks import FakeCallbackPacks, FakeWebhookDeliveries, FakeWebhookEndpoints
from tests.fakes.results import FakeResultEvents
from tocsin.adapters.webhook.sender import HttpsWebhookSender
from tocsin.delivery.domain.message import MessageState
from tocsin.delivery.domain.progress import BatchProgress
from tocsin.egress.domain.callback_url import Callback
from tocsin.egress.domain.url_policy import EgressPolicy
from tocsin.entrypoint.process.randomness import SystemRandomness
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.results.domain.result_event import ResultEvent, pack_name
from tocsin.webhooks.application.deliver import DeliverCallbacks
from tocsin.webhooks.domain.callback import EndpointKey, PackKey
from tocsin.webhooks.domain.callback_order import CallbackOrder, PackOrder
from tocsin.webhooks.domain.endpoint import CallbackLane, Endpoint, SigningSecret
from tocsin.webhooks.domain.standard_webhooks import new_secret
from tocsin.webhooks.ports.http import WebhookAnswer, WebhookRequest

WORKERS = {CallbackLane.QUICK: (80, 1), CallbackLane.SLOW: (20, 10)}
"""Invocations at once and orders in each, by lane, as the template has it."""

HANGING = 1_000
TRICKLE, TIME_BUDGET = 200, 0.02
"""Events one by one, and seconds from one to the next: how long does one take?"""

PACKS, EVENTS = 40, 25
"""Then all at once: how many a second?"""


def measure(stage: Stage, rounds: int) -> list[Finding]:
    """Run both in turn, each in a process of its own."""
    alone, participants = [], []
    for _ in range(rounds):
        alone.append(_child(stage, 0))
        participants.append(_child(stage, HANGING))
    return [
        Finding(
            9, f"callbacks/s to one receiver beside {HANGING:,} that hang, over alone",
            [b["rate"] / a["rate"] for a, b in zip(alone, participants, strict=True)], "x", must=0.8, aim=0.95, at_least=True,
            note=f"{PACKS} packs of {EVENTS} at once; at most five calls to one receiver are under way",
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
    ]  # fmt: skip


def _child(stage: Stage, hanging: int) -> dict[str, Any]:
    stage.reset()
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.callbacks", f"{stage.stub}/hook", str(hanging)],
        env=dict(stage.environment),
        cwd=processes.ROOT,
        stdout=subprocess.PIPE,
        timeout=90,
        check=True,
    )
    counts = stage.counts()
    if (counts["distinct"], counts["total"]) != (wanted := TRICKLE + PACKS * EVENTS, wanted):
        raise Wrong(f"{wanted} events, but {counts['distinct']} were called back with {counts['total']} calls")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


# --- the child ----------------------------------------------------------------------------------------------------


class Lanes:
    """The two queues and their workers. An invocation lasts as long as its slowest order."""

    def __init__(self) -> None:
        self.waiting: dict[CallbackLane, queue.Queue[CallbackOrder]] = {lane: queue.Queue() for lane in WORKERS}
        self.deliver: DeliverCallbacks

    def put(self, orders: Sequence[CallbackOrder], delay: timedelta = timedelta(0)) -> None:
        for order in orders:
            if delay:
                timer = threading.Timer(delay.total_seconds(), self.waiting[order.lane].put, [order])
                timer.daemon = True
                timer.start()
            else:
                self.waiting[order.lane].put(order)

    def start(self) -> None:
        for lane, (invocations, batch) in WORKERS.items():
            for _ in range(invocations):
                threading.Thread(target=self._serve, args=(lane, batch), daemon=True).start()

    def _serve(self, lane: CallbackLane, batch: int) -> None:
        waiting = self.waiting[lane]
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

    def post(self, request: WebhookRequest) -> WebhookAnswer:
        if request.url == self._hook:
            answer = self._sender.post(request)
            self.answered[request.headers["webhook-id"]] = time.monotonic()
            return answer
        self.hanging += 1
        self.most_hanging = max(self.most_hanging, self.hanging)
        try:
            return self._sender.post(request)
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
            _now,
            SystemRandomness(),
        )

    def known(self, tenant: str, url: str) -> None:
        """Make an endpoint that has answered quickly before."""
        key = EndpointKey.of(TenantId(tenant), KEY, url)
        self.endpoints.add(Endpoint(key, url, (SigningSecret(new_secret(b"x" * 32)),), _now(), slow=False))

    def publish(self, tenant: str, url: str, count: int) -> list[str]:
        """Publish a pack of so many events; return their ids."""
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
        self.results.publish(batch, KEY, blank, done, events, None, callback=True)
        self._lanes.put([PackOrder(PackKey(owner, ref, pack_name(0, blank.versions)))])
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
        _await(sender, len(ids))
        waits = [sender.answered[id] - publisher.published[id] for id in ids]
        began = time.monotonic()
        for _ in range(PACKS):
            ids += publisher.publish("quick", hook, EVENTS)
        _await(sender, len(ids))
        rate = PACKS * EVENTS / (max(sender.answered.values()) - began)
        return {"p99": quantiles(waits, n=100)[-1], "rate": rate, "hanging": sender.most_hanging}


def _await(sender: Timed, count: int) -> None:
    end = time.monotonic() + 60
    while len(sender.answered) < count and time.monotonic() < end:
        time.sleep(0.01)
    if len(sender.answered) < count:
        raise Wrong(f"{len(sender.answered)} of {count} events were called back within a minute")


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], int(sys.argv[2]))))
