"""The brakes where they bite: at the door, and between the claim and the money."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import KEY, TENANT, claimed, email, number, sms
from tests.fakes.account_notices import FakeAccountNotices
from tests.fakes.sealer import FakeSealer
from tests.fakes.sending_limits import FakeCounters, FakeLimitSettings
from tests.fakes.time import VirtualClock
from tests.unit.alerts.desk import Desk, an_email, an_sms
from tests.unit.delivery.stand import Counting, Stand
from tocsin.contacts.domain.channel import Channel
from tocsin.limits.application.limit_guard import LimitGuard
from tocsin.limits.application.notify_refusals import NotifyRefusals
from tocsin.limits.application.read_limits import spent_today
from tocsin.limits.application.recent_limits import FRESH
from tocsin.limits.application.record_mail_outcome import RecordMailOutcome
from tocsin.limits.domain.sending_limits import MICROS, Pause, Rate, SendingLimits
from tocsin.limits.domain.sms_prices import SEGMENT_PRICES
from tocsin.notices.domain.account_notice import NoticeQuery, Severity

HOME = SendingLimits(countries=frozenset({"GB"}))
GB = SEGMENT_PRICES["GB"]
ANA = number(1)
OPEN = SendingLimits(number_rate=None, daily_spend=None)


def told(stand: Stand) -> list[tuple[str, Severity]]:
    found = stand.told.read(TENANT, KEY, NoticeQuery(maximum=100), stand.clock())
    return [(message.code, message.severity) for message in found]


def a_desk(sending_limits: SendingLimits) -> Desk:
    desk = Desk()
    desk.sending_limits.books[TENANT] = sending_limits
    return desk


# --- at the door ----------------------------------------------------------------------------------------------


def test_s15_receivers_abroad_are_refused_and_counted() -> None:
    desk = a_desk(HOME)

    result = desk.send(an_sms(ANA, "+33612345678", "+18765551234", "+449061234567", "bad"))

    (item,) = result.items
    assert (item.requested, item.sent) == (5, 1)
    assert item.failure_reason == (
        "receivers refused: 1 with an invalid phone number (PHONE_NOT_INTERNATIONAL): recipients[4]; "
        "2 in a country that this account does not send to (country_not_allowed): recipients[1], recipients[2]; "
        "1 with a premium, shared-cost, personal or satellite number (special_number): recipients[3]"
    )
    assert [who.address for who in desk.recipients(result)] == [ANA]


def test_s15_an_element_of_which_everybody_is_refused_fails_and_the_others_stand() -> None:
    desk = a_desk(HOME)

    result = desk.send(an_sms("+33612345678"), an_email("a@example.org"))

    assert [item.success for item in result.items] == [False, True]
    assert result.items[0].failure_reason == (
        "no receiver can be reached: 1 in a country that this account does not send to (country_not_allowed): recipients[0]"
    )


def test_what_is_refused_consumes_no_capacity() -> None:
    desk = Desk({Channel.SMS: 10})
    desk.sending_limits.books[TENANT] = HOME

    (item,) = desk.send(an_sms("+33612345678", ANA)).items

    assert item.remaining == 9


def test_s15_a_compromised_key_that_calls_premium_numbers_sends_nothing() -> None:
    # given a thief who sends to 100,000 premium numbers, 10,000 a call, from a tenant that may send anywhere
    desk = a_desk(SendingLimits())
    for call in range(10):
        result = desk.send(an_sms(*(f"+4490{(call * 10_000 + n):08}" for n in range(10_000))))
        assert not result.success
    assert desk.alerts.alerts == {}


def test_s15_the_key_hears_of_each_reason_once_a_day_with_the_first_call_it_happened_to() -> None:
    desk = a_desk(HOME)
    told = FakeAccountNotices()

    def call(*to: str) -> None:
        tell = NotifyRefusals(told)  # another process
        desk.send_alert = replace(desk.send_alert, notify_refusals=tell)
        desk.send(an_sms(*to))

    call(ANA, "+33612345678", "+18765551234")
    (first,) = told.told.values()
    (alert,) = desk.alerts.alerts.values()
    assert (first.code, first.severity, first.alert) == ("country_not_allowed", Severity.WARNING, alert.ref)
    assert first.text.startswith("2 receivers of one call were refused, in a country")
    assert "+33" not in first.text

    for _ in range(3):
        call("+33612345678", "+449061234567")
    assert [(one.code, one.alert) for one in told.told.values()][1:] == [("special_number", None)]

    desk.clock.advance(timedelta(days=1))
    call("+33612345678")
    assert [one.code for one in told.told.values()][2:] == ["country_not_allowed"]


def test_s15_a_thousand_refused_calls_are_one_write() -> None:
    desk, told = a_desk(HOME), FakeAccountNotices()
    told.outage.failing = 1
    calls = Counting("told", told, Counter())
    desk.send_alert = replace(desk.send_alert, notify_refusals=NotifyRefusals(calls))
    for _ in range(5):
        desk.send(an_sms("+33612345678"))
    assert dict(calls._calls) == {"told.notify": 2}  # the store did not answer the first time
    assert len(told.told) == 1


# --- between the claim and the money --------------------------------------------------------------------------


def test_s15_a_compromised_key_never_spends_more_than_the_day_allows() -> None:
    # given a thief who sends 2,000 text messages to allowed numbers, and a day's money for 777 of them
    stand = Stand(sms(*map(number, range(2_000))))
    stand.sending_limits.books[TENANT] = replace(OPEN, daily_spend=777 * GB + GB // 2)

    for batch in range(80):
        stand.dispatch(stand.order(batch))

    assert len(stand.sms.calls) == 777
    assert spent_today(stand.counters, TENANT, stand.clock()) == sum(stand.spent) == 777 * GB
    assert stand.states().count("suppressed") == 2_000 - 777
    assert stand.row(24, 79).reason == "spend_cap"
    # and the owner is told once, not 49 times
    assert told(stand) == [("spend_cap", Severity.ERROR)]


def test_the_cost_is_counted_without_a_limit_too() -> None:
    stand = Stand(sms(ANA, number(2)))
    stand.sending_limits.books[TENANT] = OPEN

    stand.dispatch()

    assert stand.spent == [2 * GB]


def test_the_next_day_has_money_of_its_own() -> None:
    stand = Stand(sms(ANA, number(2)))
    stand.sending_limits.books[TENANT] = replace(OPEN, daily_spend=GB)
    stand.dispatch()
    stand.clock.advance(timedelta(days=1))
    stand.alert = stand.accept(sms(number(3)))

    stand.dispatch()

    assert len(stand.sms.calls) == 2


def test_long_texts_and_dear_countries_cost_more() -> None:
    stand = Stand(sms(ANA, "+33612345678", text="x" * 161))
    stand.sending_limits.books[TENANT] = OPEN
    stand.sending_limits.books[TENANT] = replace(OPEN, daily_spend=100 * MICROS)

    stand.dispatch()

    assert spent_today(stand.counters, TENANT, stand.clock()) == 2 * (GB + SEGMENT_PRICES["FR"])


def test_a_sixth_message_to_one_receiver_in_a_quarter_of_an_hour_waits_and_is_not_lost() -> None:
    stand = Stand(sms(ANA))
    for _ in range(5):
        stand.dispatch()
        stand.clock.advance(timedelta(seconds=1))
        stand.alert = stand.accept(sms(ANA))

    report = stand.dispatch()

    assert report.blocked == {"number_rate": 1}
    assert (stand.row().state.value, stand.row().reason) == ("retry_wait", "number_rate")
    assert told(stand) == [("number_rate", Severity.WARNING)]
    # and it goes out when the window is over
    ((order, delay),) = stand.queue.puts
    assert timedelta(minutes=14) < delay <= timedelta(minutes=15)
    stand.clock.advance(delay)
    stand.dispatch(order)
    assert stand.row().state.value == "sent"
    assert len(stand.sms.calls_to(ANA)) == 6


def test_the_rate_of_a_tenant_lets_the_first_go_and_the_others_wait() -> None:
    stand = Stand(sms(*map(number, range(25))))
    stand.sending_limits.books[TENANT] = replace(OPEN, tenant_rate=Rate(10, timedelta(minutes=1)))

    report = stand.dispatch()

    assert report.moved == {"sent": 10, "retry_wait": 15}
    assert report.blocked == {"tenant_rate": 15}


def test_a_channel_that_is_paused_sends_nothing_until_it_is_resumed() -> None:
    stand = Stand(sms(ANA))
    stand.sending_limits.pause(TENANT, Channel.SMS, Pause(stand.clock(), "operator"))
    stand.dispatch()
    assert (stand.row().state.value, stand.row().reason) == ("retry_wait", "sending_paused")

    stand.sending_limits.resume(TENANT, Channel.SMS)
    ((order, delay),) = stand.queue.puts
    stand.clock.advance(delay)
    stand.dispatch(order)

    assert stand.row().state.value == "sent"


def test_a_pause_is_heeded_within_fifteen_seconds() -> None:
    stand = Stand(sms(ANA))
    stand.dispatch()
    stand.sending_limits.pause(TENANT, Channel.SMS, Pause(stand.clock(), "operator"))
    stand.clock.advance(FRESH + timedelta(seconds=1))
    stand.alert = stand.accept(sms(number(2)))

    stand.dispatch()

    assert stand.row().reason == "sending_paused"


@pytest.mark.parametrize("what", ["sending_limits", "counters"])
def test_nobody_spends_money_when_the_counters_do_not_answer(what: str) -> None:
    stand = Stand(sms(ANA))
    getattr(stand, what).outage.failing = 1

    stand.dispatch()

    assert (stand.row().state.value, stand.row().reason) == ("retry_wait", "limits_unavailable")
    assert stand.sms.calls == []


def test_a_limit_bites_although_nobody_can_be_told() -> None:
    stand = Stand(sms(ANA))
    stand.sending_limits.books[TENANT] = replace(OPEN, daily_spend=0)
    stand.told.outage.failing = 1

    assert stand.dispatch().moved == {"suppressed": 1}


def test_ah_131_a_sandbox_alert_costs_nothing() -> None:
    stand = Stand(sms(ANA), sandbox=True)
    stand.sending_limits.books[TENANT] = replace(OPEN, daily_spend=0)

    assert stand.dispatch().moved == {"sent": 1}
    assert not stand.counters.counters


# --- a good name ----------------------------------------------------------------------------------------------


def test_too_many_bounces_pause_email_once_and_leave_text_messages_alone() -> None:
    clock, settings, counters = VirtualClock(), FakeLimitSettings(), FakeCounters()
    note = RecordMailOutcome(settings, counters, clock)
    counters.add(TENANT, f"mail_sent#{clock():%Y%m%d}", 300, clock())

    paused = [note(TENANT, complaint=False) for _ in range(25)]

    assert [n for n, pause in enumerate(paused, 1) if pause] == [20]
    assert set(settings.get(TENANT).paused) == {Channel.EMAIL}
    assert settings.get(TENANT).paused[Channel.EMAIL].reason == "too_many_bounces"


def test_emails_are_counted_when_they_go_out() -> None:
    stand = Stand(email("a@example.org", "b@example.org"))
    guard = LimitGuard(stand.sending_limits, stand.counters, stand.told, FakeSealer(), stand.clock)
    item = stand.alert.items[0]

    objections = guard(
        stand.alert, item, [claimed(to, n) for n, to in enumerate(stand.alerts.recipients(stand.batch().key))]
    )

    assert objections == {}
    assert (
        RecordMailOutcome(stand.sending_limits, stand.counters, stand.clock).reputation(TENANT, stand.clock()).sent == 2
    )


# --- what reports count -------------------------------------------------------------------------------------------


def test_up_11_what_is_sent_is_counted_for_an_account_that_wants_reports_and_costs_others_nothing() -> None:
    for wanted in (False, True):
        stand = Stand(sms(ANA, number(2), text="x" * 161))
        if wanted:
            stand.sending_limits.count(TENANT, stand.clock())
        stand.dispatch()
        counted = dict(
            stand.totals.read(TENANT, stand.clock() - timedelta(hours=1), stand.clock() + timedelta(hours=1))
        )
        assert counted == ({"texts": 2, "segments": 4, "text_cost": 4 * GB} if wanted else {})


def test_up_11_what_a_limit_stops_is_counted_apart() -> None:
    stand = Stand(sms(ANA, number(2)))
    stand.sending_limits.books[TENANT] = SendingLimits(daily_spend=GB)
    stand.sending_limits.count(TENANT, stand.clock())
    stand.dispatch()
    counted = stand.totals.read(TENANT, stand.clock() - timedelta(hours=1), stand.clock() + timedelta(hours=1))
    assert counted == {"texts": 1, "segments": 1, "text_cost": GB, "text_spend_cap": 1}


def test_a_text_goes_out_although_it_cannot_be_counted() -> None:
    stand = Stand(sms(ANA))
    stand.sending_limits.count(TENANT, stand.clock())
    stand.totals.outage.failing = 1
    stand.dispatch()
    assert [call.to for call in stand.sms.calls] == [ANA]
