"""A world whose providers speak as AWS does: real-shaped events through SNS's wrapping, SQS and the function's handler.

What comes within a window is taken in by one call of the function, in any order, as Lambda's pollers do it; what it
reports as failed comes again, and everything does if it dies.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from infra.local.provider_events import notification, ses_event, text_event
from tests.fakes.event_publisher import FakeEventPublisher
from tests.fakes.sealer import FakeSealer
from tests.functional.events import Context, record_id, sqs_event
from tests.scenarios.world import LAMBDA_TIMEOUT, VISIBILITY, Crash, World
from tocsin.adapters.end_user_messaging import receipts as end_user_messaging
from tocsin.adapters.ses import receipts as ses
from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.application.dispatch_batch import DispatchReport
from tocsin.delivery.domain.message import MessageState, Receipt
from tocsin.delivery.domain.message_id import MessageId
from tocsin.entrypoint.queue.inbound import Inbound, Source
from tocsin.inbound.application.process_receipts import ProcessReceipts
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.suppressions.application.suppress import Suppress
from track_events.handler import receipts

TOPICS = {Channel.SMS: "arn:aws:sns:eu-west-2:1:sms-events", Channel.EMAIL: "arn:aws:sns:eu-west-2:1:ses-events"}

_KINDS = {
    (Channel.SMS, MessageState.SENT): "TEXT_SUCCESSFUL",
    (Channel.SMS, MessageState.DELIVERED): "TEXT_DELIVERED",
    (Channel.EMAIL, MessageState.SENT): "Send",
    (Channel.EMAIL, MessageState.DELIVERED): "Delivery",
}


class WireWorld(World):
    """As World; whatever its providers report is written as JSON and read again.

    Attributes:
        happenings: events that are no step of a message, such as complaints.
        polls: how many records each call of the function got.
    """

    window = timedelta(0)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.event_publisher = FakeEventPublisher(self.events)
        self.polls: list[int] = []
        self._waiting: list[str] = []

    def report(self, id: MessageId, receipt: Receipt, later: timedelta = timedelta(0)) -> None:
        """Let the provider report something in its own words."""
        channel, to = self._receiver(id)
        kind = _KINDS[channel, receipt.state]
        if channel is Channel.SMS:
            event = text_event(kind, str(id), to, self.clock() + later, provider_id=receipt.provider_id)
        else:
            event = ses_event(kind, str(id), to, self.clock() + later, provider_id=receipt.provider_id)
        self.publish(channel, event, later)

    def publish(self, channel: Channel, event: dict[str, Any], later: timedelta) -> None:
        """Let a topic deliver an event; SQS repeats it until it is taken in."""
        body = notification(TOPICS[channel], event, self.clock() + later)
        self._at(self.clock() + later, lambda: self._arrive(body))

    def _arrive(self, body: str) -> None:
        if not self._waiting:
            self._at(self.clock() + self.window, self._poll)
        self._waiting.append(body)

    def _poll(self) -> None:
        bodies, self._waiting = self._waiting, []
        self._rng.shuffle(bodies)
        self.polls.append(len(bodies))
        try:
            answer = self._new_function()(sqs_event(bodies), Context(60_000))
            failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
        except Crash:
            failed = {record_id(number) for number in range(len(bodies))}
        for number, body in enumerate(bodies):
            if record_id(number) in failed:
                self._at(self.clock() + VISIBILITY, partial(self._arrive, body))

    def _new_function(self) -> Inbound:
        alerts = self._port("alerts", self.alerts)
        record = self.cast.recorder(
            alerts,
            self._port("rows", self.rows),
            self._port("dispatch_progress", self.dispatch_progress),
            self._port("events", self.events),
            self.clock,
        )
        suppress = Suppress(self._port("suppressions", self.suppressions), FakeSealer())
        process_receipts = ProcessReceipts(
            record, alerts, suppress, self._port("event_publisher", self.event_publisher)
        )
        return Inbound(
            "track_test",
            {TOPICS[Channel.SMS]: Source.SMS_EVENTS, TOPICS[Channel.EMAIL]: Source.EMAIL_EVENTS},
            {},
            together={
                Source.SMS_EVENTS: receipts("track_test", Source.SMS_EVENTS, end_user_messaging.read, process_receipts),
                Source.EMAIL_EVENTS: receipts("track_test", Source.EMAIL_EVENTS, ses.read, process_receipts),
            },
        )

    def _receiver(self, id: MessageId) -> tuple[Channel, str]:
        alert = self.alerts.alerts[id.key.tenant, id.key.alert]
        item = alert.item(id.key.item)
        assert item is not None
        return item.channel, self.alerts.chunks[id.key][id.position].address


class TogetherWorld(WireWorld):
    """Everything that a provider tells within a while comes in one batch."""

    window = timedelta(seconds=20)


class BatchedWorld(TogetherWorld):
    """Orders come in batches too: up to ten of one channel, worked off by one worker that reports at the end."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._orders: dict[Channel, list[tuple[str, int]]] = {}

    def _deliver(self, text: str, receives: int) -> None:
        waiting = self._orders.setdefault(DispatchJob.decode(text).channel, [])
        if not waiting:
            self._at(self.clock() + timedelta(seconds=1), partial(self._work_off, DispatchJob.decode(text).channel))
        waiting.append((text, receives))

    def _work_off(self, channel: Channel) -> None:
        batch, self._orders[channel] = self._orders[channel][:10], self._orders[channel][10:]
        if self._orders[channel]:
            self._at(self.clock(), partial(self._work_off, channel))
        orders = [DispatchJob.decode(text) for text, _ in batch]
        worker, began = self._new_dispatcher(channel), self.clock()
        results: Sequence[DispatchReport | Exception]
        try:
            results = worker.dispatch_all(orders, lambda: LAMBDA_TIMEOUT - (self.clock() - began))
        except Crash:
            results = [StorageUnavailable("the worker died")] * len(orders)
        for order, (text, receives), result in zip(orders, batch, results, strict=True):
            if isinstance(result, Exception):
                if not isinstance(result, (StorageUnavailable, *self.tolerated)):
                    raise result
                self._again(order, text, receives)
            else:
                self.reports.append(result)
                if result.unfinished:
                    self._again(order, text, receives)
