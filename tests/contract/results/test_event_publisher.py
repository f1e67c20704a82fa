"""Happenings: events that are no step of a message, each told once and collected once among all the others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from tests.contract.alert_path import ACME, KEY, NOON, AlertPath, an_acceptance, events, names
from tocsin.alerts.domain.alert import Alert
from tocsin.delivery.domain.message import MessageState
from tocsin.delivery.domain.progress import BatchProgress
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.domain.ids import ApiKeyId
from tocsin.results.domain.result_event import NO_ALERT


def an_alert() -> Alert:
    return an_acceptance(25).alert


def collect(world: AlertPath, alert: Alert | None = None, limit: int = 100) -> list[str]:
    return names(world.results.collect(ACME, KEY, alert.ref if alert else None, limit, NOON))


def test_what_is_told_is_collected_once_with_its_details(world: AlertPath) -> None:
    alert = an_alert()
    (event,) = (
        replace(event, event="reply", details={"reply": "on my way", "late": True}) for event in events(alert, "a")
    )

    assert world.event_publisher.publish(alert, event)

    assert world.results.remaining(ACME, KEY, alert.ref, NOON) == 1
    assert list(world.results.collect(ACME, KEY, None, 10, NOON)) == [event]
    assert collect(world) == collect(world, alert) == []


def test_what_is_told_again_is_not_told_twice_even_after_it_was_collected(world: AlertPath) -> None:
    alert = an_alert()
    (event,) = events(alert, "a")
    assert world.event_publisher.publish(alert, event)
    assert not world.event_publisher.publish(alert, event)
    assert collect(world, alert) == ["a"]

    assert not world.event_publisher.publish(alert, event)

    assert collect(world, alert) == []


def test_of_many_who_tell_the_same_one_does(world: AlertPath) -> None:
    alert = an_alert()
    (event,) = events(alert, "a")
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: world.event_publisher.publish(alert, event), range(8)))
    assert told.count(True) == 1
    assert collect(world) == ["a"]


def test_events_stand_in_one_queue_with_the_steps_of_messages(world: AlertPath) -> None:
    # given a reply that came between two publications
    alert = an_alert()
    batch = next(alert.batches())
    first, reply, last = events(alert, "sent", "reply", "delivered")
    one, two = (BatchProgress((n,) * 25, {MessageState.SENT: 25}) for n in (1, 2))
    world.results.publish(batch, KEY, BatchProgress.blank(25), one, [first], None)
    world.results.publish(batch, KEY, one, two, [last], None)
    world.event_publisher.publish(alert, reply)

    assert collect(world, limit=2) == ["sent", "reply"]
    assert collect(world, alert) == ["delivered"]


def test_ah_126_mode_none_is_told_nothing(world: AlertPath) -> None:
    alert = replace(an_alert(), notification=NotificationMode.NONE)
    (event,) = events(alert, "a")
    assert not world.event_publisher.publish(alert, event)
    assert collect(world) == []


def test_ah_123_events_end_with_their_alert(world: AlertPath) -> None:
    alert = replace(an_alert(), expires_at=NOON + timedelta(minutes=1))
    world.event_publisher.publish(alert, events(alert, "a")[0])
    assert world.results.remaining(ACME, KEY, None, NOON) == 1
    assert world.results.remaining(ACME, KEY, None, NOON + timedelta(minutes=1)) == 0


def test_decided_8_1_an_event_of_no_alert_waits_for_its_key_alone_and_is_told_once(world: AlertPath) -> None:
    (event,) = (replace(event, alert=NO_ALERT) for event in events(an_alert(), "a"))
    until = NOON + timedelta(days=30)
    assert world.event_publisher.publish_to_key(ACME, KEY, event, until)
    assert not world.event_publisher.publish_to_key(ACME, KEY, event, until)
    assert world.results.remaining(ACME, KEY, None, until) == 0
    assert not world.results.collect(ACME, ApiKeyId("another"), None, 10, NOON)
    assert list(world.results.collect(ACME, KEY, None, 10, NOON)) == [event]
    assert not world.event_publisher.publish_to_key(ACME, KEY, event, until)
    assert collect(world) == []
