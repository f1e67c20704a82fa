"""Process one webhook order: make the deliveries of a pack, call the receiver, store the outcome.

A pack for the event bus is left to `PutOnBus`, deliveries to the bus to `PutDeliveries`; the rest of this module is
about webhooks.

An attempt is stored before its call, and its outcome after. An order may arrive twice, late, or at two workers at once.
A worker may stop at any point; the rows say what is left to do:

    stopped before every event had a delivery   the pack is still open: its order is queued again
    stopped between attempt and outcome         `attempting`: retried after the lease; the receiver may get it twice
    stopped before the last call of a pack      the same: the attempts of a pack are stored together in the quick lane
    stopped after the outcome                   the order is queued again and finds nothing due

A slow receiver does not delay the others. At most five calls to one endpoint are under way (permits with a lease). An
endpoint that hangs or fails moves to the slow lane, which has its own workers. In the quick lane, one tenant has only a
share of the workers. An order without a permit is queued again with a delay.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from tocsin.alerts.application.mail_owners import MailOwners
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.ports import Clock, Randomness
from tocsin.notices.ports.account_notices import AccountNotices
from tocsin.notices.ports.key_owners import KeyOwners
from tocsin.results.domain.event_object import event_object
from tocsin.results.domain.result_event import ResultEvent
from tocsin.webhooks.application.attempt import (
    AttemptDelivery,
    GoneWebhook,
    Pushes,
    RuleStands,
    TellFailure,
)
from tocsin.webhooks.application.callback_report import CallbackReport
from tocsin.webhooks.application.endpoints import found_or_added
from tocsin.webhooks.application.permits import Permits
from tocsin.webhooks.application.put_on_bus import PutDeliveries, PutOnBus
from tocsin.webhooks.domain.callback import EndpointKey
from tocsin.webhooks.domain.callback_order import CallbackOrder, DeliveryOrder, PackOrder
from tocsin.webhooks.domain.delivery import Delivery, DeliveryKey, expiry_of, paused, put_back, started, waiting
from tocsin.webhooks.domain.endpoint import CallbackLane, Endpoint
from tocsin.webhooks.domain.turn import (
    CALL_LIMIT,
    PauseDeliveries,
    Requeue,
    RequeueReason,
    Stop,
    requeue_delay,
    requeued_deliveries,
    requeued_pack,
    stopped_before_call,
    stopped_by,
    stopped_without_permit,
)
from tocsin.webhooks.ports.bus import ResultBus
from tocsin.webhooks.ports.callbacks import CallbackPacks, CallbackQueue, WebhookDeliveries, WebhookEndpoints
from tocsin.webhooks.ports.http import WebhookSender

BEGUN_TOGETHER = {CallbackLane.QUICK: 25, CallbackLane.SLOW: 1}
"""New deliveries of a pack whose attempts are stored in one call. Slow calls would outlast the leases of the others."""


@dataclass(slots=True)
class _OrderRun:
    """The processing of one order.

    Attributes:
        missing: deliveries that have no row yet.
        in_hand: deliveries whose attempt this worker has stored, and not made yet.
    """

    order: CallbackOrder
    time_left: Callable[[], timedelta]
    report: CallbackReport = field(default_factory=CallbackReport)
    missing: set[DeliveryKey] = field(default_factory=set)
    in_hand: set[DeliveryKey] = field(default_factory=set)


class DeliverCallbacks:
    """Processes webhook orders. Safe for several threads.

    Args:
        signs_at: the clock of signatures; None = `clock`.
        tell: tells the account of failures; None = it is not told.
        owners: whose keys are told of what the bus did not take; None = likewise.
    """

    def __init__(
        self,
        alerts: AlertRepository,
        packs: CallbackPacks,
        deliveries: WebhookDeliveries,
        endpoints: WebhookEndpoints,
        queue: CallbackQueue,
        notices: AccountNotices,
        sender: WebhookSender,
        bus: ResultBus,
        clock: Clock,
        randomness: Randomness,
        mail_owners: MailOwners | None = None,
        rule_stands: RuleStands | None = None,
        gone: GoneWebhook | None = None,
        signs_at: Clock | None = None,
        pushes: Pushes | None = None,
        tell: TellFailure | None = None,
        owners: KeyOwners | None = None,
    ) -> None:
        self._alerts = alerts
        self._packs = packs
        self._deliveries = deliveries
        self._endpoints = endpoints
        self._queue = queue
        self._clock = clock
        self._randomness = randomness
        self._attempt = AttemptDelivery(
            deliveries,
            endpoints,
            queue,
            notices,
            sender,
            clock,
            signs_at or clock,
            randomness,
            mail_owners,
            rule_stands,
            gone,
            pushes,
            tell,
        )
        self._put_on_bus = PutOnBus(packs, bus, notices, clock)
        self._put_deliveries = PutDeliveries(deliveries, bus, notices, owners, clock)

    def __call__(self, order: CallbackOrder, time_left: Callable[[], timedelta]) -> CallbackReport:
        """Process the order as far as time and permits allow.

        Raises:
            StorageUnavailable: the order must be retried; nothing was lost.
        """
        run = _OrderRun(order, time_left)
        match order:
            case PackOrder():
                self._deliver_pack(run, order)
            case DeliveryOrder():
                self._attempt_due(run, order)
        return run.report

    # --- deliveries of an order -------------------------------------------------------------------------------

    def _deliver_pack(self, run: _OrderRun, order: PackOrder) -> None:
        """Put the pack on the bus; or make a delivery for every event of it, and attempt as many as possible."""
        events = self._packs.load(order.pack)
        if events is None:
            return
        alert = self._alerts.get(order.tenant, order.pack.alert)
        if alert is not None and alert.notification is NotificationMode.BUS:
            run.report.bus = self._put_on_bus(alert, order.pack, events, run.time_left)
            return
        if alert is None or alert.callback is None:
            self._packs.close(order.pack)
            return
        endpoint = self._endpoint(EndpointKey.of(alert.tenant, alert.key_id, alert.callback.url), alert.callback.url)
        owed = [self._delivery(alert, endpoint, event) for event in events]
        run.missing = {delivery.key for delivery in owed}
        if self._work_off(run, endpoint, owed):
            self._packs.close(order.pack)

    def _attempt_due(self, run: _OrderRun, order: DeliveryOrder) -> None:
        """Attempt the deliveries of the order that are due. Test events wait for no permit and for no state."""
        now = self._clock()
        to_bus: list[Delivery] = []
        by_endpoint: dict[EndpointKey, list[Delivery]] = {}
        for event_id in order.event_ids:
            delivery = self._deliveries.get(DeliveryKey(order.tenant, event_id))
            if delivery is None or not delivery.startable(now) or now >= delivery.expires_at:
                continue
            if delivery.bus is not None:
                to_bus.append(delivery)
            else:
                by_endpoint.setdefault(delivery.endpoint, []).append(delivery)
        if to_bus:
            run.report.bus = self._put_deliveries(to_bus, run.time_left)
        for key, owed in by_endpoint.items():
            endpoint = self._endpoint(key, owed[0].endpoint_url or owed[0].url)
            for test in [delivery for delivery in owed if delivery.is_test]:
                self._attempt_test(run, test, endpoint)
            if real := [delivery for delivery in owed if not delivery.is_test]:
                self._work_off(run, endpoint, real)

    def _attempt_test(self, run: _OrderRun, delivery: Delivery, endpoint: Endpoint) -> None:
        """Attempt a test event. Its limit per minute replaces the permits, which a disabled endpoint does not give."""
        if run.time_left() < CALL_LIMIT:
            self._requeue(run, [delivery], Requeue(run.order.lane, RequeueReason.NO_TIME), whole=False)
        else:
            run.report.count(self._attempt(delivery, endpoint, in_hand=False, urgent=run.order.urgent))

    def _endpoint(self, key: EndpointKey, url: str) -> Endpoint:
        return found_or_added(self._endpoints, key, url, self._randomness, self._clock())

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

    # --- attempts in order ------------------------------------------------------------------------------------

    def _work_off(self, run: _OrderRun, endpoint: Endpoint, owed: Sequence[Delivery]) -> bool:
        """Attempt the deliveries one after the other; False: the whole order was queued again, no delivery was made."""
        lane, owed = run.order.lane, list(owed)
        if stop := stopped_by(endpoint, lane):
            return self._stop(run, owed, stop, whole=True)
        with Permits(self._endpoints, self._clock, urgent=run.order.urgent) as permits:
            if lane is CallbackLane.QUICK and not permits.take_share(run.order.tenant):
                return self._stop(run, owed, Requeue(lane, RequeueReason.NO_PERMIT), whole=True)
            for index in range(len(owed)):
                stop = stopped_before_call(endpoint, lane, run.time_left())
                if stop is None and not permits.take_call(endpoint.key):
                    stop = stopped_without_permit(self._endpoints.get(endpoint.key), lane)
                if stop is not None:
                    return self._stop(run, owed[index:], stop, whole=index == 0)
                if owed[index].key in run.missing:
                    end = index + BEGUN_TOGETHER[lane]
                    owed[index:end] = self._begin(run, owed[index:end])
                in_hand = owed[index].key in run.in_hand
                run.in_hand.discard(owed[index].key)
                done = self._attempt(owed[index], endpoint, in_hand=in_hand, urgent=run.order.urgent)
                run.report.count(done)
                endpoint = done.endpoint
        return True

    def _begin(self, run: _OrderRun, wave: Sequence[Delivery]) -> list[Delivery]:
        """Store the first attempts of new deliveries as under way; return them, or as they are if they were there."""
        now = self._clock()
        first = [started(delivery, now) for delivery in wave]
        there = {delivery.key: delivery for delivery in self._deliveries.add_all(first)}
        run.missing -= {delivery.key for delivery in first}
        run.in_hand |= {delivery.key for delivery in first} - there.keys()
        return [there.get(delivery.key, delivery) for delivery in first]

    def _stop(self, run: _OrderRun, rest: Sequence[Delivery], stop: Stop, *, whole: bool) -> bool:
        match stop:
            case PauseDeliveries():
                return self._pause(run, rest)
            case Requeue():
                return self._requeue(run, rest, stop, whole=whole)

    def _requeue(self, run: _OrderRun, rest: Sequence[Delivery], stop: Requeue, *, whole: bool) -> bool:
        """Queue the remaining deliveries again; a pack without any delivery is queued as a pack."""
        delayed = stop.delayed
        delay = requeue_delay(run.order, self._randomness.fraction()) if delayed else timedelta(0)
        if whole and isinstance(run.order, PackOrder):
            run.report.requeued += 1
            self._queue.put([requeued_pack(run.order, stop)], delay)
            return False
        run.report.requeued += len(rest)
        now = self._clock()
        self._deliveries.add_all([waiting(delivery, now) for delivery in rest if delivery.key in run.missing])
        for delivery in rest:
            if delivery.key in run.in_hand:
                self._deliveries.save(put_back(delivery, now))
        try:
            self._queue.put(requeued_deliveries(run.order, [delivery.key.event_id for delivery in rest], stop), delay)
        except StorageUnavailable:
            return True  # the rows are due, so the sweeper queues them
        return True

    def _pause(self, run: _OrderRun, rest: Sequence[Delivery]) -> bool:
        """Pause deliveries until the owner enables the endpoint and replays them."""
        now = self._clock()
        for delivery in rest:
            if delivery.key in run.missing:
                stored = self._deliveries.add(paused(delivery))
            else:
                stored = put_back(delivery, now) if delivery.key in run.in_hand else delivery
            if stored is not None and stored.startable(now):
                self._deliveries.save(paused(stored))
            run.report.paused += 1
        return True
