"""What acceptance makes of time windows, quiet hours and urgency."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from tests.builders import TENANT, number
from tests.unit.alerts.desk import Desk, an_email, an_sms
from tocsin.alerts.domain.elements import Element
from tocsin.alerts.domain.exclusion import ExclusionReason
from tocsin.calendar.domain.account_clock import PLAIN, AccountClock
from tocsin.calendar.domain.quiet_hours import QuietHours, Reachable
from tocsin.calendar.domain.time_window import parse_time_window
from tocsin.contacts.domain.contact import Contact, ContactGroup
from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.domain.delivery_terms import delivery_terms
from tocsin.identity.application.account_clocks import AccountClocks
from tocsin.identity.application.fresh_accounts import FRESH
from tocsin.identity.domain.tenant import BusTopic
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId

ANA, BOB, CAT = (number(n) for n in range(3))
NIGHT = QuietHours(time(22), time(7))
NAP = QuietHours(time(11), time(14))


@pytest.fixture
def desk() -> Desk:
    return Desk()


def within(element: Element, *windows: str) -> Element:
    return replace(element, time_windows=tuple(map(parse_time_window, windows)))


# --- time windows -------------------------------------------------------------------------------------------------


def test_an_element_outside_its_windows_is_skipped_and_says_so_while_the_others_go_out(desk: Desk) -> None:
    closed, open_ = within(an_sms(ANA, BOB, tag="closed"), "*;*;*;09:00:00;12:00:00"), an_sms(CAT, tag="open")

    result = desk.send(closed, open_)

    assert [(item.success, item.requested, item.sent, item.failure_reason) for item in result.items] == [
        (False, 2, 0, "outside its time windows"),
        (True, 1, 1, None),
    ]
    assert result.success
    assert [recipient.address for recipient in desk.recipients(result, 1)] == [CAT]
    excluded = desk.alerts.excluded(TENANT, desk.alert(result).ref)
    assert [(who.address, who.category) for who in excluded[0]] == [
        (ANA, ExclusionReason.OUTSIDE_WINDOWS),
        (BOB, ExclusionReason.OUTSIDE_WINDOWS),
    ]


def test_an_element_inside_one_of_its_windows_goes_out(desk: Desk) -> None:
    element = within(an_sms(ANA), "*;*;*;09:00:00;12:00:00", "*;*;mon;12:00:00;13:00:00")

    assert desk.send(element).items[0].sent == 1


def test_a_call_of_which_every_element_is_outside_is_not_accepted(desk: Desk) -> None:
    result = desk.send(within(an_sms(ANA), "1;*;*;*;*"))

    assert (result.success, result.alert_ref) == (False, None)
    assert result.failure_reason == "nothing was sent: 's': outside its time windows"


def test_windows_are_meant_in_the_accounts_zone(desk: Desk) -> None:
    element = within(an_sms(ANA), "*;*;*;21:00:00;22:00:00")
    assert desk.send(element).items[0].sent == 0  # noon in London

    desk.tenants.set_clock(TENANT, AccountClock("Asia/Tokyo"))
    desk.clock.advance(FRESH + timedelta(seconds=1))

    assert desk.send(element).items[0].sent == 1  # nine in the evening in Tokyo


# --- quiet hours --------------------------------------------------------------------------------------------------


def test_an_alert_keeps_the_clock_its_account_had_at_acceptance(desk: Desk) -> None:
    desk.tenants.set_clock(TENANT, AccountClock("Europe/London", NAP))

    alert = desk.alert(desk.send(an_sms(ANA)))
    desk.tenants.set_clock(TENANT, PLAIN)

    assert (alert.account, alert.urgent) == (AccountClock("Europe/London", NAP), False)
    assert delivery_terms(alert, Recipient(ANA), alert.accepted_at).not_before == datetime(2026, 11, 23, 14, tzinfo=UTC)


def test_urgent_is_kept_with_the_alert(desk: Desk) -> None:
    assert desk.alert(desk.send(an_sms(ANA), urgent=True)).urgent


def test_quiet_hours_of_contacts_are_kept_with_their_recipients(desk: Desk) -> None:
    group = ContactGroup(
        "crew",
        {
            "ana": Contact("ana", sms=ANA, email="ana@x.org", quiet=NIGHT),
            "bob": Contact("bob", sms=BOB, quiet=Reachable.ALWAYS),
            "cat": Contact("cat", sms=CAT),
        },
    )

    result = desk.send(an_sms(sets=("all",)), an_email(contacts=("ana",)), group=group)

    assert [recipient.quiet for recipient in desk.recipients(result)] == [NIGHT, Reachable.ALWAYS, None]
    assert [recipient.quiet for recipient in desk.recipients(result, 1)] == [NIGHT]


# --- the clocks of accounts ---------------------------------------------------------------------------------------


def test_a_clock_is_read_once_in_half_a_minute(desk: Desk) -> None:
    clocks = AccountClocks(desk.tenants, desk.clock)
    assert clocks.get(TENANT) == PLAIN
    desk.tenants.set_clock(TENANT, AccountClock("Asia/Tokyo"))

    desk.clock.advance(FRESH - timedelta(milliseconds=1))
    assert clocks.get(TENANT) == PLAIN

    desk.clock.advance(timedelta(milliseconds=1))
    assert clocks.get(TENANT) == AccountClock("Asia/Tokyo")


def test_events_2_8_what_an_account_wants_on_the_bus_is_read_with_its_clock(desk: Desk) -> None:
    clocks = AccountClocks(desk.tenants, desk.clock)
    desk.tenants.set_bus(TENANT, {BusTopic.RULES})
    clocks.get(TENANT)
    desk.tenants.outage.failing = 1  # another read fails
    wants = clocks.accounts.wants
    assert [wants(TENANT, topic) for topic in BusTopic] == [True, False, False]
    desk.tenants.outage.failing = 0
    assert not wants(TenantId("other"), BusTopic.RULES)


def test_a_clock_that_was_set_back_does_not_keep_an_old_answer(desk: Desk) -> None:
    clocks = AccountClocks(desk.tenants, desk.clock)
    clocks.get(TENANT)
    desk.tenants.set_clock(TENANT, AccountClock("Asia/Tokyo"))

    desk.clock.advance(timedelta(hours=-1))

    assert clocks.get(TENANT) == AccountClock("Asia/Tokyo")


def test_an_account_nobody_knows_has_a_plain_clock(desk: Desk) -> None:
    assert AccountClocks(desk.tenants, desk.clock).get(TenantId("nobody")) == PLAIN


def test_nothing_is_accepted_while_the_clock_cannot_be_read(desk: Desk) -> None:
    desk.tenants.outage.failing = 1

    with pytest.raises(StorageUnavailable):
        desk.send(an_sms(ANA))

    assert not desk.alerts.alerts
