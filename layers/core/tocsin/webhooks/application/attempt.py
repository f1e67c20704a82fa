"""One attempt to deliver one event: on record before the call, its outcome after it, then what the endpoint learns."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.alerts.application.mail_owners import MailOwners
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.ports import Clock, Randomness
from tocsin.notices.ports.account_notices import AccountNotices
from tocsin.webhooks.application.notices import endpoint_notice, endpoint_notification, exhausted_notice
from tocsin.webhooks.domain.callback import CONTENT_TYPES, callback_body
from tocsin.webhooks.domain.callback_order import DeliveryOrder
from tocsin.webhooks.domain.delivery import Delivery, DeliveryState, begun, concluded, retry_delay, started
from tocsin.webhooks.domain.endpoint import Endpoint, EndpointNotification, after_attempt
from tocsin.webhooks.domain.standard_webhooks import AttemptVerdict, classify_attempt, signed_headers
from tocsin.webhooks.ports.callbacks import CallbackQueue, WebhookDeliveries, WebhookEndpoints
from tocsin.webhooks.ports.http import WebhookAnswer, WebhookRequest, WebhookSender

_ROUNDS = 5

EXCERPT_FOR = timedelta(days=7)
"""How long what a receiver answered can be looked at."""


@dataclass(frozen=True, slots=True)
class Attempted:
    """What one attempt came to.

    Attributes:
        endpoint: as it stands then.
        verdict: None: no call was made, because there was nothing to do or somebody else does it.
        news: what the owner of the key was told about the endpoint.
    """

    endpoint: Endpoint
    verdict: AttemptVerdict | None = None
    news: EndpointNotification | None = None


@dataclass(frozen=True, slots=True)
class AttemptDelivery:
    """Make one call, if it is ours to make. May be used by several threads at once."""

    deliveries: WebhookDeliveries
    endpoints: WebhookEndpoints
    queue: CallbackQueue
    messages: AccountNotices
    sender: WebhookSender
    clock: Clock
    randomness: Randomness
    mail_owners: MailOwners | None = None

    def __call__(self, delivery: Delivery, endpoint: Endpoint, *, fresh: bool) -> Attempted:
        """Return what it came to.

        Args:
            fresh: the delivery has no row yet.

        Raises:
            StorageUnavailable: the attempt is on record, or was not made; the order must come again.
        """
        under_way = self._begin(delivery, fresh=fresh)
        if under_way is None:
            return Attempted(endpoint)
        now = self.clock()
        answer = self.sender.post(_request(under_way, endpoint.signing(now), now))
        ended = self.clock()
        judged = classify_attempt(under_way.enqueued, answer.status, answer.retry_after, self.randomness.fraction())
        after = concluded(under_way, answer.status, answer.reason, ended - now, judged, ended)
        if after.state is DeliveryState.EXHAUSTED:
            self.messages.notify(exhausted_notice(after))
        self._conclude(after)
        self._keep_answer(after, answer, judged.verdict)
        if (delay := retry_delay(judged)) is not None:
            self._queue_retry(after, delay)
        return self._feed_back(endpoint, judged.verdict, ended - now)

    def _begin(self, delivery: Delivery, *, fresh: bool) -> Delivery | None:
        """Put the attempt on record; None: there is nothing to do, or somebody else does it."""
        now = self.clock()
        if fresh:
            first = started(delivery, now)
            stands = self.deliveries.add(first)
            if stands is None:
                return first
            delivery = stands
        after = begun(delivery, now)
        if after is None:
            return None
        if after.state is DeliveryState.EXHAUSTED:
            self.messages.notify(exhausted_notice(after))
            self.deliveries.save(after)
            return None
        return self.deliveries.save(after)

    def _conclude(self, after: Delivery) -> None:
        """Record the outcome: what is known here is known nowhere else, so a silent store is asked again."""
        for round_ in range(_ROUNDS):
            try:
                self.deliveries.save(after)
            except StorageUnavailable:
                if round_ == _ROUNDS - 1:
                    raise
            else:
                return

    def _keep_answer(self, after: Delivery, answer: WebhookAnswer, verdict: AttemptVerdict) -> None:
        """Keep what a receiver said that did not take the event, for its owner to read."""
        if verdict is AttemptVerdict.DELIVERED or answer.status is None or not answer.excerpt:
            return
        try:
            self.deliveries.keep_answer(after.key, after.made, answer.excerpt[:1024], self.clock() + EXCERPT_FOR)
        except StorageUnavailable:
            return

    def _queue_retry(self, after: Delivery, delay: timedelta) -> None:
        try:
            self.queue.put([DeliveryOrder(after.key.tenant, (after.key.event_id,))], delay)
        except StorageUnavailable:
            return  # the row is due then, and the sweeper looks at it

    def _feed_back(self, endpoint: Endpoint, verdict: AttemptVerdict, took: timedelta) -> Attempted:
        """Let the endpoint know how the call went; its owner is told before the row says that he was."""
        now = self.clock()
        for _ in range(_ROUNDS):
            after, news = after_attempt(endpoint, verdict, took, now)
            if after is endpoint:
                break
            if news is not None:
                self._notify_owner(after, news)
            if (saved := self.endpoints.save(after)) is not None:
                return Attempted(saved, verdict, news)
            found = self.endpoints.get(endpoint.key)
            if found is None:
                break
            endpoint = found
        return Attempted(endpoint, verdict)

    def _notify_owner(self, endpoint: Endpoint, news: EndpointNotification) -> None:
        """Mail the owner of the key and leave a message; each is harmless to repeat."""
        if self.mail_owners is not None:
            owner = endpoint.key
            self.mail_owners.of_key(owner.tenant, owner.key_id, endpoint_notification(endpoint, news))
        self.messages.notify(endpoint_notice(endpoint, news))


def _request(delivery: Delivery, secrets: Sequence[str], now: datetime) -> WebhookRequest:
    body = callback_body(json.loads(delivery.body), delivery.encoding)
    headers = {
        "content-type": CONTENT_TYPES[delivery.encoding],
        "user-agent": "Tocsin-Callback/1",
        **signed_headers(delivery.key.event_id, now, body, secrets),
    }
    return WebhookRequest(delivery.url, headers, body)
