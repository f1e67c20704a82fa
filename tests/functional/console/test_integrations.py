"""Integrations by the pages: their state with its incident, the reset that ends it, and who is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.functional.console.conftest import ACME, Account, Browser
from tests.functional.console.test_alerts import HOSTILE
from tocsin.directory.domain.things import Company
from tocsin.identity.domain.permissions import SystemRole
from tocsin.integrations.application.report_status import Reporter
from tocsin.integrations.domain.integration import Integration, IntegrationStatus
from tocsin.integrations.domain.report import StatusReport
from tocsin.kernel.domain.ids import CompanyId

NORTH, SOUTH = CompanyId("north"), CompanyId("south")


def integrations_of(account: Account) -> list[Integration]:
    return list(account.integrations.all(ACME))


def connected(account: Account, browser: Browser, **typed: Any) -> Integration:
    """Make an integration by its form."""
    browser.open("/console/integrations/new")
    browser.send("/integrations/new", **{"name": "HubSpot", "kind": "crm", **typed})
    return max(integrations_of(account), key=lambda integration: integration.created_at)


def failed(account: Account, integration: Integration, reason: str = "the token has expired") -> None:
    """Let an integration fail now, as an event says it."""
    report = StatusReport(IntegrationStatus.FAILED, reason, account.clock())
    account.integration_use.report()(ACME, integration.id, report, Reporter())


def in_companies(account: Account, role: SystemRole, *companies: CompanyId) -> None:
    person = account.people[role]
    account.people[role] = replace(person, companies=frozenset(companies))
    account.directory.add(account.people[role])
    account.directory.add(*(Company(tenant=ACME, id=id, name=id.title()) for id in (NORTH, SOUTH)))


def test_an_integration_is_made_once_and_turned_on_and_who_turns_it_on_is_told(account: Account) -> None:
    browser = account.signed_in()
    browser.open("/console/integrations/new")
    once = dict(browser.page.forms[1].fields)["once"]
    made = connected(account, browser, once=once)
    connected(account, browser, once=once)
    assert integrations_of(account) == [made]
    assert "Off" in browser.page.words
    browser.send("/state", ("act", "active"))
    assert "It is active" in browser.page.words
    browser.open("/console/integration-alerts")
    for said in ("Accountowner", "accountowner@example.org", "All companies", "by activating HubSpot", "never"):
        assert said in browser.page.words


def test_an_incident_says_since_when_who_was_mailed_and_what_comes_next(account: Account) -> None:
    browser = account.signed_in()
    made = connected(account, browser)
    browser.send("/state", ("act", "active"))
    failed(account, made)
    account.advance(minutes=5)
    browser.open("/console/integrations")
    for said in ("Does not work", "5 min ago", "mailed on", "next: day 7"):
        assert said in browser.page.words, said
    browser.open(f"/console/integrations/{made.id}")
    for said in ("Failed since", "the token has expired", "first mail: 1 person", "Next mail: day 7"):
        assert said in browser.page.words, said
    assert [tuple(mail.to) for mail in account.account_mails] == [("accountowner",)]


def test_ia_05_a_reset_ends_the_incident_which_stays_in_the_past(account: Account) -> None:
    browser = account.signed_in()
    made = connected(account, browser)
    failed(account, made)
    account.advance(minutes=5)
    browser.open(f"/console/integrations/{made.id}")
    browser.send("/state", ("act", "active"))
    assert "It is active. Its incident is over" in browser.page.words
    assert "Incidents that are over" in browser.page.words
    assert integrations_of(account)[0].incident is None
    assert account.timers.rows == {}


def test_faults_stand_at_their_fields_and_what_was_typed_stays(account: Account) -> None:
    browser = account.signed_in()
    browser.open("/console/integrations/new")
    browser.send("/integrations/new", name="", kind="crm" * 60)
    assert browser.answer.status == 422
    assert "Name:" in browser.page.words
    assert "Kind:" in browser.page.words
    assert integrations_of(account) == []


def test_a_change_of_another_is_shown_beside_what_was_typed(account: Account) -> None:
    browser, other = account.signed_in(), account.signed_in(SystemRole.ADMIN)
    made = connected(account, browser)
    other.open(f"/console/integrations/{made.id}")
    browser.send(made.id, name="Hub")
    other.send(made.id, name="Spot")
    assert other.answer.status == 409
    assert "Changed meanwhile" in other.page.words
    other.send(made.id)
    assert integrations_of(account)[0].name == "Spot"
    browser.open(f"/console/integrations/{made.id}/delete")
    other.send(made.id, name="New")
    browser.send("/delete")
    assert browser.answer.status == 409
    browser.open(f"/console/integrations/{made.id}/delete")
    browser.send("/delete")
    assert integrations_of(account) == []


def test_a_manager_chooses_among_their_companies_and_sees_no_other(account: Account) -> None:
    in_companies(account, SystemRole.MANAGER, NORTH, SOUTH)
    owner, browser = account.signed_in(), account.signed_in(SystemRole.MANAGER)
    connected(account, owner, name="Of the account")
    account.advance(seconds=1)
    made = connected(account, browser, company="south")
    assert made.company == SOUTH
    browser.open("/console/integrations")
    assert "South" in browser.page.words
    assert "Of the account" not in browser.page.words


def test_ia_11_an_alert_is_created_from_a_list_edited_and_deleted_after_a_question(account: Account) -> None:
    in_companies(account, SystemRole.MANAGER, NORTH)
    browser = account.signed_in()
    browser.open("/console/integration-alerts/new")
    assert "Reporting" not in browser.page.words.split("Why others are missing")[0].replace("Reporting is", "")
    assert "of other roles" in browser.page.words
    browser.send("/integration-alerts/new")
    assert browser.answer.status == 422
    browser.send("/integration-alerts/new", user="manager", companies=["north"])
    for said in ("Manager", "manager@example.org", "North", "Accountowner"):
        assert said in browser.page.words
    [made] = account.integration_alerts.all(ACME)
    browser.open("/console/integration-alerts/new")
    browser.send("/integration-alerts/new", user="manager", companies=["north"])
    assert "exactly these companies already" in browser.page.words
    browser.open(f"/console/integration-alerts/{made.id}")
    browser.send(made.id, companies=None)
    assert account.integration_alerts.all(ACME)[0].companies is None
    browser.open(f"/console/integration-alerts/{made.id}/delete")
    assert "Delete the alert of Manager?" in browser.page.words
    browser.send("/delete")
    assert account.integration_alerts.all(ACME) == []


def test_an_alert_that_was_changed_meanwhile_is_not_overwritten(account: Account) -> None:
    in_companies(account, SystemRole.MANAGER, NORTH)
    browser, other = account.signed_in(), account.signed_in(SystemRole.ADMIN)
    browser.open("/console/integration-alerts/new")
    browser.send("/integration-alerts/new", user="manager")
    [made] = account.integration_alerts.all(ACME)
    other.open(f"/console/integration-alerts/{made.id}")
    browser.open(f"/console/integration-alerts/{made.id}")
    browser.send(made.id, companies=["north"])
    other.send(made.id, user="admin")
    assert other.answer.status == 409
    assert "Changed meanwhile" in other.page.words


def test_ia_12_a_manager_touches_what_the_matrix_allows(account: Account) -> None:
    in_companies(account, SystemRole.MANAGER, NORTH)
    owner, browser = account.signed_in(), account.signed_in(SystemRole.MANAGER)
    for user in ("admin", "manager"):
        owner.open("/console/integration-alerts/new")
        owner.send("/integration-alerts/new", user=user)
    browser.open("/console/integration-alerts")
    assert "manager@example.org" in browser.page.words
    assert "admin@example.org" not in browser.page.words
    browser.open("/console/integration-alerts/new")
    assert "only owners and admins choose them" in browser.page.words
    assert "South" not in browser.page.words


@pytest.mark.parametrize("role", [SystemRole.REPORTING, SystemRole.USER, SystemRole.QUEUE_MANAGER])
def test_ia_14_others_get_the_page_that_says_why(account: Account, role: SystemRole) -> None:
    browser = account.signed_in(role)
    for path in ("integrations", "integration-alerts", "integration-alerts/new"):
        browser.open(f"/console/{path}")
        assert browser.answer.status == 403


def test_names_are_shown_as_text(account: Account) -> None:
    browser = account.signed_in()
    made = connected(account, browser, name=HOSTILE[0], kind=HOSTILE[1])
    failed(account, made, HOSTILE[1])
    for path in ("integrations", f"integrations/{made.id}", f"integrations/{made.id}/delete"):
        browser.open(f"/console/{path}")
        assert not any(each in browser.answer.text for each in HOSTILE[:2])
        assert browser.answer.status == 200
    assert timedelta(0) <= account.clock() - made.created_at
