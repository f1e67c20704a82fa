"""What `/setinfo` does to one webhook endpoint: rotate the secret, enable, disable, replay, test."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from tocsin.egress.domain.callback_url import url_faults
from tocsin.egress.domain.url_policy import CLOSED, EgressPolicy
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import InvalidRequest, NotFound
from tocsin.kernel.ports import Clock, Randomness, Sealer
from tocsin.webhooks.application.endpoints import (
    DisableCallbackEndpoint,
    EnableCallbackEndpoint,
    ReplayCallback,
    ReplayFailedCallbacks,
    RotateCallbackSecret,
    found_or_added,
)
from tocsin.webhooks.application.send_test import SendTestEvent
from tocsin.webhooks.domain.callback import EndpointKey
from tocsin.webhooks.domain.delivery import KEPT_FOR
from tocsin.webhooks.domain.endpoint import Endpoint
from tocsin.webhooks.ports.callbacks import CallbackQueue, WebhookDeliveries, WebhookEndpoints


@dataclass(frozen=True, slots=True)
class CallbackChange:
    """The requested changes, made in this order. At most one of `endpoint` (its id) and `url` is given.

    Attributes:
        replay_event: id of one event to deliver again.
        replay_failed: deliver again everything that failed.
        test: send a test event.
        after: `next` of the previous call's response, None for the first.
    """

    endpoint: str | None = None
    url: str | None = None
    rotate: bool = False
    enabled: bool | None = None
    replay_event: str | None = None
    replay_failed: bool = False
    test: bool = False
    after: str | None = None


@dataclass(frozen=True, slots=True)
class CallbackChanged:
    """The result. `secret` is shown only here. `next`: cursor if there is more to replay, else None.

    Attributes:
        test_event: id of the test event, None if there was none.
    """

    endpoint: Endpoint | None = None
    secret: str | None = field(default=None, repr=False)
    replayed: int | None = None
    next: str | None = None
    test_event: str | None = None


@dataclass(frozen=True, slots=True)
class ManageCallbacks:
    """Change one callback endpoint of a key, as `/setinfo` asks."""

    endpoints: WebhookEndpoints
    deliveries: WebhookDeliveries
    queue: CallbackQueue
    clock: Clock
    randomness: Randomness
    send_test: SendTestEvent
    egress: EgressPolicy = CLOSED
    sealer: Sealer | None = None

    def __call__(self, key: ApiKey, change: CallbackChange, seed: bytes | None = None) -> CallbackChanged:
        """Make the changes.

        Args:
            seed: from the call's Idempotency-Key: a repeated call without a stored response gets the same secret.

        Raises:
            InvalidRequest: a secret or a test is requested for a URL that is not allowed, or `after` belongs to
                another list.
            NotFound: this key has no such endpoint or event.
            TooManyRequests: more tests than are sent in a minute; the other changes are made.
            StaleWrite: ten writes in a row met a conflict.
        """
        found = self._endpoint(key, change)
        secret = None
        url = change.url or (found.url if found else "")
        if (change.rotate or change.test) and (faults := url_faults(url, "/callback/callbackUrl", self.egress)):
            raise InvalidRequest(faults)
        if change.rotate:
            shown = RotateCallbackSecret(self.endpoints, self.clock, self.randomness, self.sealer)(key, url, seed)
            found, secret = shown.endpoint, shown.secret
        elif change.test and found is None:
            name = EndpointKey.of(key.tenant, key.id, url)
            found = found_or_added(self.endpoints, name, url, self.randomness, self.clock())
        if found is None and change.replay_event is None:
            raise NotFound("callback endpoint")
        if found is not None and change.enabled is not None:
            if change.enabled:
                found = EnableCallbackEndpoint(self.endpoints)(key, found.key.hash)
            else:
                found = DisableCallbackEndpoint(self.endpoints, self.clock)(key, found.key.hash)
        replayed, rest = self._replay(key, found, change)
        test = self.send_test(key, found, seed) if change.test and found is not None else None
        return CallbackChanged(found, secret, replayed, rest, test)

    def _endpoint(self, key: ApiKey, change: CallbackChange) -> Endpoint | None:
        name = None
        if change.endpoint is not None:
            name = EndpointKey(key.tenant, key.id, change.endpoint)
        elif change.url is not None:
            name = EndpointKey.of(key.tenant, key.id, change.url)
        found = self.endpoints.get(name) if name is not None else None
        if found is None and change.endpoint is not None:
            raise NotFound("callback endpoint")
        return found

    def _replay(self, key: ApiKey, endpoint: Endpoint | None, change: CallbackChange) -> tuple[int | None, str | None]:
        if change.replay_event is not None:
            ReplayCallback(self.deliveries, self.queue, self.clock)(key, change.replay_event)
            return 1, None
        if not change.replay_failed or endpoint is None:
            return None, None
        now = self.clock()
        again = ReplayFailedCallbacks(self.deliveries, self.queue, self.clock)
        done = again(key, endpoint.key.hash, now - KEPT_FOR, now + timedelta(seconds=1), change.after)
        return done.count, done.next
