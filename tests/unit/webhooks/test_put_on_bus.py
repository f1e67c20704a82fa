"""A pack is put on the bus: what is refused is put again, and after a day the key is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.builders import KEY, an_acceptance, number, sms
from tests.fakes.account_notices import FakeAccountNotices
from tests.fakes.callbacks import FakeCallbackPacks, FakeResultBus
from tests.fakes.event_publisher import FakeEventPublisher
from tests.fakes.results import FakeResultEvents
from tests.fakes.time import NOON, VirtualClock
from tocsin.contacts.domain.channel import Channel
from tocsin.identity.domain.notification import NotificationMode
from tocsin.results.domain.result_event import event_about
from tocsin.webhooks.application.put_on_bus import PutOnBus, PutOutcome
from tocsin.webhooks.domain.bus_entry import BusEntry

MINUTE = timedelta(minutes=1)
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
