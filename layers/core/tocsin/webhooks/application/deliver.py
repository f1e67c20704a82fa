"""Work off one callback order: make the deliveries of a pack, call the receiver, record what came of it.

Durable first: an attempt is on record before its call, and its outcome after. The order may come twice, late, to two
workers at once, or be cut short anywhere; what a worker that dies leaves behind is in the rows:

    died before every event had a delivery   the pack is still open: its order comes again
    died between attempt and outcome         attempting: tried again when its lease is over; maybe seen twice
    died after the outcome                   the order comes again and finds nothing due

No receiver can hold up the others: at most five calls to one endpoint are under way at any moment (permits with a
lease), one that hangs or fails is moved to the slow lane, which has workers of its own, and in the quick lane one
tenant holds a share only. An order that finds no permit comes again a little later.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from tocsin.alerts.application.mail_owners import MailOwners
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.ports import Clock, Randomness
from tocsin.notices.ports.client_messages import ClientMessages
from tocsin.results.domain.event_object import event_object
from tocsin.results.domain.result_event import ResultEvent
from tocsin.webhooks.application.notices import endpoint_message, endpoint_news, exhausted_message
from tocsin.webhooks.domain.callback import CONTENT_TYPES, EndpointKey, callback_body
from tocsin.webhooks.domain.callback_order import EVENTS_AT_MOST, CallbackOrder, DeliveryOrder, PackOrder
from tocsin.webhooks.domain.delivery import (
    LONGEST_DELAY,
    Delivery,
    DeliveryKey,
    DeliveryState,
    at_its_end,
    concluded,
    expiry_of,
    parked,
    started,
    waiting,
    worn_out,
)
from tocsin.webhooks.domain.endpoint import (
    IN_FLIGHT,
    CallbackLane,
    Endpoint,
    EndpointNews,
    SigningSecret,
    after_attempt,
)
from tocsin.webhooks.domain.standard_webhooks import Verdict, judge_attempt, new_secret, signed_headers
from tocsin.webhooks.ports.callbacks import CallbackPacks, CallbackQueue, Permit, WebhookDeliveries, WebhookEndpoints
from tocsin.webhooks.ports.http import WebhookAnswer, WebhookRequest, WebhookSender

_ROUNDS = 5
_SECRET_BYTES = 32
EXCERPT_FOR = timedelta(days=7)
"""How long what a receiver answered can be looked at."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How a worker spends its time.

    Attributes:
        call_limit: longest a call can take, and time to record it; none begins with less left of the worker.
        permit_for: how long a permit stands; outlasts a call.
        share_for: how long a tenant's share stands; outlasts a worker.
        share: orders of one tenant worked off at once in the quick lane, half of its workers.
        bounce, longest_bounce: first and longest wait of an order that found no permit; it doubles each time.
    """

    call_limit: timedelta = timedelta(seconds=18)
    permit_for: timedelta = timedelta(seconds=20)
    share_for: timedelta = timedelta(seconds=60)
    share: int = 40
    bounce: timedelta = timedelta(seconds=1)
    longest_bounce: timedelta = timedelta(minutes=1)


@dataclass(slots=True)
class CallbackReport:
    """What one order came to, for metrics. Holds nothing about anybody.

    Attributes:
        outcomes: calls made, by what they came to (`delivered`, `try_again`, `gone`, `exhausted`).
        parked: deliveries put aside because the endpoint is disabled.
        left: deliveries, or packs, left for another order.
        news: what owners were told.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    parked: int = 0
    left: int = 0
    news: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Run:
    """One order being worked off.

    Attributes:
        pack: set while the deliveries have no rows yet.
    """

    order: CallbackOrder
    time_left: Callable[[], timedelta]
    report: CallbackReport = field(default_factory=CallbackReport)
    fresh: bool = False


