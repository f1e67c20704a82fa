"""Polling for results: AH-123, AH-126, AH-128, AH-130."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders import TENANT, number
from tests.fakes.results import FakeResultEvents
from tests.unit.alerts.desk import Desk, a_key, an_sms
from tocsin.alerts.domain.alert import Alert
from tocsin.delivery.domain.message import Message, SendingTerms, accepted, claim_message
from tocsin.delivery.domain.message_events import events_since
from tocsin.delivery.domain.progress import BatchProgress
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.results.application.collect import MAX_EVENTS, CollectEvents


class OperatorContext:
    """A desk, and the workers who send and report."""

    def __init__(self) -> None:
        self.desk = Desk()
        self.results = FakeResultEvents()
        self.collect = CollectEvents(self.results, self.desk.alerts, self.desk.clock)

    def sent(self, count: int = 1) -> AlertRef:
        """Send an alert to `count` phones and have every message taken by the provider."""
        result = self.desk.send(an_sms(*(number(n) for n in range(count)), tag="night"))
        alert = self.desk.alert(result)
        for batch in alert.batches():
            rows = {position: self._sent(alert, position) for position in batch.positions}
            events = [
                event
                for position, row in rows.items()
                for event in events_since(
                    alert, alert.items[0], batch.key.chunk, self.desk.alerts.recipients(batch.key)[position], row, 0
                )
            ]
            over, progress = BatchProgress.blank(batch.count), BatchProgress.of(batch, rows)
            self.results.publish(batch, alert.key_id, over, progress, events, alert.expires_at)
        self.desk.clock.advance(timedelta(seconds=1))
        return alert.ref

    def _sent(self, alert: Alert, position: int) -> Message:
        now = self.desk.clock()
        claimed = claim_message(None, position, now, SendingTerms(alert.send_before, False, timedelta(seconds=30)))
        assert isinstance(claimed, Message)
        return accepted(claimed, "p1", now)


@pytest.fixture
def context() -> OperatorContext:
    return OperatorContext()


def test_ah_128_one_event_unless_more_are_asked_for(context: OperatorContext) -> None:
    context.sent(3)
    first = context.collect(context.desk.key, None)
    assert (len(first.events), first.remaining) == (1, None)
    rest = context.collect(context.desk.key, None, 10, count_remaining=True)
    assert (len(rest.events), rest.remaining) == (2, 0)


def test_ah_128_what_remains_is_counted_after_what_was_taken(context: OperatorContext) -> None:
    context.sent(3)
    assert context.collect(context.desk.key, None, 1, count_remaining=True).remaining == 2


def test_ah_126_each_event_is_returned_once(context: OperatorContext) -> None:
    ref = context.sent(3)
    seen = [event.event_id for _ in range(4) for event in context.collect(context.desk.key, ref, 1).events]
    assert len(seen) == len(set(seen)) == 3


def test_ah_126_one_alert_or_all(context: OperatorContext) -> None:
    first, second = context.sent(), context.sent()
    assert [e.alert for e in context.collect(context.desk.key, second, 10).events] == [second]
    assert [e.alert for e in context.collect(context.desk.key, None, 10).events] == [first]


def test_ah_130_every_event_carries_client_reference_alert_and_tag(context: OperatorContext) -> None:
    ref = context.sent()
    (event,) = context.collect(context.desk.key, ref).events
    assert (event.client_ref, event.alert, event.tag, event.alertee) == ("ref-1", ref, "night", number(0))


def test_a_look_takes_nothing_and_counts_all_that_wait(context: OperatorContext) -> None:
    context.sent(3)
    looks = [context.collect(context.desk.key, None, 2, count_remaining=True, peek=True) for _ in range(2)]
    assert looks[0] == looks[1]
    assert (len(looks[0].events), looks[0].remaining) == (2, 3)
    assert not context.collect(a_key("other"), None, 10, peek=True).events
    assert list(context.collect(context.desk.key, None, 2).events) == looks[0].events


def test_ah_123_after_the_lifetime_there_is_nothing(context: OperatorContext) -> None:
    ref = context.sent()
    context.desk.clock.advance(timedelta(days=30))
    assert context.collect(context.desk.key, ref, 10, count_remaining=True).events == ()
    gone = context.collect(context.desk.key, None, 10, count_remaining=True)
    assert (list(gone.events), gone.remaining) == ([], 0)


def test_another_key_another_tenant_and_an_unknown_alert_look_the_same(context: OperatorContext) -> None:
    ref = context.sent()
    stranger = a_key("other")
    foreigner = a_key(tenant=TenantId("evil"))
    assert foreigner.tenant != TENANT
    answers = [
        context.collect(stranger, ref, 10, count_remaining=True),
        context.collect(foreigner, ref, 10, count_remaining=True),
        context.collect(context.desk.key, AlertRef("nonesuch"), 10, count_remaining=True),
    ]
    assert [(answer.events, answer.remaining) for answer in answers] == [((), 0)] * 3
    assert not context.collect(stranger, None, 10).events
    assert len(context.collect(context.desk.key, ref, 10).events) == 1


def test_a_5_one_call_takes_no_more_than_a_page(context: OperatorContext) -> None:
    context.sent(MAX_EVENTS + 20)
    assert len(context.collect(context.desk.key, None, 10_000).events) == MAX_EVENTS
    assert len(context.collect(context.desk.key, None, 0).events) == 1
