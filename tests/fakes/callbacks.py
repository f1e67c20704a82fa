"""Outbox, deliveries, endpoints and queue of callbacks in memory, and a receiver that can be told how to behave."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tests.fakes.outage import Outage
from tests.fakes.results import FakeResultEvents
from tests.fakes.time import VirtualClock
from tocsin.alerts.domain.alert import Alert
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.results.domain.result_event import ResultEvent
from tocsin.webhooks.domain.bus_entry import BusEntry
from tocsin.webhooks.domain.callback import EndpointKey, PackKey, WebhookMethod
from tocsin.webhooks.domain.callback_order import CallbackOrder, decode, encode
from tocsin.webhooks.domain.delivery import Delivery, DeliveryKey
from tocsin.webhooks.domain.endpoint import Endpoint
from tocsin.webhooks.domain.rule_delivery import DeliveryOwed
from tocsin.webhooks.ports.callbacks import DeliveryPage, Permit
from tocsin.webhooks.ports.http import WebhookAnswer, WebhookRequest


class FakeCallbackPacks:
    """The packs of a `FakeResultEvents` that are called back."""

    def __init__(self, results: FakeResultEvents) -> None:
        self._results = results
        self.outage = Outage()

    def load(self, pack: PackKey) -> Sequence[ResultEvent] | None:
        self.outage.check()
        found = self._results.outbox.get(pack)
        return None if found is None else found.events

    def close(self, pack: PackKey) -> None:
        self.outage.check()
        if found := self._results.outbox.pop(pack, None):
            found.next_check_at = None

    def due(self, before: datetime, limit: int) -> Sequence[PackKey]:
        self.outage.check()
        found = sorted(
            (pack.next_check_at, key.alert, key.name, key)
            for key, pack in self._results.outbox.items()
            if pack.next_check_at is not None and pack.next_check_at <= before
        )
        return [key for *_, key in found[:limit]]

    def check_again(self, pack: PackKey, at: datetime) -> None:
        self.outage.check()
        if found := self._results.outbox.get(pack):
            found.next_check_at = at

    def failing_since(self, pack: PackKey, now: datetime) -> datetime:
        self.outage.check()
        found = self._results.outbox.get(pack)
        if found is None:
            return now
        found.failing_since = found.failing_since or now
        return found.failing_since

    @property
    def open(self) -> list[PackKey]:
        """Every pack that has not been handed over."""
        return list(self._results.outbox)

    def next_check(self) -> datetime | None:
        """Return when the sweeper has something to look at."""
        return min((pack.next_check_at for pack in self._results.outbox.values() if pack.next_check_at), default=None)


class FakeWebhookDeliveries:
    """`rows` may be inspected; `history` holds every version of each."""

    def __init__(self) -> None:
        self.rows: dict[DeliveryKey, Delivery] = {}
        self.history: dict[DeliveryKey, list[Delivery]] = {}
        self.kept: dict[tuple[DeliveryKey, int], tuple[bytes, datetime]] = {}
        self.outage = Outage()
        self._lock = threading.Lock()

    def add(self, delivery: Delivery) -> Delivery | None:
        self.outage.check()
        with self._lock:
            if there := self.rows.get(delivery.key):
                return there
            self._write(delivery)
            return None

    def add_all(self, deliveries: Sequence[Delivery]) -> Sequence[Delivery]:
        found = [self.add(delivery) for delivery in deliveries]
        return [there for there in found if there is not None]

    def get(self, key: DeliveryKey) -> Delivery | None:
        self.outage.check()
        return self.rows.get(key)

    def holds(self, owed: DeliveryOwed, alert: Alert | None = None) -> bool:
        """Whether a delivery may be written with an alert, or without one (KeepsParticipants)."""
        return owed.delivery.key not in self.rows

    def write(self, owed: DeliveryOwed, alert: Alert | None = None) -> None:
        """Write a delivery with an alert, or without one (KeepsParticipants)."""
        self._write(owed.delivery)

    def get_many(self, keys: Sequence[DeliveryKey]) -> Sequence[Delivery]:
        self.outage.check()
        return [self.rows[key] for key in dict.fromkeys(keys) if key in self.rows]

    def save(self, delivery: Delivery) -> Delivery | None:
        self.outage.check()
        with self._lock:
            there = self.rows.get(delivery.key)
            if there is None or there.version != delivery.version:
                return None
            after = replace(delivery, version=delivery.version + 1)
            self._write(after)
            return after

    def of_endpoint(
        self, endpoint: EndpointKey, since: datetime, until: datetime, limit: int, after: str | None, now: datetime
    ) -> DeliveryPage:
        self.outage.check()
        found = sorted(
            (
                one
                for one in self.rows.values()
                if one.endpoint == endpoint and since <= one.created_at < until and now < one.expires_at
            ),
            key=lambda one: (one.created_at, one.key.event_id),
            reverse=True,
        )
        if after is not None:
            owner, _, last = after.partition("|")
            if owner != endpoint.hash:
                raise InvalidRequest([Fault("/cursor", "INVALID_CURSOR", "this cursor was not issued for this list")])
            names = [one.key.event_id for one in found]
            found = found[names.index(last) + 1 :] if last in names else []
        page = found[:limit]
        more = f"{endpoint.hash}|{page[-1].key.event_id}" if len(found) > limit else None
        return DeliveryPage(page, more)

    def due(self, before: datetime, limit: int) -> Sequence[DeliveryKey]:
        self.outage.check()
        found = sorted(
            (
                (one.next_check_at, one.key)
                for one in self.rows.values()
                if one.next_check_at is not None and one.next_check_at <= before
            ),
            key=lambda entry: entry[0],
        )
        return [key for _, key in found[:limit]]

    def check_again(self, key: DeliveryKey, at: datetime) -> None:
        self.outage.check()
        with self._lock:
            there = self.rows.get(key)
            if there is not None and there.next_check_at is not None:
                self.rows[key] = replace(there, next_check_at=at)

    def keep_answer(self, key: DeliveryKey, attempt: int, excerpt: bytes, until: datetime) -> None:
        self.outage.check()
        self.kept[key, attempt] = (excerpt, until)

    def answers(self, key: DeliveryKey, now: datetime) -> Mapping[int, bytes]:
        self.outage.check()
        return {n: text for (owner, n), (text, until) in self.kept.items() if owner == key and now < until}

    def next_check(self) -> datetime | None:
        """Return when the sweeper has something to look at."""
        return min((one.next_check_at for one in self.rows.values() if one.next_check_at is not None), default=None)

    def _write(self, delivery: Delivery) -> None:
        self.rows[delivery.key] = delivery
        self.history.setdefault(delivery.key, []).append(delivery)


class FakeWebhookEndpoints:
    """`rows` and `taken` may be inspected."""

    def __init__(self) -> None:
        self.rows: dict[EndpointKey, Endpoint] = {}
        self.taken: dict[tuple[TenantId, EndpointKey | None], dict[int, datetime]] = {}
        self.outage = Outage()
        self._lock = threading.Lock()

    def get(self, key: EndpointKey) -> Endpoint | None:
        self.outage.check()
        return self.rows.get(key)

    def add(self, endpoint: Endpoint) -> Endpoint:
        self.outage.check()
        with self._lock:
            return self.rows.setdefault(endpoint.key, endpoint)

    def save(self, endpoint: Endpoint) -> Endpoint | None:
        self.outage.check()
        with self._lock:
            there = self.rows.get(endpoint.key)
            if there is None or there.version != endpoint.version:
                return None
            after = self.rows[endpoint.key] = replace(endpoint, version=endpoint.version + 1)
            return after

    def of_key(self, tenant: TenantId, key_id: ApiKeyId) -> Sequence[Endpoint]:
        self.outage.check()
        mine = [one for one in self.rows.values() if (one.key.tenant, one.key.key_id) == (tenant, key_id)]
        return sorted(mine, key=lambda one: (one.created_at, one.key.hash))

    def permit(
        self, tenant: TenantId, endpoint: EndpointKey | None, slots: range, until: datetime, now: datetime
    ) -> Permit | None:
        self.outage.check()
        with self._lock:
            if not self._open(endpoint):
                return None
            taken = self.taken.setdefault((tenant, endpoint), {})
            slot = next((n for n in slots if taken.get(n, now) <= now), None)
            if slot is None:
                return None
            taken[slot] = until
            return Permit(tenant, endpoint, slot, until)

    def renew(self, permit: Permit, until: datetime) -> Permit | None:
        self.outage.check()
        with self._lock:
            taken = self.taken.get((permit.tenant, permit.endpoint), {})
            if not self._open(permit.endpoint) or taken.get(permit.slot) != permit.until:
                return None
            taken[permit.slot] = until
            return replace(permit, until=until)

    def release(self, permit: Permit) -> None:
        self.outage.check()
        with self._lock:
            taken = self.taken.get((permit.tenant, permit.endpoint), {})
            if taken.get(permit.slot) == permit.until:
                del taken[permit.slot]

    def _open(self, endpoint: EndpointKey | None) -> bool:
        if endpoint is None:
            return True
        there = self.rows.get(endpoint)
        return there is not None and not there.disabled


class FakeCallbackQueue:
    """`puts` holds every order with its delay, in order. Orders travel in their queue form, as in the real one."""

    def __init__(self) -> None:
        self.puts: list[tuple[CallbackOrder, timedelta]] = []
        self.outage = Outage()

    def put(self, orders: Sequence[CallbackOrder], delay: timedelta = timedelta(0)) -> None:
        self.outage.check()
        assert timedelta(0) <= delay <= timedelta(minutes=15), f"SQS cannot delay by {delay}"
        self.puts += [(decode(encode(order)), delay) for order in orders]

    @property
    def orders(self) -> list[CallbackOrder]:
        return [order for order, _ in self.puts]


@dataclass(frozen=True)
class Call:
    """One request as it arrived."""

    at: datetime
    url: str
    headers: Mapping[str, str]
    body: bytes
    method: WebhookMethod = WebhookMethod.POST

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


Behaviour = Callable[[int], WebhookAnswer]
"""What a receiver answers to its call number n (from 1)."""

OK = WebhookAnswer(200, excerpt=b"thanks")


@dataclass
class FakeResultBus:
    """A bus that takes everything, or refuses what `refuses` says.

    Attributes:
        taken: every entry that it took, in order.
        refuses: returns the code for an entry; None = it takes it.
        calls: how often it was called.
    """

    taken: list[BusEntry] = field(default_factory=list)
    refuses: Callable[[BusEntry], str | None] = lambda entry: None
    calls: int = 0

    def put(self, entries: Sequence[BusEntry]) -> Mapping[str, str]:
        self.calls += 1
        codes = {entry.event_id: code for entry in entries if (code := self.refuses(entry))}
        self.taken += [entry for entry in entries if entry.event_id not in codes]
        return codes


@dataclass
class FakeWebhookSender:
    """The web: receivers by URL. Each call takes `takes` on the clock.

    Attributes:
        calls: everything that arrived anywhere.
    """

    clock: VirtualClock
    takes: timedelta = timedelta(milliseconds=50)
    calls: list[Call] = field(default_factory=list)
    behaviours: dict[str, Behaviour] = field(default_factory=dict)

    def send(self, request: WebhookRequest) -> WebhookAnswer:
        call = Call(self.clock(), request.url, dict(request.headers), request.body, request.method)
        self.calls.append(call)
        number = sum(1 for one in self.calls if one.url == request.url)
        self.clock.advance(self.takes)
        behaviour = self.behaviours.get(request.url)
        return behaviour(number) if behaviour else OK

    def failing(self, url: str, times: int, answer: WebhookAnswer | None = None) -> None:
        """Let a receiver fail so often before it takes anything."""
        bad = answer or WebhookAnswer(500)
        self.behaviours[url] = lambda n: bad if n <= times else OK