class DeliverCallbacks:
    """See the module. May be used by several threads at once."""

    def __init__(
        self,
        alerts: AlertRepository,
        packs: CallbackPacks,
        deliveries: WebhookDeliveries,
        endpoints: WebhookEndpoints,
        queue: CallbackQueue,
        messages: ClientMessages,
        sender: WebhookSender,
        clock: Clock,
        randomness: Randomness,
        pace: Pace | None = None,
        mail_owners: MailOwners | None = None,
    ) -> None:
        self._alerts = alerts
        self._packs = packs
        self._deliveries = deliveries
        self._endpoints = endpoints
        self._queue = queue
        self._messages = messages
        self._sender = sender
        self._clock = clock
        self._randomness = randomness
        self._pace = pace or Pace()
        self._mail_owners = mail_owners

    def __call__(self, order: CallbackOrder, time_left: Callable[[], timedelta]) -> CallbackReport:
        """Do what the order asks for, as far as time and permits go.

        Raises:
            StorageUnavailable: the order must come again; nothing was lost.
        """
        run = _Run(order, time_left)
        match order:
            case PackOrder():
                self._hand_over_pack(run, order)
            case DeliveryOrder():
                self._take_up(run, order)
        return run.report

    # --- what is owed -----------------------------------------------------------------------------------------

    def _hand_over_pack(self, run: _Run, order: PackOrder) -> None:
        """Give every event of the pack a delivery, and attempt as many as go."""
        events = self._packs.load(order.pack)
        if events is None:
            return
        alert = self._alerts.get(order.tenant, order.pack.alert)
        if alert is None or alert.callback is None:
            self._packs.close(order.pack)
            return
        run.fresh = True
        endpoint = self._endpoint(EndpointKey.of(alert.tenant, alert.key_id, alert.callback.url), alert.callback.url)
        owed = [self._delivery(alert, endpoint, event) for event in events]
        if self._work_off(run, endpoint, owed):
            self._packs.close(order.pack)

    def _take_up(self, run: _Run, order: DeliveryOrder) -> None:
        """Attempt those of the deliveries that are due."""
        now = self._clock()
        by_endpoint: dict[EndpointKey, list[Delivery]] = {}
        for event_id in order.event_ids:
            delivery = self._deliveries.get(DeliveryKey(order.tenant, event_id))
            if delivery is not None and delivery.startable(now) and now < delivery.expires_at:
                by_endpoint.setdefault(delivery.endpoint, []).append(delivery)
        for key, owed in by_endpoint.items():
            self._work_off(run, self._endpoint(key, owed[0].url), owed)

    def _endpoint(self, key: EndpointKey, url: str) -> Endpoint:
        """Return the endpoint; its first use makes it, with a secret that nobody has seen yet."""
        found = self._endpoints.get(key)
        if found is not None:
            return found
        secret = SigningSecret(new_secret(self._randomness.token(_SECRET_BYTES)))
        return self._endpoints.add(Endpoint(key, url, (secret,), self._clock()))

    def _delivery(self, alert: Alert, endpoint: Endpoint, event: ResultEvent) -> Delivery:
        assert alert.callback is not None
        now = self._clock()
        return Delivery(
            key=DeliveryKey(alert.tenant, event.event_id),
            endpoint=endpoint.key,
            alert=alert.ref,
            url=alert.callback.url,
            encoding=alert.callback.encoding,
            body=json.dumps(event_object(event), ensure_ascii=False, separators=(",", ":")),
            created_at=now,
            expires_at=expiry_of(now, alert.expires_at),
        )

    # --- in turn ----------------------------------------------------------------------------------------------

    def _work_off(self, run: _Run, endpoint: Endpoint, owed: Sequence[Delivery]) -> bool:
        """Attempt the deliveries one after the other; False: the whole order was put back and nothing was done."""
        if endpoint.disabled:
            return self._park(run, owed)
        quick = run.order.lane is CallbackLane.QUICK
        if quick and endpoint.lane is CallbackLane.SLOW:
            return self._leave(run, owed, CallbackLane.SLOW, whole=True)
        share = None
        if quick:
            now = self._clock()
            tenant = run.order.tenant
            share = self._endpoints.permit(tenant, None, self._pace.share, now + self._pace.share_for, now)
            if share is None:
                return self._leave(run, owed, CallbackLane.QUICK, whole=True, bounced=True)
        permit: Permit | None = None
        try:
            for index, delivery in enumerate(owed):
                if run.time_left() < self._pace.call_limit:
                    return self._leave(run, owed[index:], run.order.lane, whole=index == 0)
                permit = self._permit(permit, endpoint)
                if permit is None:
                    return self._without_permit(run, endpoint, owed[index:], whole=index == 0)
                endpoint = self._attempt(run, delivery, endpoint)
                rest = owed[index + 1 :]
                if endpoint.disabled:
                    return self._park(run, rest)
                if quick and rest and endpoint.lane is CallbackLane.SLOW:
                    return self._leave(run, rest, CallbackLane.SLOW)
            return True
        finally:
            for held in (permit, share):
                if held is not None:
                    self._give_back(held)

    def _permit(self, held: Permit | None, endpoint: Endpoint) -> Permit | None:
        """Return a permit for one call: the one at hand made to last, or another."""
        now = self._clock()
        until = now + self._pace.permit_for
        if held is not None and (renewed := self._endpoints.renew(held, until)):
            return renewed
        return self._endpoints.permit(endpoint.key.tenant, endpoint.key, IN_FLIGHT, until, now)

    def _give_back(self, permit: Permit) -> None:
        try:
            self._endpoints.release(permit)
        except StorageUnavailable:
            return  # it lapses by itself

    def _without_permit(self, run: _Run, endpoint: Endpoint, rest: Sequence[Delivery], *, whole: bool) -> bool:
        now_stands = self._endpoints.get(endpoint.key)
        if now_stands is not None and now_stands.disabled:
            return self._park(run, rest)
        return self._leave(run, rest, run.order.lane, whole=whole, bounced=True)

    def _leave(
        self, run: _Run, rest: Sequence[Delivery], lane: CallbackLane, *, whole: bool = False, bounced: bool = False
    ) -> bool:
        """Put what is left back into a queue; a pack of which nothing was done goes back as it came."""
        bounces = run.order.bounces + 1 if bounced else 0
        delay = self._bounce(run.order.bounces) if bounced else timedelta(0)
        if whole and isinstance(run.order, PackOrder):
            run.report.left += 1
            self._queue.put([replace(run.order, lane=lane, bounces=bounces)], delay)
            return False
        run.report.left += len(rest)
        now = self._clock()
        if run.fresh:
            for delivery in rest:
                self._deliveries.add(waiting(delivery, now))
        ids = [delivery.key.event_id for delivery in rest]
        orders = [
            DeliveryOrder(run.order.tenant, tuple(ids[first : first + EVENTS_AT_MOST]), lane, bounces)
            for first in range(0, len(ids), EVENTS_AT_MOST)
        ]
        try:
            self._queue.put(orders, delay)
        except StorageUnavailable:
            return True  # the rows are due, and the sweeper looks at them
        return True

    def _bounce(self, bounces: int) -> timedelta:
        longest: timedelta = min(self._pace.longest_bounce, self._pace.bounce * (1 << min(bounces, 10)))
        return longest * (0.5 + self._randomness.fraction() / 2)

    def _park(self, run: _Run, rest: Sequence[Delivery]) -> bool:
        """Put deliveries aside until their owner enables the endpoint and asks for them."""
        for delivery in rest:
            aside = parked(delivery)
            stands = self._deliveries.add(aside) if run.fresh else delivery
            if stands is not None and stands.startable(self._clock()):
                self._deliveries.save(parked(stands))
            run.report.parked += 1
        return True

    # --- one attempt ------------------------------------------------------------------------------------------

    def _attempt(self, run: _Run, delivery: Delivery, endpoint: Endpoint) -> Endpoint:
        """Make one call, if it is ours to make; return the endpoint as it stands then."""
        begun = self._begin(run, delivery)
        if begun is None:
            return endpoint
        now = self._clock()
        body = callback_body(json.loads(begun.body), begun.encoding)
        headers = {
            "content-type": CONTENT_TYPES[begun.encoding],
            "user-agent": "Tocsin-Callback/1",
            **signed_headers(begun.key.event_id, now, body, endpoint.signing(now)),
        }
        answer = self._sender.post(WebhookRequest(begun.url, headers, body))
        ended = self._clock()
        judged = judge_attempt(begun.rung, answer.status, answer.retry_after, self._randomness.fraction())
        after = concluded(begun, answer.status, answer.reason, ended - now, judged, ended)
        if after.state is DeliveryState.EXHAUSTED:
            self._messages.tell(exhausted_message(after))
        self._conclude(after)
        run.report.outcomes[judged.verdict.value] += 1
        self._keep_answer(after, answer, judged.verdict)
        if judged.verdict is Verdict.TRY_AGAIN and judged.wait <= LONGEST_DELAY:
            self._queue_retry(after, judged.wait)
        return self._feed_back(run, endpoint, judged.verdict, ended - now)

    def _begin(self, run: _Run, delivery: Delivery) -> Delivery | None:
        """Put the attempt on record; None: there is nothing to do, or somebody else does it."""
        now = self._clock()
        if run.fresh:
            begun = started(delivery, now)
            stands = self._deliveries.add(begun)
            if stands is None:
                return begun
            delivery = stands
        if not delivery.startable(now):
            return None
        if at_its_end(delivery):
            over = worn_out(delivery)
            self._messages.tell(exhausted_message(over))
            self._deliveries.save(over)
            return None
        return self._deliveries.save(started(delivery, now))

    def _conclude(self, after: Delivery) -> None:
        """Record the outcome: what is known here is known nowhere else, so a silent store is asked again."""
        for round_ in range(_ROUNDS):
            try:
                self._deliveries.save(after)
            except StorageUnavailable:
                if round_ == _ROUNDS - 1:
                    raise
            else:
                return

    def _keep_answer(self, after: Delivery, answer: WebhookAnswer, verdict: Verdict) -> None:
        """Keep what a receiver said that did not take the event, for its owner to read."""
        if verdict is Verdict.DELIVERED or answer.status is None or not answer.excerpt:
            return
        try:
            self._deliveries.keep_answer(after.key, after.made, answer.excerpt[:1024], self._clock() + EXCERPT_FOR)
        except StorageUnavailable:
            return

    def _queue_retry(self, after: Delivery, wait: timedelta) -> None:
        seconds = timedelta(seconds=-(-wait // timedelta(seconds=1)))  # an order that came early would be in vain
        try:
            self._queue.put([DeliveryOrder(after.key.tenant, (after.key.event_id,))], min(seconds, LONGEST_DELAY))
        except StorageUnavailable:
            return

    # --- the endpoint and its owner ---------------------------------------------------------------------------

    def _feed_back(self, run: _Run, endpoint: Endpoint, verdict: Verdict, took: timedelta) -> Endpoint:
        """Let the endpoint know how the call went; its owner is told before the row says that he was."""
        now = self._clock()
        for _ in range(_ROUNDS):
            after, news = after_attempt(endpoint, verdict, took, now)
            if after is endpoint:
                return endpoint
            if news is not None:
                self._tell_owner(after, news)
            saved = self._endpoints.save(after)
            if saved is not None:
                if news is not None:
                    run.report.news[news.value] += 1
                return saved
            found = self._endpoints.get(endpoint.key)
            if found is None:
                return endpoint
            endpoint = found
        return endpoint

    def _tell_owner(self, endpoint: Endpoint, news: EndpointNews) -> None:
        """Mail the owner of the key and leave a message; each is harmless to repeat."""
        if self._mail_owners is not None:
            owner = endpoint.key
            self._mail_owners.of_key(owner.tenant, owner.key_id, endpoint_news(endpoint, news))
        self._messages.tell(endpoint_message(endpoint, news))
