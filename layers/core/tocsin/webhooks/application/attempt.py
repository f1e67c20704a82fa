"""One attempt to deliver one event.

The attempt is stored before the call. The outcome is stored after the call, and then the endpoint's state is updated.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.alerts.application.mail_owners import MailOwners
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock, Randomness
from tocsin.notices.ports.account_notices import AccountNotices
from tocsin.webhooks.application.notices import endpoint_notice, endpoint_notification, exhausted_notice
from tocsin.webhooks.domain.callback import CONTENT_TYPES, PushOrigin, RuleOrigin, WebhookMethod, callback_body
from tocsin.webhooks.domain.callback_order import DeliveryOrder
from tocsin.webhooks.domain.delivery import Delivery, DeliveryState, begun, concluded, put_back, retry_delay, started
from tocsin.webhooks.domain.endpoint import Endpoint, EndpointNotification, after_attempt, enabled
from tocsin.webhooks.domain.push_delivery import (
    TOO_LATE,
    UNSUBSCRIBED,
    classify_push,
    health_of_service,
    is_late,
    push_request,
)
from tocsin.webhooks.domain.rule_delivery import RULE_DELETED, without_call
from tocsin.webhooks.domain.standard_webhooks import (
    AttemptResult,
    AttemptVerdict,
    classify_attempt,
    signed_headers,
)
from tocsin.webhooks.domain.turn import CALL_LIMIT
from tocsin.webhooks.ports.callbacks import CallbackQueue, WebhookDeliveries, WebhookEndpoints
from tocsin.webhooks.ports.http import WebhookAnswer, WebhookRequest, WebhookSender

RuleStands = Callable[[TenantId, str], bool]
"""Whether the rule of this id is not deleted; a disabled one stands. Raises StorageUnavailable."""

GoneWebhook = Callable[[TenantId, RuleOrigin, str], None]
"""Switches the webhook of a rule off, because of the delivery of this id; one that is off, or gone, stays so.

Raises StorageUnavailable or StaleWrite: it may be on.
"""

TellFailure = Callable[[Endpoint, Delivery], None]
"""Tells the account of a failed delivery, and of its endpoint after it. Never raises."""


@dataclass(frozen=True, slots=True)
class Pushes:
    """What deliveries of pushes need of the subscriptions. Each may raise StorageUnavailable.

    Attributes:
        stands: whether the browser is still subscribed.
        gone: removes the subscription, because its push service knows it no more.
        headers: returns who pushes, signed: for an account, the URL of the subscription, and a time.
    """

    stands: Callable[[TenantId, PushOrigin], bool]
    gone: Callable[[TenantId, PushOrigin], object]
    headers: Callable[[TenantId, str, datetime], Mapping[str, str]]


_ROUNDS = 5

EXCERPT_FOR = timedelta(days=7)
"""How long the beginning of a receiver's response can be read."""


@dataclass(frozen=True, slots=True)
class Attempted:
    """The result of one attempt.

    Attributes:
        endpoint: the endpoint after the attempt.
        verdict: None: no call was made, because nothing was due or another worker makes the call.
        notification: what the key's owner was notified of.
    """

    endpoint: Endpoint
    verdict: AttemptVerdict | None = None
    notification: EndpointNotification | None = None


