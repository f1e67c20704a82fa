"""A pack is put on the bus: what is refused is put again, and after a day the key is told."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

from tests.builders import KEY, TENANT, an_acceptance, number, sms
from tests.fakes.account_notices import FakeAccountNotices
from tests.fakes.api_keys import FakeApiKeyRepository
from tests.fakes.callbacks import FakeCallbackPacks, FakeResultBus, FakeWebhookDeliveries
from tests.fakes.event_publisher import FakeEventPublisher
from tests.fakes.key_owners import FakeKeyOwners
from tests.fakes.results import FakeResultEvents
from tests.fakes.time import NOON, VirtualClock
from tocsin.contacts.domain.channel import Channel
from tocsin.identity.domain.api_key import ApiKey, KeyKind
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.domain.ids import ApiKeyId
from tocsin.results.domain.result_event import event_about
from tocsin.webhooks.application.put_on_bus import PutDeliveries, PutOnBus, PutOutcome
from tocsin.webhooks.domain.bus_delivery import bus_delivery
from tocsin.webhooks.domain.bus_entry import BusEntry

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
DAY = timedelta(days=1)


class Desk:
    """One open pack of 25 events."""

    def __init__(self) -> None:
        results, self.clock = FakeResultEvents(), VirtualClock()
        self.packs, self.bus, self.notices = FakeCallbackPacks(results), FakeResultBus(), FakeAccountNotices()
        self.alert = replace(an_acceptance(sms(number(1))).alert, notification=NotificationMode.BUS)
        self.events = [
            event_about(
                self.alert, "sent", (n,), channel=Channel.SMS, tag="t", alertee=number(n), contact_id=None, whence=NOON
            )
            for n in range(25)
        ]
        FakeEventPublisher(results).publish(self.alert, self.events[0])
        (self.pack,) = self.packs.open

    def put(self, time_left: timedelta = MINUTE) -> PutOutcome:
        put = PutOnBus(self.packs, self.bus, self.notices, self.clock)
        return put(self.alert, self.pack, self.events, lambda: time_left)

    @property
    def taken(self) -> list[str]:
        return [entry.event_id for entry in self.bus.taken]


def test_ten_entries_go_in_a_call_and_the_pack_is_closed() -> None:
    desk = Desk()
    assert desk.put() == PutOutcome(25, {})
    assert desk.taken == [event.event_id for event in desk.events]
    assert (desk.bus.calls, desk.packs.open) == (3, [])


def test_only_what_was_refused_is_put_again_in_the_same_run() -> None:
    # given a bus that refuses each third event once
    desk = Desk()
    refused = {event.event_id for event in desk.events[::3]}

    def once(entry: BusEntry) -> str | None:
        if entry.event_id in refused:
            refused.discard(entry.event_id)
            return "ThrottlingException"
        return None

    desk.bus.refuses = once
    assert desk.put() == PutOutcome(25, {})
    assert sorted(desk.taken) == sorted(event.event_id for event in desk.events)
    assert desk.packs.open == []


def test_a_pack_with_one_refused_entry_stays_open_and_nobody_is_told_yet() -> None:
    desk = Desk()
    last = desk.events[-1].event_id
    desk.bus.refuses = lambda entry: "InternalFailure" if entry.event_id == last else None
    assert desk.put() == PutOutcome(24, {last: "InternalFailure"})
    assert desk.packs.open == [desk.pack]
    assert desk.notices.told == {}


def test_without_time_nothing_is_put_and_the_pack_stays_open() -> None:
    desk = Desk()
    outcome = desk.put(timedelta(seconds=17))
    assert (outcome.put, set(outcome.reasons.values()), desk.bus.calls) == (0, {"no_time"}, 0)
    assert desk.packs.open == [desk.pack]


def test_a_day_after_the_first_failure_the_key_is_told_and_the_pack_closed() -> None:
    # given a pack that failed first now, whatever the age of its events
    desk = Desk()
    desk.bus.refuses = lambda entry: "AccessDeniedException"
    desk.clock.advance(3 * DAY)
    desk.put()

    # when almost a day has passed, it is tried on; after the day it is not
    desk.clock.advance(DAY - MINUTE)
    desk.put()
    assert (desk.packs.open, desk.notices.told) == ([desk.pack], {})
    desk.clock.advance(MINUTE)
    desk.put()
    assert desk.packs.open == []
    (notice,) = desk.notices.told.values()
    assert notice.at == desk.clock()
    assert (notice.key_id, notice.code, notice.alert) == (KEY, "bus_exhausted", desk.alert.ref)
    assert notice.text.startswith(f"25 events of alert {desk.alert.ref} could not be put on the event bus in 24 hours")


class DeliveryDesk:
    """Twelve deliveries to the bus of an account with a live key, one that is disabled, and a sandbox key."""

    def __init__(self) -> None:
        self.clock, self.bus, self.notices = VirtualClock(), FakeResultBus(), FakeAccountNotices()
        self.rows, keys = FakeWebhookDeliveries(), FakeApiKeyRepository()
        for id, kind, enabled in (
            ("k1", KeyKind.LIVE, True),
            ("k2", KeyKind.LIVE, False),
            ("k3", KeyKind.SANDBOX, True),
        ):
            keys.add(ApiKey(TENANT, ApiKeyId(id), kind, "k", "hash", enabled=enabled), {})
        self.use = PutDeliveries(self.rows, self.bus, self.notices, FakeKeyOwners(keys), self.clock)
        for n in range(12):
            self.rows.add(bus_delivery(TENANT, "rule.sent", f"rule/r{n}", "", {"n": n}, at=NOON, now=NOON))

    def put(self, time_left: timedelta = MINUTE) -> PutOutcome:
        now = self.clock()
        return self.use([each for each in self.rows.rows.values() if each.startable(now)], lambda: time_left)

    def states(self) -> set[tuple[str, datetime | None]]:
        return {(each.state.value, each.next_check_at) for each in self.rows.rows.values()}


def test_events_2_8_deliveries_are_put_ten_a_call_and_done() -> None:
    desk = DeliveryDesk()
    assert desk.put() == PutOutcome(12, {})
    assert desk.bus.calls == 2
    assert desk.states() == {("succeeded", None)}
    entry = desk.bus.taken[3]
    assert (entry.kind, entry.resource, entry.at) == ("tocsin.rule.sent", f"tocsin:{TENANT}:rule/r3", NOON)
    whence = "2026-11-23T12:00:00.000Z"
    assert json.loads(entry.detail) == {"n": 3, "eventId": entry.event_id, "tenant": TENANT, "whence": whence}


def test_events_2_8_what_is_refused_is_tried_every_two_minutes_and_the_rest_is_done() -> None:
    desk = DeliveryDesk()
    desk.bus.refuses = lambda entry: "ThrottlingException" if '"n":7' in entry.detail else None
    assert list(desk.put().reasons.values()) == ["ThrottlingException"]
    assert desk.states() == {("succeeded", None), ("retry_wait", NOON + 2 * MINUTE)}
    desk.clock.advance(2 * MINUTE)
    desk.bus.refuses = lambda entry: None
    assert desk.put() == PutOutcome(1, {})
    assert desk.states() == {("succeeded", None)}


def test_events_2_8_without_time_deliveries_wait() -> None:
    desk = DeliveryDesk()
    assert set(desk.put(timedelta(seconds=17)).reasons.values()) == {"no_time"}
    assert (desk.bus.calls, desk.states()) == (0, {("retry_wait", NOON + 2 * MINUTE)})


def test_events_2_8_a_day_after_the_first_failure_the_keys_of_the_account_are_told_once() -> None:
    desk = DeliveryDesk()
    desk.bus.refuses = lambda entry: "AccessDeniedException"
    desk.clock.advance(3 * HOUR)  # the sweeper was late: the day begins with the first try
    while desk.clock() < NOON + 3 * HOUR + DAY:
        desk.put()
        desk.clock.advance(2 * MINUTE)
        assert desk.notices.told == {}
    desk.put()
    assert desk.states() == {("exhausted", None)}
    (notice,) = desk.notices.told.values()
    assert (notice.key_id, notice.code, notice.alert) == ("k1", "bus_exhausted", None)
    # of more than 700 tries the first and the last are kept
    (attempts,) = {each.attempts for each in desk.rows.rows.values()}
    assert [attempt.number for attempt in attempts] == [1, 721]
