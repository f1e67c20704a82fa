"""An account with a directory and rules, and what people do with them in the console."""

from __future__ import annotations

from typing import Any

from tests.functional.console.conftest import ACME, Account, Browser
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.directory.domain.things import Group, GroupKind, Line, PhoneNumber
from tocsin.identity.domain.permissions import SystemRole

OURS = "+447700900100"
"""A number of the account that can send texts."""


def with_directory(account: Account) -> Account:
    """Return the account with two lines, a queue and a number; line 2001 is that of the person of role `user`."""
    account.directory.add(
        Line(tenant=ACME, id="l1", extension="2001", label="Hall", user=account.people[SystemRole.USER].id),
        Line(tenant=ACME, id="l2", extension="2002", discovered=True),
        Group(tenant=ACME, id="g1", kind=GroupKind.QUEUE, name="Sales"),
        PhoneNumber(tenant=ACME, id="p1", e164=OURS, label="Main", sms_enabled=True),
    )
    return account


def rules_of(account: Account) -> list[AlertRule]:
    """Return the rules that are not deleted, oldest first."""
    return list(account.rules.all(ACME))


def made(account: Account, browser: Browser, **typed: Any) -> AlertRule:
    """Make a rule by its form; the browser is on its page then."""
    account.advance(seconds=1)
    browser.open("/console/rules/new")
    browser.send("/console/rules/new", **{"name": "Missed sales calls", "type": "call", **typed})
    return rules_of(account)[-1]


def path(rule: AlertRule, *below: str) -> str:
    """Return the path of a page of a rule."""
    return "/".join(("/console/rules", rule.id, *below))