@dataclass(frozen=True, slots=True)
class AttemptDelivery:
    """Make one call, unless another worker makes it. Safe for several threads.

    Attributes:
        signs_at: the receiver's clock, as far as it is known: what the signature says.
        mail_owners: None = owners get no mail.
        rule_stands: the webhooks of a rule stop with it; None = there are no deliveries of rules.
        gone: switches the webhook of a rule off in the place of its endpoint; None = likewise.
        pushes: None = there are no deliveries of pushes.
        tell: tells the account of deliveries that failed for good, and of endpoints that fail; None = it is not told.
    """

    deliveries: WebhookDeliveries
    endpoints: WebhookEndpoints
    queue: CallbackQueue
    notices: AccountNotices
    sender: WebhookSender
    clock: Clock
    signs_at: Clock
    randomness: Randomness
    mail_owners: MailOwners | None = None
    rule_stands: RuleStands | None = None
    gone: GoneWebhook | None = None
    pushes: Pushes | None = None
    tell: TellFailure | None = None

    def __call__(self, delivery: Delivery, endpoint: Endpoint, *, in_hand: bool, urgent: bool) -> Attempted:
        """Return the result.

        Args:
            in_hand: this worker has stored the attempt as under way.
            urgent: a retry is urgent too.

        Raises:
            StorageUnavailable: the attempt was not made, or its outcome was not stored; the order must be retried.
        """
        if self._ended_before(delivery):
            return Attempted(endpoint)
        under_way = self._kept(delivery) if in_hand else self._begin(delivery, endpoint)
        if under_way is None:
            return Attempted(endpoint)
        now = self.clock()
        answer = self.sender.send(self._request(under_way, endpoint.signing(now)))
        ended = self.clock()
        result = self._classified(under_way, answer, ended)
        after = concluded(under_way, answer.status, answer.reason, ended - now, result, ended)
        self._notify_exhausted(after, endpoint)
        if under_way.push is not None and self.pushes is not None and result.verdict is AttemptVerdict.GONE:
            self.pushes.gone(under_way.key.tenant, under_way.push)
        self._conclude(after)
        self._keep_answer(after, answer, result.verdict)
        if (delay := retry_delay(result)) is not None:
            self._queue_retry(after, delay, urgent=urgent)
        if under_way.is_test:
            return Attempted(endpoint, result.verdict)
        if under_way.push is not None:
            return self._push_ended(endpoint, answer, result.verdict, ended - now)
        return self._feed_back(after, endpoint, result.verdict, ended - now)

    def _ended_before(self, delivery: Delivery) -> bool:
        """End a delivery that is not wanted any more; False: it goes on."""
        reason = self._why_ended(delivery) if delivery.startable(self.clock()) else None
        if reason is None:
            return False
        self.deliveries.save(without_call(delivery, DeliveryState.DROPPED, reason, self.clock()))
        return True

    def _why_ended(self, delivery: Delivery) -> str | None:
        tenant = delivery.key.tenant
        if delivery.origin is not None and self.rule_stands is not None:
            return None if self.rule_stands(tenant, delivery.origin.rule) else RULE_DELETED
        if delivery.push is not None:
            if is_late(delivery, self.clock()):
                return TOO_LATE
            stands = self.pushes is not None and self.pushes.stands(tenant, delivery.push)
            return None if stands else UNSUBSCRIBED
        return None

    def _request(self, delivery: Delivery, secrets: Sequence[str]) -> WebhookRequest:
        if delivery.push is None or self.pushes is None:
            return _request(delivery, secrets, self.signs_at())
        who = self.pushes.headers(delivery.key.tenant, delivery.url, self.signs_at())
        headers, body = push_request(delivery, who)
        return WebhookRequest(delivery.url, headers, body)

    def _classified(self, delivery: Delivery, answer: WebhookAnswer, now: datetime) -> AttemptResult:
        fraction = self.randomness.fraction()
        result = classify_attempt(delivery.retry_step, answer.status, answer.retry_after, fraction)
        return result if delivery.push is None else classify_push(delivery, answer.status, result, now)

    def _push_ended(
        self, endpoint: Endpoint, answer: WebhookAnswer, verdict: AttemptVerdict, took: timedelta
    ) -> Attempted:
        """Store the state of the push service. It serves many people, so it is never disabled."""
        now = self.clock()
        for _ in range(_ROUNDS):
            after, _notification = after_attempt(endpoint, health_of_service(answer.status), took, now)
            if after.disabled:
                after = enabled(after)
            if after is endpoint:
                break
            if (saved := self.endpoints.save(after)) is not None:
                return Attempted(saved, verdict)
            found = self.endpoints.get(endpoint.key)
            if found is None:
                break
            endpoint = found
        return Attempted(endpoint, verdict)

    def _kept(self, delivery: Delivery) -> Delivery | None:
        """Return an attempt that was begun, with a lease that outlasts a call; None: another worker makes it."""
        now = self.clock()
        if delivery.due_at is not None and delivery.due_at - now >= CALL_LIMIT:
            return delivery
        return self.deliveries.save(started(put_back(delivery, now), now))

    def _begin(self, delivery: Delivery, endpoint: Endpoint) -> Delivery | None:
        """Store the attempt as under way; None: nothing is due, or another worker makes the attempt."""
        now = self.clock()
        after = begun(delivery, now)
        if after is None:
            return None
        if after.state is DeliveryState.EXHAUSTED:
            self._notify_exhausted(after, endpoint)
            self.deliveries.save(after)
            return None
        return self.deliveries.save(after)

    def _notify_exhausted(self, after: Delivery, endpoint: Endpoint) -> None:
        """Store an account notice about an event that was not delivered; its owner looks for a test event itself."""
        if after.state is DeliveryState.EXHAUSTED and not after.is_test and after.push is None:
            self.notices.notify(exhausted_notice(after))
            if self.tell is not None:
                self.tell(endpoint, after)

    def _conclude(self, after: Delivery) -> None:
        """Store the outcome. Only this worker knows the outcome, so a failed write is retried up to five times."""
        for round_ in range(_ROUNDS):
            try:
                self.deliveries.save(after)
            except StorageUnavailable:
                if round_ == _ROUNDS - 1:
                    raise
            else:
                return

    def _keep_answer(self, after: Delivery, answer: WebhookAnswer, verdict: AttemptVerdict) -> None:
        """Store the beginning of the response to a failed attempt, for the key's owner to read."""
        if verdict is AttemptVerdict.DELIVERED or answer.status is None or not answer.excerpt or after.push:
            return
        try:
            self.deliveries.keep_answer(after.key, after.made, answer.excerpt[:1024], self.clock() + EXCERPT_FOR)
        except StorageUnavailable:
            return

    def _queue_retry(self, after: Delivery, delay: timedelta, *, urgent: bool) -> None:
        try:
            self.queue.put([DeliveryOrder(after.key.tenant, (after.key.event_id,), urgent=urgent)], delay)
        except StorageUnavailable:
            return  # the row is due at that time, so the sweeper queues it

    def _feed_back(self, delivery: Delivery, endpoint: Endpoint, verdict: AttemptVerdict, took: timedelta) -> Attempted:
        """Store the endpoint's state after the call. Its owner is notified before the row says so."""
        now = self.clock()
        for _ in range(_ROUNDS):
            after, notification = after_attempt(endpoint, verdict, took, now)
            if after is endpoint:
                break
            if notification is not None:
                self._notify_owner(after, notification)
                if self.tell is not None:
                    self.tell(after, delivery)
            if delivery.origin is not None and self.gone is not None and after.disabled:
                # The switch is the rule's, so the endpoint starts anew when the webhook is switched on again.
                self.gone(delivery.key.tenant, delivery.origin, delivery.key.event_id)
                after = enabled(after)
            if (saved := self.endpoints.save(after)) is not None:
                return Attempted(saved, verdict, notification)
            found = self.endpoints.get(endpoint.key)
            if found is None:
                break
            endpoint = found
        return Attempted(endpoint, verdict)

    def _notify_owner(self, endpoint: Endpoint, notification: EndpointNotification) -> None:
        """Mail the key's owner and store an account notice. Both are safe to repeat."""
        if self.mail_owners is not None:
            owner = endpoint.key
            self.mail_owners.of_key(owner.tenant, owner.key_id, endpoint_notification(endpoint, notification))
        self.notices.notify(endpoint_notice(endpoint, notification))


def _request(delivery: Delivery, secrets: Sequence[str], signed_at: datetime) -> WebhookRequest:
    body = b"" if delivery.method is WebhookMethod.GET else callback_body(json.loads(delivery.body), delivery.encoding)
    headers = {
        **({"content-type": CONTENT_TYPES[delivery.encoding]} if body else {}),
        "user-agent": "Tocsin-Callback/1",
        **dict(delivery.headers),
        **signed_headers(delivery.key.event_id, signed_at, body, secrets),
    }
    return WebhookRequest(delivery.url, headers, body, delivery.method)
