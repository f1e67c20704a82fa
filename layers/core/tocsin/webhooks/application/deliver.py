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
from dataclasses import dataclass, field
from datetime import timedelta

from tocsin.alerts.application.mail_owners import MailOwners
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.ports import Clock, Randomness
from tocsin.notices.ports.account_notices import AccountNotices
from tocsin.results.domain.event_object import event_object
from tocsin.results.domain.result_event import ResultEvent
from tocsin.webhooks.application.attempt import AttemptDelivery, Attempted
from tocsin.webhooks.application.permits import Permits
from tocsin.webhooks.domain.callback import EndpointKey
from tocsin.webhooks.domain.callback_order import CallbackOrder, DeliveryOrder, PackOrder
from tocsin.webhooks.domain.delivery import Delivery, DeliveryKey, expiry_of, paused, waiting
from tocsin.webhooks.domain.endpoint import CallbackLane, Endpoint, SigningSecret
from tocsin.webhooks.domain.standard_webhooks import new_secret
from tocsin.webhooks.domain.turn import (
    Park,
    PutBack,
    PutBackReason,
    Stop,
    bounce_delay,
    orders_of_rest,
    pack_again,
    stopped_before_call,
    stopped_by,
    stopped_without_permit,
)
from tocsin.webhooks.ports.callbacks import CallbackPacks, CallbackQueue, WebhookDeliveries, WebhookEndpoints
from tocsin.webhooks.ports.http import WebhookSender

_SECRET_BYTES = 32


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
    paused: int = 0
    left: int = 0
    news: Counter[str] = field(default_factory=Counter)

    def count(self, done: Attempted) -> None:
        """Count one attempt."""
        if done.verdict is not None:
            self.outcomes[done.verdict.value] += 1
        if done.news is not None:
            self.news[done.news.value] += 1


@dataclass(slots=True)
class _OrderRun:
    """One order being worked off.

    Attributes:
        pack: set while the deliveries have no rows yet.
    """

    order: CallbackOrder
    time_left: Callable[[], timedelta]
    report: CallbackReport = field(default_factory=CallbackReport)
    fresh: bool = False


class DeliverCallbacks:
    """Works off callback orders. May be used by several threads at once."""

    def __init__(
        self,
        alerts: AlertRepository,
        packs: CallbackPacks,
        deliveries: WebhookDeliveries,
        endpoints: WebhookEndpoints,
        queue: CallbackQueue,
        messages: AccountNotices,
        sender: WebhookSender,
        clock: Clock,
        randomness: Randomness,
        mail_owners: MailOwners | None = None,
    ) -> None:
        self._alerts = alerts
        self._packs = packs
        self._deliveries = deliveries
        self._endpoints = endpoints
        self._queue = queue
        self._clock = clock
        self._randomness = randomness
        self._attempt = AttemptDelivery(deliveries, endpoints, queue, messages, sender, clock, randomness, mail_owners)

    def __call__(self, order: CallbackOrder, time_left: Callable[[], timedelta]) -> CallbackReport:
        """Do what the order asks for, as far as time and permits go.

        Raises:
            StorageUnavailable: the order must come again; nothing was lost.
        """
        run = _OrderRun(order, time_left)
        match order:
            case PackOrder():
                self._submit_pack(run, order)
            case DeliveryOrder():
                self._take_up(run, order)
        return run.report

    # --- what is owed -----------------------------------------------------------------------------------------

    def _submit_pack(self, run: _OrderRun, order: PackOrder) -> None:
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

    def _take_up(self, run: _OrderRun, order: DeliveryOrder) -> None:
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

    def _work_off(self, run: _OrderRun, endpoint: Endpoint, owed: Sequence[Delivery]) -> bool:
        """Attempt the deliveries one after the other; False: the whole order was put back and nothing was done."""
        lane = run.order.lane
        if stop := stopped_by(endpoint, lane):
            return self._stop(run, owed, stop, whole=True)
        with Permits(self._endpoints, self._clock) as permits:
            if lane is CallbackLane.QUICK and not permits.take_share(run.order.tenant):
                return self._stop(run, owed, PutBack(lane, PutBackReason.NO_PERMIT), whole=True)
            for index, delivery in enumerate(owed):
                stop = stopped_before_call(endpoint, lane, run.time_left())
                if stop is None and not permits.take_call(endpoint.key):
                    stop = stopped_without_permit(self._endpoints.get(endpoint.key), lane)
                if stop is not None:
                    return self._stop(run, owed[index:], stop, whole=index == 0)
                done = self._attempt(delivery, endpoint, fresh=run.fresh)
                run.report.count(done)
                endpoint = done.endpoint
        return True

    def _stop(self, run: _OrderRun, rest: Sequence[Delivery], stop: Stop, *, whole: bool) -> bool:
        match stop:
            case Park():
                return self._park(run, rest)
            case PutBack():
                return self._put_back(run, rest, stop, whole=whole)

    def _put_back(self, run: _OrderRun, rest: Sequence[Delivery], stop: PutBack, *, whole: bool) -> bool:
        """Put what is left back into a queue; a pack of which nothing was done goes back as it came."""
        bounced = stop.bounced
        delay = bounce_delay(run.order.bounces, self._randomness.fraction()) if bounced else timedelta(0)
        if whole and isinstance(run.order, PackOrder):
            run.report.left += 1
            self._queue.put([pack_again(run.order, stop)], delay)
            return False
        run.report.left += len(rest)
        now = self._clock()
        if run.fresh:
            for delivery in rest:
                self._deliveries.add(waiting(delivery, now))
        try:
            self._queue.put(orders_of_rest(run.order, [delivery.key.event_id for delivery in rest], stop), delay)
        except StorageUnavailable:
            return True  # the rows are due, and the sweeper looks at them
        return True

    def _park(self, run: _OrderRun, rest: Sequence[Delivery]) -> bool:
        """Put deliveries aside until their owner enables the endpoint and asks for them."""
        for delivery in rest:
            aside = paused(delivery)
            stands = self._deliveries.add(aside) if run.fresh else delivery
            if stands is not None and stands.startable(self._clock()):
                self._deliveries.save(paused(stands))
            run.report.paused += 1
        return True
