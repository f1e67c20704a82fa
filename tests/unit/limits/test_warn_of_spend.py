"""Warnings about money: one of each kind a day, and none that stops a message."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.builders import TENANT, claimed, number, sms
from tests.fakes.outage import Outage
from tests.fakes.sealer import FakeSealer
from tests.fakes.sending_limits import FakeSendingTotals
from tests.unit.alerts.desk import Desk, an_sms
from tests.unit.delivery.stand import Stand
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.recipient import Recipient
from tocsin.kernel.domain.ids import TenantId
from tocsin.limits.application.limit_guard import LimitGuard
from tocsin.limits.application.notify_refusals import NotifyRefusals
from tocsin.limits.application.warn_of_spend import WarnOfSpend
from tocsin.limits.domain.sending_limits import SendingLimits
from tocsin.limits.domain.sms_prices import SEGMENT_PRICES
from tocsin.telephony.domain.cloud_events import ReceivedEvent

GB = SEGMENT_PRICES["GB"]
DAY = timedelta(days=1)
TO = [number(n) for n in range(1, 26)]
WAITING = [claimed(Recipient(to), place) for place, to in enumerate(TO)]


class Taken:
    """What was told, by the ids of the events."""

    def __init__(self) -> None:
        self.events: dict[str, str] = {}
        self.calls = 0
        self.outage = Outage()

    def __call__(self, tenant: TenantId, received: ReceivedEvent) -> None:
        self.calls += 1
        self.outage.check()
        assert received.event is not None
        assert tenant == TENANT
        self.events.setdefault(str(received.id), str(received.event.data["text"]))


def test_decided_5_14_an_account_is_warned_at_80_and_100_percent_once_a_day() -> None:
    stand, taken = Stand(sms(*TO)), Taken()
    stand.sending_limits.books[TENANT] = SendingLimits(number_rate=None, daily_spend=100 * GB)

    def dispatch() -> int:
        guard = LimitGuard(
            stand.sending_limits, stand.counters, stand.told, FakeSealer(), stand.clock, warn=WarnOfSpend(taken)
        )
        return 25 - len(guard(stand.alert, stand.alert.items[0], WAITING))

    assert [dispatch() for _ in range(3)] == [25, 25, 25]
    assert taken.events == {}
    dispatch()  # 100 of 100
    assert list(taken.events) == ["spend-100::20261123"]
    assert dispatch() == 0
    assert len(taken.events) == 1
    stand.clock.advance(DAY)
    stand.sending_limits.books[TENANT] = replace(stand.sending_limits.books[TENANT], daily_spend=30 * GB)
    stand.clock.advance(timedelta(minutes=1))
    dispatch()  # 25 of 30
    assert list(taken.events)[1:] == ["spend-80::20261124"]
    dispatch()
    assert list(taken.events)[2:] == ["spend-100::20261124"]


def test_a_warning_that_cannot_be_told_stops_nothing_and_is_told_again() -> None:
    stand, taken = Stand(sms(*TO)), Taken()
    stand.sending_limits.books[TENANT] = SendingLimits(number_rate=None, daily_spend=100 * GB)
    warn = WarnOfSpend(taken)
    taken.outage.failing = 1
    for value in (85 * GB, 86 * GB, 87 * GB):
        warn.spent(TENANT, value, 100 * GB, refused=False, now=stand.clock())
    assert (taken.calls, list(taken.events)) == (2, ["spend-80::20261123"])


def test_decided_5_14_an_account_is_warned_when_a_capacity_runs_out() -> None:
    desk, taken = Desk({Channel.SMS: 3}), Taken()
    desk.send_alert = replace(desk.send_alert, capacity_used_up=WarnOfSpend(taken).capacity_used_up)
    desk.send(an_sms(number(1), number(2)))
    assert taken.events == {}
    desk.send(an_sms(number(3)))
    desk.send(an_sms(number(4)))
    ((id, text),) = taken.events.items()
    assert (id.split(":")[0], id.split(":")[2:]) == ("capacity", ["sms", "20261123"])
    assert "is used up" in text


def test_up_11_what_is_sent_spent_and_refused_is_counted_for_reports() -> None:
    stand, totals = Stand(sms(*TO)), FakeSendingTotals()
    stand.sending_limits.books[TENANT] = SendingLimits(number_rate=None, daily_spend=20 * GB)
    stand.sending_limits.count(TENANT, stand.clock())
    guard = LimitGuard(stand.sending_limits, stand.counters, stand.told, FakeSealer(), stand.clock, totals=totals)
    guard(stand.alert, stand.alert.items[0], WAITING)
    now = stand.clock()
    assert totals.read(TENANT, now, now + DAY) == {
        "texts": 20, "segments": 20, "text_cost": 20 * GB, "text_spend_cap": 5,
    }  # fmt: skip
    totals.outage.failing = 1
    guard(stand.alert, stand.alert.items[0], WAITING)  # sent or refused all the same


def test_up_11_refusals_at_the_call_are_counted_with_a_write_a_minute() -> None:
    desk, totals = Desk(), FakeSendingTotals()
    desk.sending_limits.books[TENANT] = SendingLimits(countries=frozenset({"GB"}))
    tell = NotifyRefusals(desk.told, totals=totals)
    desk.send_alert = replace(desk.send_alert, notify_refusals=tell)
    begin = desk.clock()

    def counted() -> dict[str, int]:
        return dict(totals.read(TENANT, begin, begin + DAY))

    desk.send(an_sms("+33612345678"))
    assert counted() == {"text_country_not_allowed": 1}
    for _ in range(9):
        desk.send(an_sms("+33612345678"))
    assert counted() == {"text_country_not_allowed": 1}
    desk.clock.advance(timedelta(minutes=1))
    desk.send(an_sms("+33612345678", number(1)))
    assert counted() == {"text_country_not_allowed": 11}
