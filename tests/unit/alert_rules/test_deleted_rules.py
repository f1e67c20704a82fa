"""Deleting a rule stops the dispatch of its messages at once (AL-41)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builders import TENANT, number, sms
from tests.fakes.alert_rules import FakeAlertRules
from tests.fakes.time import NOON
from tests.unit.alert_rules.worlds import a_rule
from tests.unit.delivery.stand import Stand
from tocsin.alert_rules.application.deleted_rules import StopDeletedRules
from tocsin.alert_rules.domain.rule import deleted
from tocsin.alert_rules.domain.triggers import RuleType
from tocsin.alerts.domain.cause import Cause, CauseKind

RULE = a_rule(RuleType.CALL)


def a_stand(rules: FakeAlertRules, kind: CauseKind) -> Stand:
    """Return a stand with an alert of two texts, made by the rule, that is dispatched with the guard."""
    stand = Stand(sms(number(1), number(2)))
    key = (TENANT, stand.alert.ref)
    stand.alerts.alerts[key] = replace(stand.alert, cause=Cause(kind, RULE.id, "run1", NOON))
    stand.guards.insert(0, StopDeletedRules(rules))
    return stand


@pytest.fixture
def rules() -> FakeAlertRules:
    rules = FakeAlertRules()
    rules.rules[TENANT, RULE.id] = RULE
    return rules


@pytest.mark.parametrize("kind", [CauseKind.RULE, CauseKind.RULE_TEST])
def test_al_41_messages_of_a_deleted_rule_are_cancelled(rules: FakeAlertRules, kind: CauseKind) -> None:
    rules.rules[TENANT, RULE.id] = deleted(RULE, NOON)
    stand = a_stand(rules, kind)
    stand.dispatch()
    assert stand.states() == ["cancelled", "cancelled"]
    assert not stand.sms.received


def test_messages_of_a_rule_that_stands_are_sent(rules: FakeAlertRules) -> None:
    rules.rules[TENANT, RULE.id] = replace(RULE, enabled=False)
    stand = a_stand(rules, CauseKind.RULE)
    stand.dispatch()
    assert stand.states() == ["sent", "sent"]


def test_messages_wait_while_rules_cannot_be_read(rules: FakeAlertRules) -> None:
    stand = a_stand(rules, CauseKind.RULE)
    rules.outage.failing = 1
    stand.dispatch()
    assert stand.states() == ["retry_wait", "retry_wait"]
    assert stand.row(0).reason == "check_failed"


def test_other_alerts_cost_no_read(rules: FakeAlertRules) -> None:
    rules.outage.failing = 1
    stand = a_stand(rules, CauseKind.SCHEDULE)
    stand.dispatch()
    assert stand.states() == ["sent", "sent"]
