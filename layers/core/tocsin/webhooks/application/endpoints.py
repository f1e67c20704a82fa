"""What the owner of an API key can do with webhooks: list, rotate the secret, enable, disable, replay.

Endpoints are named by `EndpointKey.hash`, or by their URL. A secret is shown once, by the call that made it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from tocsin.alerts.domain.participants import Participant
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import NotFound, StaleWrite, StorageUnavailable
from tocsin.kernel.ports import Clock, Randomness, Sealer
from tocsin.webhooks.domain.callback import EndpointKey
from tocsin.webhooks.domain.callback_order import EVENTS_AT_MOST, DeliveryOrder
from tocsin.webhooks.domain.delivery import FAILED, OPEN, Delivery, DeliveryKey, replayed
from tocsin.webhooks.domain.endpoint import CallbackLane, Endpoint, SigningSecret, disabled_by_owner, enabled, rotated
from tocsin.webhooks.domain.rule_delivery import DeliveryOwed
from tocsin.webhooks.domain.standard_webhooks import new_secret
from tocsin.webhooks.ports.callbacks import CallbackQueue, WebhookDeliveries, WebhookEndpoints

_ROUNDS = 10
_SECRET_BYTES = 32
PAGE = 100


@dataclass(frozen=True, slots=True)
class ListCallbackEndpoints:
    """Lists every endpoint of an API key, with its state."""

    endpoints: WebhookEndpoints

    def __call__(self, key: ApiKey) -> Sequence[Endpoint]:
        """Return the endpoints, oldest first. Their secrets must not leave the process."""
        return self.endpoints.of_key(key.tenant, key.id)


@dataclass(frozen=True, slots=True)
class SecretShown:
    """A new secret. No later call can read it."""

    endpoint: Endpoint
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RotateCallbackSecret:
    """Give an endpoint a new secret. The previous secret signs too for a day. Creates the endpoint if it is new."""

    endpoints: WebhookEndpoints
    clock: Clock
    randomness: Randomness
    sealer: Sealer | None = None

    def __call__(self, key: ApiKey, url: str, seed: bytes | None = None) -> SecretShown:
        """Return the secret.

        Args:
            url: one that may be called back (`url_faults`).
            seed: calls with the same seed make one rotation and return the same secret, also when they run at the
                same time; needs the sealer. None: every call makes a new secret.

        Raises:
            StaleWrite: ten writes in a row met a conflict.
        """
        secret = new_secret(self._bytes(key, url, seed))
        name = EndpointKey.of(key.tenant, key.id, url)
        endpoint = self.endpoints.get(name)
        if endpoint is None:
            made = self.endpoints.add(Endpoint(name, url, (SigningSecret(secret),), self.clock()))
            if made.secrets[0].value == secret:
                return SecretShown(made, secret)

        def rotated_once(one: Endpoint) -> Endpoint:
            return one if one.knows(secret) else rotated(one, secret, self.clock())

        return SecretShown(_changed(self.endpoints, name, rotated_once), secret)

    def _bytes(self, key: ApiKey, url: str, seed: bytes | None) -> bytes:
        if seed is None or self.sealer is None:
            return self.randomness.token(_SECRET_BYTES)
        # A keyed hash under the tenant's key cannot be told from random bytes without that key.
        return self.sealer.fingerprint(key.tenant, "callback secret", seed + url.encode())


@dataclass(frozen=True, slots=True)
class EnableCallbackEndpoint:
    """Enable an endpoint. Paused deliveries are sent by `ReplayFailedCallbacks`, not by this call."""

    endpoints: WebhookEndpoints

    def __call__(self, key: ApiKey, endpoint_hash: str) -> Endpoint:
        """Return the endpoint. Raises NotFound, StaleWrite."""
        return _changed(self.endpoints, EndpointKey(key.tenant, key.id, endpoint_hash), enabled)


@dataclass(frozen=True, slots=True)
class DisableCallbackEndpoint:
    """Disable an endpoint. Deliveries to it are paused."""

    endpoints: WebhookEndpoints
    clock: Clock

    def __call__(self, key: ApiKey, endpoint_hash: str) -> Endpoint:
        """Return the endpoint. Raises NotFound, StaleWrite."""
        name = EndpointKey(key.tenant, key.id, endpoint_hash)
        return _changed(self.endpoints, name, lambda one: disabled_by_owner(one, self.clock()))


@dataclass(frozen=True, slots=True)
class CallbackDeliveries:
    """A page of deliveries, newest first, and the responses to failed attempts, by event and attempt.

    The responses are for the tenant's administrators.
    """

    deliveries: Sequence[Delivery]
    answers: Mapping[str, Mapping[int, bytes]]
    next: str | None


@dataclass(frozen=True, slots=True)
class ListCallbackDeliveries:
    """Lists deliveries to an endpoint, with their attempts."""

    deliveries: WebhookDeliveries
    clock: Clock

    def __call__(
        self,
        key: ApiKey,
        endpoint_hash: str,
        since: datetime,
        until: datetime,
        *,
        limit: int = 20,
        after: str | None = None,
        with_answers: bool = False,
    ) -> CallbackDeliveries:
        """Return a page of up to `limit` (at most 100). Raises InvalidRequest for a cursor of another list."""
        now = self.clock()
        name = EndpointKey(key.tenant, key.id, endpoint_hash)
        page = self.deliveries.of_endpoint(name, since, until, max(1, min(limit, PAGE)), after, now)
        answers = {
            delivery.key.event_id: self.deliveries.answers(delivery.key, now)
            for delivery in page.deliveries
            if with_answers and any(attempt.status is not None and not attempt.taken for attempt in delivery.attempts)
        }
        return CallbackDeliveries(page.deliveries, answers, page.next)


@dataclass(frozen=True, slots=True)
class ReplayCallback:
    """Deliver one event again, under the same id."""

    deliveries: WebhookDeliveries
    queue: CallbackQueue
    clock: Clock

    def __call__(self, key: ApiKey, event_id: str) -> Delivery:
        """Return the delivery. A delivery that is still open is not changed.

        Raises:
            NotFound: this key has no such delivery, or it has expired, or it was a test event.
        """
        now = self.clock()
        delivery = self.deliveries.get(DeliveryKey(key.tenant, event_id))
        if delivery is None or delivery.endpoint.key_id != key.id or delivery.expires_at <= now or delivery.is_test:
            raise NotFound("callback")
        again = replayed(delivery, now)
        saved = self.deliveries.save(again) if again is not None else None
        if saved is None:
            return delivery  # open: it is being retried, or another call has replayed it
        enqueue(self.queue, [saved])
        return saved


@dataclass(frozen=True, slots=True)
class ReplayPage:
    """How many deliveries were queued again. `next`: cursor for the next call, None at the end."""

    count: int
    next: str | None


@dataclass(frozen=True, slots=True)
class ReplayFailedCallbacks:
    """Deliver again what failed in a period: deliveries that are exhausted, dropped or paused."""

    deliveries: WebhookDeliveries
    queue: CallbackQueue
    clock: Clock

    def __call__(
        self, key: ApiKey, endpoint_hash: str, since: datetime, until: datetime, after: str | None = None
    ) -> ReplayPage:
        """Replay the failed ones among up to 100 deliveries; call again with `next` until it is None."""
        now = self.clock()
        name = EndpointKey(key.tenant, key.id, endpoint_hash)
        page = self.deliveries.of_endpoint(name, since, until, PAGE, after, now)
        saved = []
        for delivery in page.deliveries:
            if delivery.state in FAILED and (again := replayed(delivery, now)) is not None:
                stored = self.deliveries.save(again)
                saved += [stored] if stored is not None else []
        enqueue(self.queue, saved)
        return ReplayPage(len(saved), page.next)


def found_or_added(
    endpoints: WebhookEndpoints, name: EndpointKey, url: str, randomness: Randomness, now: datetime
) -> Endpoint:
    """Return the endpoint. The first use of a URL adds it, with a secret that was never shown to the client."""
    found = endpoints.get(name)
    if found is not None:
        return found
    secret = SigningSecret(new_secret(randomness.token(_SECRET_BYTES)))
    return endpoints.add(Endpoint(name, url, (secret,), now))


def enqueue_owed(queue: CallbackQueue, participants: Sequence[Participant]) -> None:
    """Queue orders for the deliveries among what a transaction has written. Never raises."""
    for owed in participants:
        if isinstance(owed, DeliveryOwed) and owed.delivery.state in OPEN:
            key = owed.delivery.key
            with suppress(StorageUnavailable):  # they are due, so the sweeper queues them
                queue.put([DeliveryOrder(key.tenant, (key.event_id,), CallbackLane.QUICK, urgent=owed.urgent)])


def enqueue(queue: CallbackQueue, deliveries: Sequence[Delivery]) -> None:
    """Queue orders for deliveries of one tenant. If the queue fails, the sweeper queues them, because they are due."""
    ids = [delivery.key.event_id for delivery in deliveries]
    orders = [
        DeliveryOrder(deliveries[0].key.tenant, tuple(ids[first : first + EVENTS_AT_MOST]))
        for first in range(0, len(ids), EVENTS_AT_MOST)
    ]
    try:
        queue.put(orders)
    except StorageUnavailable:
        return


def _changed(endpoints: WebhookEndpoints, name: EndpointKey, change: Callable[[Endpoint], Endpoint]) -> Endpoint:
    for _ in range(_ROUNDS):
        endpoint = endpoints.get(name)
        if endpoint is None:
            raise NotFound("callback endpoint")
        changed = change(endpoint)
        if changed is endpoint:
            return endpoint
        saved = endpoints.save(changed)
        if saved is not None:
            return saved
    raise StaleWrite("a callback endpoint changed ten times during one request")
