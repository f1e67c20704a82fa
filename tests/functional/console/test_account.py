"""Account settings, by the page."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import time
from typing import Any

import pytest

from tests.functional.console.conftest import ACME, NUMBER, PASSWORD, Account, Browser, plain
from tocsin.calendar.domain.quiet_hours import QuietHours
from tocsin.contacts.domain.channel import Channel
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.tenant import BusTopic, Tenant
from tocsin.limits.domain.sending_limits import Pause, SendingLimits

PAGE = "/console/account"


def stands(account: Account) -> Tenant:
    found = account.tenants.get(ACME)
    assert found is not None
    return found


def changes(account: Account) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    found = account.directory.trail.entries.values()
    return [(dict(entry.before), dict(entry.after)) for entry in found if entry.action == "account.updated"]


def saved(account: Account, **typed: Any) -> Browser:
    browser = account.signed_in()
    browser.open(PAGE)
    browser.send(PAGE, **typed)
    return browser


def test_zone_quiet_hours_and_the_app_are_saved_and_recorded(account: Account) -> None:
    browser = saved(
        account, zone="Asia/Tokyo", quiet__from="22:00", quiet__until="07:00", quiet__day=["1", "5"], mfa="on"
    )

    assert "Saved." in browser.page.words
    quiet = QuietHours(time(22), time(7), frozenset({1, 5}))
    assert (stands(account).zone, stands(account).quiet, stands(account).mfa_required) == ("Asia/Tokyo", quiet, True)
    assert changes(account) == [
        (
            {"zone": "Europe/London", "quiet_hours": None, "mfa_required": False},
            {"zone": "Asia/Tokyo", "quiet_hours": "22:00-07:00/1,5", "mfa_required": True},
        )
    ]
    browser.open("/console/audit")
    assert "changed the settings of the account Northwater" in plain(browser.page.words)


def test_the_form_shows_what_stands_and_saving_it_changes_nothing(account: Account) -> None:
    quiet = QuietHours(time(22), time(7), frozenset({6, 7}))
    before = account.tenants.tenants[ACME] = replace(stands(account), quiet=quiet)
    saved(account)

    assert stands(account) == before
    assert changes(account) == []


def test_the_account_gets_another_name_which_every_page_shows(account: Account) -> None:
    browser = saved(account, name="  Southwater   Ltd ")
    assert stands(account).name == "Southwater Ltd"
    assert "Southwater Ltd" in browser.open("/console/alerts").words


def test_empty_times_end_quiet_hours(account: Account) -> None:
    account.tenants.tenants[ACME] = replace(stands(account), quiet=QuietHours(time(22), time(7)))
    saved(account, quiet__from="", quiet__until="")

    assert stands(account).quiet is None


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "n" * 129}, "name"),
        ({"zone": "Europe/Londn"}, "zone"),
        ({"quiet__from": "22:00"}, "quiet-until"),
        ({"quiet__from": "25:00", "quiet__until": "07:00"}, "quiet-from"),
        ({"quiet__from": "22:00", "quiet__until": "22:00"}, "quiet-until"),
        ({"notice_sender": "+447700900999"}, "notice_sender"),
        ({"notice_sender": "North-water"}, "notice_sender"),
        ({"country": "XX"}, "country"),
        ({"pbx__tls_port": "65536"}, "pbx-tls_port"),
        ({"pbx__sip_public_ip": "a b"}, "pbx-sip_public_ip"),
    ],
)
def test_a_fault_stands_at_its_field_and_nothing_changes(account: Account, typed: dict[str, str], field: str) -> None:
    before = stands(account)
    browser = saved(account, **typed)

    assert browser.answer.status == 422
    assert re.search(rf'name="{field}"[^>]*aria-invalid', browser.answer.text)
    assert (stands(account), changes(account)) == (before, [])


def test_a_zone_that_is_nearly_right_is_suggested(account: Account) -> None:
    assert "did you mean Europe/London?" in saved(account, zone="Europe/Londn").page.words


def test_quiet_hours_without_a_day_are_refused(account: Account) -> None:
    browser = saved(account, quiet__from="22:00", quiet__until="07:00", quiet__day=[])
    assert "Say on which days they begin." in browser.page.words
    assert stands(account).quiet is None


def test_a_change_asks_for_a_fresh_proof_and_keeps_what_was_typed(account: Account) -> None:
    browser = account.signed_in()
    browser.open(PAGE)
    account.advance(minutes=16)
    browser.send(PAGE, zone="Asia/Tokyo")
    assert browser.path.startswith("/console/prove")
    assert stands(account).zone == "Europe/London"
    browser.send("/console/prove", password=PASSWORD)
    browser.send(PAGE)

    assert stands(account).zone == "Asia/Tokyo"


def test_what_the_operator_has_set_can_be_read(account: Account) -> None:
    pause = Pause(account.clock(), "too_many_bounces")
    account.sending_limits.set(ACME, SendingLimits(countries=frozenset({"GB", "FR"})))
    account.sending_limits.pause(ACME, Channel.EMAIL, pause)
    words = plain(account.signed_in().open(PAGE).words)

    assert NUMBER in words
    assert "FR, GB; to no premium or special numbers" in words
    assert "at most 5 in 15 minutes" in words
    assert "$0.00 of $500.00" in words
    assert "Emails are paused" in words
    assert "Too many of the day's emails" in words


@pytest.mark.parametrize("role", list(SystemRole))
def test_only_owners_and_admins_see_it(account: Account, role: SystemRole) -> None:
    browser = account.signed_in(role)
    browser.open(PAGE)
    may = role in (SystemRole.OWNER, SystemRole.ADMIN)

    assert browser.answer.status == (200 if may else 403)
    assert ("Account settings" in {words.strip() for _, words in browser.page.links}) is may


def test_decided_5_10_4_4_the_sender_of_notices_and_the_telephone_system_are_saved(account: Account) -> None:
    saved(account, notice_sender="North water", country="gb", pbx__web_domain="pbx.example", pbx__udp_port="5060")
    found = stands(account)
    assert (found.notice_sender, found.country) == ("Northwater", "GB")
    assert found.pbx == {"web_domain": "pbx.example", "udp_port": "5060"}
    assert changes(account)[0][1]["pbx"] == {"web_domain": "pbx.example", "udp_port": "5060"}

    saved(account, notice_sender=NUMBER, country="", pbx__udp_port="")
    found = stands(account)
    assert (found.notice_sender, found.country, found.pbx) == (NUMBER, None, {"web_domain": "pbx.example"})


def test_events_2_8_ticks_say_what_is_put_on_the_event_bus(account: Account) -> None:
    browser = saved(account, bus=["rules", "events"])
    assert stands(account).bus == {BusTopic.RULES, BusTopic.EVENTS}
    assert changes(account) == [({"bus": None}, {"bus": ["events", "rules"]})]

    browser.open(PAGE)
    ticked = re.findall(r'name="bus" value="(\w+)"( checked)?', browser.answer.text)
    assert ticked == [("rules", " checked"), ("incidents", ""), ("events", " checked")]
    browser.send(PAGE, bus=[])
    assert stands(account).bus == frozenset()
