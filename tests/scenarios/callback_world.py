"""The world of stories with callbacks in it: packs, orders, receivers, and a sweeper that rings for them.

world = CallbackWorld()
world.hook.failing(URL, times=3)
world.accept(sms("+447700900001"), callback=Callback(URL))
world.until_quiet()
assert world.told() == {"sent", "delivered"}
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from tests.builders import KEY, TENANT
from tests.fakes.account_notices import FakeAccountNotices
from tests.fakes.api_keys import FakeApiKeyRepository
from tests.fakes.callbacks import (
    Call,
    FakeCallbackPacks,
    FakeResultBus,
    FakeWebhookDeliveries,
    FakeWebhookEndpoints,
    FakeWebhookSender,
)
from tests.fakes.key_owners import FakeKeyOwners
from tests.scenarios.world import LAMBDA_TIMEOUT, MAX_RECEIVES, VISIBILITY, Cast, Crash, Disturbance, World
from tocsin.alerts.application.mail_owners import MailOwners
from tocsin.identity.domain.api_key import ApiKey, KeyKind
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.notices.domain.account_notice import AccountNotice
from tocsin.telephony.domain.cloud_events import ReceivedEvent
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.webhooks.application.attempt import GoneWebhook, Pushes, RuleStands
from tocsin.webhooks.application.deliver import DeliverCallbacks
from tocsin.webhooks.application.publish import PublishEventsWithCallbacks, PublishWithCallbacks
from tocsin.webhooks.application.sweep import SweepCallbacks
from tocsin.webhooks.application.tell_failures import TellFailures
from tocsin.webhooks.domain.callback_order import CallbackOrder, decode, encode
from tocsin.webhooks.domain.delivery import OPEN, DeliveryState
from tocsin.webhooks.domain.endpoint import IN_FLIGHT

URL = "https://hooks.example.org/tocsin"


class CallbackWorld(World):
    """See the module.

    Args:
        lose: orders of callbacks that never arrive.
        owner: who is mailed about the key.
    """

    def __init__(
        self,
        seed: int = 1,
        wrap: Callable[[str, Any], Any] = lambda name, port: port,
        *,
        silent: bool = False,
        cast: Cast | None = None,
        disturbance: Disturbance | None = None,
        lose: Callable[[CallbackOrder], bool] = lambda order: False,
        owner: str | None = None,
    ) -> None:
        super().__init__(seed, wrap, silent=silent, cast=cast, disturbance=disturbance)
        self.packs = FakeCallbackPacks(self.events)
        self.deliveries = FakeWebhookDeliveries()
        self.endpoints = FakeWebhookEndpoints()
        self.account_notices = FakeAccountNotices()
        self.hook = FakeWebhookSender(self.clock)
        self.bus = FakeResultBus()
        self.keys = FakeApiKeyRepository()
        self.keys.add(ApiKey(TENANT, KEY, KeyKind.LIVE, "test", "hash", owner_email=owner), {})
        self.rule_stands: RuleStands | None = None
        self.gone: GoneWebhook | None = None
        self.pushes: Pushes | None = None
        self.lost_orders: list[str] = []
        self.account_events: dict[str, TelephonyEvent] = {}
        self._lose = lose

    # --- what a story says ------------------------------------------------------------------------------------

    @property
    def calls(self) -> list[Call]:
        """Everything that arrived at a receiver."""
        return self.hook.calls

    def arrived(self) -> Counter[str]:
        """Count the calls of each event."""
        return Counter(call.id for call in self.calls)

    def owed(self) -> set[str]:
        """Return the id of every event that was published to be called back."""
        packs = [*self.events.packs.values(), *self.events.told.values()]
        return {event.event_id for pack in packs if pack.callback for event in pack.events}

    @property
    def owner_heard(self) -> list[AccountNotice]:
        """Everything the owners of keys were told, oldest first."""
        return sorted(self.account_notices.told.values(), key=lambda one: one.at)

    def states(self) -> dict[str, int]:  # type: ignore[override]
        """Count the deliveries by state."""
        return dict(Counter(one.state.value for one in self.deliveries.rows.values()))

    # --- the machinery ----------------------------------------------------------------------------------------

    def looks(self) -> list[datetime]:
        more = (self.packs.next_check(), self.deliveries.next_check())
        return [*super().looks(), *(at for at in more if at is not None)]

    def sweep(self) -> None:
        super().sweep()
        sweep = SweepCallbacks(
            self._port("packs", self.packs),
            self._port("deliveries", self.deliveries),
            self._port("callback_queue", CallbackLambdas(self)),
            self.clock,
        )
        try:
            sweep(lambda: LAMBDA_TIMEOUT)
        except (Crash, StorageUnavailable):
            return

    def queue_callbacks(self, orders: Sequence[CallbackOrder], delay: timedelta = timedelta(0)) -> None:
        """Be the queues of callbacks: each order comes two or three times, some time apart."""
        assert timedelta(0) <= delay <= timedelta(minutes=15)
        for order in orders:
            if self._lose(order):
                continue
            for copy in range(self._rng.randint(*self.disturbance.duplicates)):
                later = timedelta(milliseconds=self._rng.randrange(500 if copy == 0 else 30_000))
                self._at(self.clock() + delay + later, partial(self._call_back, encode(order), 1))

    def _events_port(self) -> Any:
        queue = self._port("callback_queue", CallbackLambdas(self))
        return PublishWithCallbacks(self._port("events", self.events), queue)

    def _event_publisher_port(self) -> Any:
        queue = self._port("callback_queue", CallbackLambdas(self))
        return PublishEventsWithCallbacks(self._port("event_publisher", self.event_publisher), queue)

    def _call_back(self, text: str, receives: int) -> None:
        """Be the Lambda that a callback order starts."""
        worker = self.worker()
        began = self.clock()
        try:
            worker(decode(text), lambda: LAMBDA_TIMEOUT - (self.clock() - began))
        except (Crash, StorageUnavailable):
            if receives >= MAX_RECEIVES:
                self.lost_orders.append(text)
                return
            self._at(self.clock() + VISIBILITY, lambda: self._call_back(text, receives + 1))

    def worker(self) -> DeliverCallbacks:
        """Return a worker of callbacks."""
        return DeliverCallbacks(
            self._port("alerts", self.alerts),
            self._port("packs", self.packs),
            self._port("deliveries", self.deliveries),
            self._port("endpoints", self.endpoints),
            self._port("callback_queue", CallbackLambdas(self)),
            self._port("account_notices", self.account_notices),
            self._port("hook", self.hook),
            self._port("bus", self.bus),
            self.clock,
            self._randomness,
            mail_owners=MailOwners(
                self._port("key_owners", FakeKeyOwners(self.keys)),
                self._port("alerts", self.alerts),
                self._port("queue", self),
                self.clock,
            ),
            rule_stands=self.rule_stands,
            gone=self.gone,
            pushes=self.pushes,
            tell=TellFailures(self.deliveries, self.account_heard, self.clock),
            owners=self._port("key_owners", FakeKeyOwners(self.keys)),
        )

    def account_heard(self, tenant: TenantId, received: ReceivedEvent) -> None:
        """Take an event about the account in: a repeat is one event."""
        assert received.event is not None
        assert tenant == TENANT
        self.account_events.setdefault(received.event.id, received.event)


class CallbackLambdas:
    """The queues of a world, and whoever serves them."""

    def __init__(self, world: CallbackWorld) -> None:
        self._world = world

    def put(self, orders: Sequence[CallbackOrder], delay: timedelta = timedelta(0)) -> None:
        self._world.queue_callbacks(orders, delay)


def check_callbacks(world: CallbackWorld) -> None:
    """Raise AssertionError if a world at rest breaks a promise about callbacks (reliability 3.5)."""
    owed = world.owed()
    rows = {key.event_id: row for key, row in world.deliveries.rows.items()}
    assert set(rows) == owed, "events and deliveries differ"
    assert set(world.arrived()) <= owed, "a call with an id that no event has"
    assert world.packs.open == [], "a pack was never handed over"
    for row in rows.values():
        assert row.state not in OPEN, f"never came to rest: {row.attempts}"
        if row.state is DeliveryState.SUCCEEDED:
            assert world.arrived()[row.key.event_id] >= 1, "succeeded, and nobody was called"
        for before, after in zip(row.attempts, row.attempts[1:], strict=False):
            assert after.number == before.number + 1
            assert after.at >= before.at
    for taken in world.endpoints.taken.values():
        assert len(taken) <= max(IN_FLIGHT, 40)
