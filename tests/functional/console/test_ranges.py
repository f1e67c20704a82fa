"""Companies on pages: what a person makes belongs to one, and pages show what is in the person's range (decided 2.1)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.functional.console.conftest import ACME, Account, Browser
from tests.functional.console.test_alerts import composed
from tests.functional.console.test_escalations import kept
from tests.functional.console.test_schedules import scheduled
from tocsin.directory.domain.things import Company
from tocsin.identity.domain.permissions import SystemRole
from tocsin.kernel.domain.ids import AlertRef, CompanyId

NORTH, SOUTH = CompanyId("north"), CompanyId("south")


@pytest.fixture
def account(account: Account) -> Account:
    account.directory.add(Company(tenant=ACME, id=NORTH, name="Northwind"))
    account.directory.add(Company(tenant=ACME, id=SOUTH, name="Southwind"))
    return account


def manager(account: Account, *companies: CompanyId) -> Browser:
    """Sign in the manager as one of these companies."""
    person = account.people[SystemRole.MANAGER]
    account.directory.add(replace(person, companies=frozenset(companies)))
    return account.signed_in(SystemRole.MANAGER)


def sent(account: Account, browser: Browser, **typed: str | list[str]) -> AlertRef:
    composed(browser, **typed)
    browser.send("/console/alerts/new", ("part", "send"))
    assert browser.answer.status == 200, browser.page.words
    return list(account.alerts.alerts.values())[-1].ref


def offered(browser: Browser, path: str) -> bool:
    return "For which company" in browser.open(path).words


def test_who_has_one_company_is_not_asked_and_its_managers_see_the_alert(account: Account) -> None:
    browser = manager(account, NORTH)
    assert not offered(browser, "/console/alerts/new")
    ref = sent(account, browser)
    assert account.alerts.alerts[ACME, ref].company == NORTH
    assert "For Northwind" in browser.open(f"/console/alerts/{ref}").words
    assert "for Northwind" in browser.open("/console/alerts").words


def test_who_has_several_companies_chooses_one_and_nothing_is_sent_before(account: Account) -> None:
    browser = manager(account, NORTH, SOUTH)
    composed(browser)
    assert browser.answer.status == 422
    assert "Choose the company that it is for." in browser.page.words
    assert not account.alerts.alerts
    ref = sent(account, browser, company=SOUTH)
    assert account.alerts.alerts[ACME, ref].company == SOUTH
    for path in ("/console/groups/new", "/console/content/new"):
        assert offered(browser, path)


def test_who_reaches_the_whole_account_may_choose_a_company_of_it_and_no_other(account: Account) -> None:
    browser = account.signed_in()
    assert offered(browser, "/console/alerts/new")
    assert account.alerts.alerts[ACME, sent(account, browser)].company is None
    assert account.alerts.alerts[ACME, sent(account, browser, company=NORTH)].company == NORTH
    composed(browser, company="west")
    assert browser.answer.status == 422


def test_what_is_out_of_range_is_on_no_page(account: Account) -> None:
    owner = account.signed_in()
    companies: tuple[str, ...] = ("", NORTH, SOUTH)
    refs = {each: sent(account, owner, company=each, title=f"Of {each}") for each in companies}
    for company in companies[1:]:
        owner.open("/console/groups/new")
        owner.send("/console/groups/new", name=f"Crew {company}", company=company)
    browser = manager(account, NORTH)

    words = browser.open("/console/alerts").words
    assert ("Of north" in words, "Of south" in words) == (True, False)
    for company, ref in refs.items():
        for page in ("", "/export.csv", "/stop", "/mark"):
            browser.open(f"/console/alerts/{ref}{page}")
            assert browser.answer.status == (200 if company == NORTH else 404), (company, page)
    browser.open(f"/console/alerts/new?like={refs[SOUTH]}")
    assert browser.answer.status == 404
    words = browser.open("/console/groups").words
    assert ("Crew north" in words, "Crew south" in words) == (True, False)


def test_a_user_sees_of_an_alert_that_reached_them_their_own_row_and_nothing_to_do(account: Account) -> None:
    user = account.people[SystemRole.USER]
    typed: dict[str, str | list[str]] = {
        "channel": ["mail"],
        "mail": "Come at once.",
        "receivers": f"bob@example.org\n{user.email}",
    }
    ref = sent(account, account.signed_in(), **typed)
    browser = account.signed_in(SystemRole.USER)
    assert "Pump 7 stopped" in browser.open("/console/alerts").words
    words = browser.open(f"/console/alerts/{ref}").words
    assert user.email in words
    assert "Come at once." in words
    for hidden in ("bob@example.org", "Stop alert", "Mark as answered", "2 people"):
        assert hidden not in words
    assert "bob@example.org" not in browser.open(f"/console/alerts/{ref}/export.csv").words


def test_an_alert_like_one_that_was_only_received_goes_to_no_other_receiver(account: Account) -> None:
    person = account.people[SystemRole.MANAGER]
    typed: dict[str, str | list[str]] = {
        "channel": ["mail"],
        "mail": "Come at once.",
        "receivers": f"bob@example.org\n{person.email}",
        "company": SOUTH,
    }
    ref = sent(account, account.signed_in(), **typed)
    browser = manager(account, NORTH)
    browser.open(f"/console/alerts/new?like={ref}")
    assert browser.answer.status == 200
    assert "Come at once." in browser.answer.text
    assert "bob@example.org" not in browser.answer.text


def test_two_people_may_have_groups_of_one_name(account: Account) -> None:
    for role in (SystemRole.OWNER, SystemRole.ADMIN):
        browser = account.signed_in(role)
        browser.open("/console/groups/new")
        browser.send("/console/groups/new", name="Night crew")
        assert browser.answer.status == 200
        browser.open("/console/groups/new")
        browser.send("/console/groups/new", name="Night crew")
        assert browser.answer.status == 422


def test_lists_name_the_company_of_what_they_list(account: Account) -> None:
    browser = account.signed_in()
    for company in ("", NORTH):
        browser.open("/console/groups/new")
        browser.send("/console/groups/new", name=f"Crew {company}", company=company)
        browser.open("/console/content/new?kind=sms")
        browser.send("/console/content/new", name=f"Text {company}", content="Come.", company=company)
    kept(account, browser, company=NORTH)
    scheduled(account, browser, company=NORTH)

    for page in ("groups", "content", "escalations", "schedules"):
        words = browser.open(f"/console/{page}").words
        # Of two stores of a kind one has a company; the stored escalation is content too.
        assert words.count("for Northwind") == (2 if page == "content" else 1), page
