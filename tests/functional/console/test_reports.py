"""The page of the daily reports."""

from __future__ import annotations

import csv
import io
import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from console.reports.routes import report_routes
from console.site import Signed, Site
from tests.functional.console.conftest import ACME, Account, Browser, plain
from tests.functional.gateway import Gateway
from tests.unit.reports.worlds import ReportWorld
from tocsin.audit.domain.actor import Via
from tocsin.calendar.domain.account_clock import AccountClock
from tocsin.entrypoint.http.app import create_app
from tocsin.identity.application.principals import PersonPrincipal
from tocsin.identity.domain.permissions import SystemRole
from tocsin.reports.application.read_reports import ReadReports
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.stored_event import StoredEvent


def rang(account: Account, at: datetime, **data: Any) -> None:
    """Take in the end of a call."""
    said = {"callId": at.isoformat(), "direction": "incoming", "status": "answered", "durationSeconds": 30}
    _came(account, at, "call.ended", said | {"to": {"number": "2001"}} | data)


def texted(account: Account, at: datetime) -> None:
    """Take in a text."""
    _came(account, at, "sms.received", {"to": {"number": "+447700900700"}, "text": "Pump 7 has stopped."})


def _came(account: Account, at: datetime, type: str, data: dict[str, Any]) -> None:
    event = TelephonyEvent("pbx", at.isoformat(), type, at, at, {"from": {"number": "+447700900123"}} | data)
    account.events.kept[ACME, event.name] = StoredEvent.new(event, (), {})


def shown(browser: Browser, day: date | str) -> str:
    """Return the words of the page of a day."""
    return plain(browser.open(f"/console/reports?date={day}").words)


def today(account: Account) -> date:
    return account.clock().date()


def test_the_four_reports_of_yesterday_are_shown_first(account: Account) -> None:
    day = today(account) - timedelta(days=1)
    for hour in (9, 10, 10):
        rang(account, datetime(day.year, day.month, day.day, hour, len(account.events.kept), tzinfo=UTC), line="=2001")

    browser = account.signed_in()
    words = plain(browser.open("/console/reports").words)

    assert browser.answer.status == 200
    assert "3 calls: 3 in, 0 out, 0 internal." in words
    assert [
        title for title in ("Daily activity", "Texts received", "Texts sent", "Spending") if title not in words
    ] == []
    assert "Europe/London" in words
    assert f'value="{day}"' in browser.answer.text


def test_the_days_are_those_of_the_accounts_zone(account: Account) -> None:
    """The viewer's zone changes no day: whoever looks sees the same figures."""
    account.tenants.set_clock(ACME, AccountClock("Asia/Kathmandu"))  # 5:45 ahead of UTC
    day = today(account) - timedelta(days=2)
    rang(account, datetime(day.year, day.month, day.day, 18, 30, tzinfo=UTC))  # 00:15 of the day after

    browser = account.signed_in()

    assert "Nothing happened on this day" in shown(browser, day)
    assert "1 call: 1 in" in shown(browser, day + timedelta(days=1))


def test_a_day_without_anything_says_so(account: Account) -> None:
    words = shown(account.signed_in(), today(account) - timedelta(days=3))

    assert "Nothing happened on this day. There were no calls on this day." in words
    assert "Alerts and notices are not counted" in words  # else "nothing" would be too much said
    assert "All calls" not in words


def test_a_day_to_come_and_a_forgotten_day_say_so_and_count_nothing(account: Account) -> None:
    browser = account.signed_in()

    assert "This day is to come." in shown(browser, today(account) + timedelta(days=1))
    browser.follow("Show today")
    assert browser.path.endswith(f"date={today(account)}")
    assert "Figures are kept for 35 days." in shown(browser, today(account) - timedelta(days=35))
    browser.follow("Show the first day")
    assert browser.answer.status == 200
    assert "Day after" in browser.page.words
    assert "Day before" not in browser.page.words


def test_figures_before_eight_are_those_until_now(account: Account) -> None:
    browser = account.signed_in()

    assert "These are the figures until now." in shown(browser, today(account))
    assert "These are the figures until now." not in shown(browser, today(account) - timedelta(days=2))


def test_a_day_with_too_many_events_says_when_they_are_counted(account: Account) -> None:
    """The count stops after seconds of the processor, which a test cannot spend: here they are told to it."""
    account.signed_in()
    seconds = itertools.count(0, 5).__next__
    world = ReportWorld(now=account.clock())
    read = ReadReports(world.store, world.count, world.figures, lambda tenant: world.zone, world.clock, seconds)
    owner = PersonPrincipal(account.directory)(account.people[SystemRole.OWNER], Via.CONSOLE, "r", account.clock())
    [session] = account.sessions.of(owner.tenant, owner.user.id, account.clock()) if owner.user else []
    app = create_app("console")
    app.add([report_routes(Site(lambda call: Signed(session, owner, "UTC", "Northwater"), account.clock), read)])

    words = shown(Browser(Gateway(app)), today(account) - timedelta(days=2))

    assert "This day has more events than can be counted while you wait." in words
    assert "Download as CSV" not in words


@pytest.mark.parametrize("typed", ["tomorrow", "2026-13-01", "<script>alert(1)</script>"])
def test_what_is_no_day_is_a_fault_at_its_field(account: Account, typed: str) -> None:
    browser = account.signed_in()
    browser.open(f"/console/reports?date={typed}")

    assert browser.answer.status == 422
    assert "Write a day like 2026-11-29." in browser.page.words
    assert ("date", typed) in browser.page.forms[1].fields or ("date", typed) in browser.page.forms[0].fields
    browser.open(f"/console/reports/export.csv?date={typed}")
    assert browser.path.startswith("/console/reports?date=")


def test_the_table_has_each_figure_and_no_formula(account: Account) -> None:
    day = today(account) - timedelta(days=2)
    rang(account, datetime(day.year, day.month, day.day, 9, tzinfo=UTC), line="=HYPERLINK(1)")
    browser = account.signed_in()
    shown(browser, day)

    browser.follow("Download as CSV")

    assert browser.answer.status == 200
    assert browser.answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert f"reports-{day}.csv" in browser.answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(browser.answer.text.removeprefix("\ufeff"))))
    assert {row["date"] for row in rows} == {day.isoformat()}
    assert {row["report"] for row in rows} == {"daily_activity", "daily_spending"}  # the others have no table
    assert ("'=HYPERLINK(1)", "Calls", "1") in {(row["row"], row["column"], row["figure"]) for row in rows}


@pytest.mark.parametrize("role", list(SystemRole))
def test_s4_only_owners_and_admins_see_the_reports_and_their_entry(account: Account, role: SystemRole) -> None:
    browser = account.signed_in(role)
    allowed = role in (SystemRole.OWNER, SystemRole.ADMIN)

    links = {words.strip() for _, words in browser.page.links}
    assert ("Reports" in links) is allowed
    for path in ("reports", "reports?date=2026-11-01", "reports/export.csv"):
        browser.open(f"/console/{path}")
        assert browser.answer.status == (200 if allowed else 403), path
