from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from tests.builders import KEY, an_acceptance, number, sms
from tests.fakes.event_publisher import FakeEventPublisher
from tests.fakes.results import FakeResultEvents
from tests.fakes.time import NOON
from tocsin.alerts.domain.alert import Alert, Batch, Lane
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.domain.message import MessageState
from tocsin.delivery.domain.progress import BatchProgress
from tocsin.delivery.ports.results import Publication
from tocsin.egress.domain.callback_url import Callback
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.results.domain.result_event import ResultEvent, event_about, event_name, pack_name
from tocsin.webhooks.application.publish import PublishEventsWithCallbacks, PublishWithCallbacks
from tocsin.webhooks.domain.callback import PackKey
from tocsin.webhooks.domain.callback_order import CallbackOrder, PackOrder


class Queue:
    """A queue that notes each call of it, and may be down."""

    def __init__(self, *, down: bool = False) -> None:
        self.calls: list[list[CallbackOrder]] = []
        self._down = down

    def put(self, orders: Sequence[CallbackOrder], delay: timedelta = timedelta(0)) -> None:
        self.calls.append(list(orders))
        if self._down:
            raise StorageUnavailable("down")


def publications(alert: Alert, *, silent: int) -> list[Publication]:
    """Return what happened in each slice of the alert; nothing anybody outside hears of in slice `silent`."""
    return [
        Publication(
            batch,
            BatchProgress.blank(batch.count),
            BatchProgress((2,) * batch.count, {MessageState.SENT: batch.count}),
            [] if batch.number == silent else [_event(alert, batch)],
        )
        for batch in alert.batches()
    ]


def _event(alert: Alert, batch: Batch) -> ResultEvent:
    channel = alert.items[0].channel
    return event_about(
        alert, "sent", (batch.number,), channel=channel, tag="t", alertee=number(1), contact_id=None, whence=NOON
    )


def test_ah_127_packs_of_several_batches_are_ordered_with_one_call_and_empty_ones_are_not() -> None:
    alert = an_acceptance(sms(*(number(n) for n in range(75)))).alert
    queue, results = Queue(), FakeResultEvents()

    PublishWithCallbacks(results, queue).publish_all(publications(alert, silent=1), KEY, None, callback=Lane.BULK)

    blank = BatchProgress.blank(25).versions
    packs = [PackKey(alert.tenant, alert.ref, pack_name(number, blank)) for number in (0, 2)]
    assert queue.calls == [[PackOrder(pack) for pack in packs]]
    assert set(results.outbox) == set(packs)


def test_results_of_an_alert_in_the_urgent_lane_are_urgent() -> None:
    alert = an_acceptance(sms(number(1))).alert
    queue = Queue()

    publish = PublishWithCallbacks(FakeResultEvents(), queue)

    (one,) = found = publications(alert, silent=9)
    publish.publish_all(found, KEY, None, callback=alert.lane)
    publish.publish(one.batch, KEY, one.previous, one.progress, one.events, None, callback=alert.lane)
    publish.publish(one.batch, KEY, one.previous, one.progress, one.events, None, callback=Lane.BULK)

    assert alert.lane is Lane.URGENT
    assert [[order.urgent for order in orders] for orders in queue.calls] == [[True], [True], [False]]


def test_an_answer_to_an_alert_in_the_bulk_lane_is_urgent() -> None:
    alert = an_acceptance(sms(*(number(n) for n in range(101))), callback=Callback("https://hooks.example.org/")).alert
    queue = Queue()
    event = event_about(
        alert, "reply", ("a",), channel=Channel.SMS, tag="t", alertee=number(1), contact_id=None, whence=NOON
    )

    PublishEventsWithCallbacks(FakeEventPublisher(FakeResultEvents()), queue).publish(alert, event)

    assert alert.lane is Lane.BULK
    assert queue.calls == [[PackOrder(PackKey(alert.tenant, alert.ref, event_name(event.event_id)), urgent=True)]]


def test_what_is_polled_or_empty_is_not_ordered() -> None:
    alert = an_acceptance(sms(number(1))).alert
    queue = Queue()
    publish = PublishWithCallbacks(FakeResultEvents(), queue).publish_all

    publish(publications(alert, silent=9), KEY, None)
    publish(publications(alert, silent=0), KEY, None, callback=Lane.BULK)

    assert queue.calls == []


def test_a_queue_that_is_down_loses_nothing_for_the_packs_are_due_all_the_same() -> None:
    alert = an_acceptance(sms(number(1))).alert
    results = FakeResultEvents()

    PublishWithCallbacks(results, Queue(down=True)).publish_all(
        publications(alert, silent=9), KEY, None, callback=Lane.BULK
    )

    (pack,) = results.outbox.values()
    assert pack.next_check_at is not None
