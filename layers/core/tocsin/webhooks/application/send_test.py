"""Send a test event to a webhook endpoint, so that its owner sees how the receiver answers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta

from tocsin.egress.domain.callback_url import CallbackEncoding
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.ports import Clock, Randomness
from tocsin.limits.application.check_rate import check_rate
from tocsin.limits.domain.sending_limits import Rate
from tocsin.limits.ports import Counters
from tocsin.results.domain.event_object import webhook_test_object
from tocsin.results.domain.result_event import event_id
from tocsin.webhooks.application.endpoints import enqueue
from tocsin.webhooks.domain.delivery import Delivery, DeliveryKey, expiry_of, waiting_test
from tocsin.webhooks.domain.endpoint import Endpoint
from tocsin.webhooks.ports.callbacks import CallbackQueue, WebhookDeliveries

TEST_RATE = Rate(10, timedelta(minutes=1))
"""Most test events of one API key."""


@dataclass(frozen=True, slots=True)
class SendTestEvent:
    """Send one signed event `test` to an endpoint. It is attempted once and changes nothing of the endpoint."""

    deliveries: WebhookDeliveries
    queue: CallbackQueue
    counters: Counters
    clock: Clock
    randomness: Randomness

    def __call__(self, key: ApiKey, endpoint: Endpoint, seed: bytes | None = None) -> str:
        """Return the id of the event; its delivery is listed among those of the endpoint.

        Args:
            seed: from the call's Idempotency-Key: calls with the same seed send one event.

        Raises:
            TooManyRequests: the key has sent TEST_RATE in this minute.
            StorageUnavailable: the event may be sent.
        """
        now = self.clock()
        sentence = f"at most {TEST_RATE.count} test events a minute are sent for an API key"
        check_rate(self.counters, key.tenant, f"callback_test#{key.id}", TEST_RATE, now, sentence)
        name = event_id(key.tenant, key.id, "test", endpoint.key.hash, (seed or self.randomness.token(16)).hex())
        delivery = Delivery(
            key=DeliveryKey(key.tenant, name),
            endpoint=endpoint.key,
            alert=None,
            url=endpoint.url,
            encoding=CallbackEncoding(key.callback_encoding),
            body=json.dumps(webhook_test_object(name, now), separators=(",", ":")),
            created_at=now,
            expires_at=expiry_of(now, None),
        )
        waiting = waiting_test(delivery, now)
        if self.deliveries.add(waiting) is None:
            enqueue(self.queue, [waiting])
        return name
