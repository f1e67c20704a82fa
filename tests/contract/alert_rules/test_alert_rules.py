"""What every store of alert rules promises."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from tests.contract.cloud import Cloud, tenants_guarded
from tests.contract.core_table import fresh_table
from tests.fakes.alert_rules import FakeAlertRules
from tests.fakes.sealer import FakeSealer
from tests.fakes.time import NOON
from tests.unit.alert_rules.worlds import a_rule, a_trigger, random_rules
from tocsin.adapters.dynamodb.alert_rules.rules import DynamoDbAlertRules
from tocsin.adapters.dynamodb.alert_rules.standing import DynamoDbStandingRules
from tocsin.adapters.dynamodb.audit import DynamoDbAuditTrail
from tocsin.adapters.dynamodb.table.client import Backoff, Item
from tocsin.adapters.dynamodb.table.sealing import unseal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.alert_rules.domain.actions import EmailAction, HeaderPreset, SmsAction, WebhookAction, WebhookHeader
from tocsin.alert_rules.domain.rule import KEPT_FOR, AlertRule, RuleOptions, RuleThrottle, deleted, without_secrets
from tocsin.alert_rules.domain.triggers import RuleTrigger, RuleType, SecondsRange
from tocsin.alert_rules.ports.rules import ChangedRules, RuleChange, RuleFilter
from tocsin.alert_rules.ports.standing import StandingRules
from tocsin.audit.domain.actor import OPERATOR, Via
from tocsin.audit.domain.entry import AuditEntry, Thing
from tocsin.audit.ports import AuditQuery, AuditTrail
from tocsin.identity.domain.visibility import Made, Range
from tocsin.kernel.domain.errors import InvalidRequest, StaleWrite, StorageUnavailable
from tocsin.kernel.domain.ids import CompanyId, TenantId, UserId, time_ordered_uuid

ACME, OTHER = TenantId("acme"), TenantId("acme2")
SECRET = WebhookAction(
    id="n3",
    url="https://hooks.example.com/a?b=c",
    headers=(
        WebhookHeader(HeaderPreset.BASIC, username="ana", secret="canary-secret"),
        WebhookHeader(HeaderPreset.CUSTOM, name="X-Desk"),
    ),
)
ACTIONS = (
    EmailAction(id="n1", to="ana@example.com", subject="Missed %%LINE%%", body="call back"),
    SmsAction(id="n2", sender="+447700900100", to=("+447700900123",), enabled=False),
    SECRET,
)


@dataclass
class World:
    rules: FakeAlertRules | DynamoDbAlertRules
    trail: AuditTrail
    table: Table | None = None
    entries: int = 0

    def write(self, before: AlertRule | None, after: AlertRule) -> AlertRule:
        self.entries += 1
        id = time_ordered_uuid(NOON, self.entries.to_bytes(10, "big"))
        thing = Thing("alert_rule", after.id, after.name)
        entry = AuditEntry(after.tenant, id, NOON, OPERATOR, Via.OPERATOR, "alert_rule.x", thing)
        self.rules.commit(RuleChange(before, after, entry))
        return after

    def add(self, **given: Any) -> AlertRule:
        return self.write(None, replace(a_rule(RuleType.CALL), **given))

    def audited(self) -> int:
        return len(self.trail.read(ACME, AuditQuery(), 100, None, NOON).entries)

    def ids(self, filter: RuleFilter) -> list[str]:
        return [rule.id for rule in self.rules.page(ACME, filter, 100, None, NOON).rules]


@pytest.fixture
def world(make: tuple[str, Cloud | None]) -> Iterator[World]:
    _, clients = make
    if clients is None:
        fake = FakeAlertRules()
        yield World(fake, fake.trail)
        return
    with fresh_table(clients) as name, tenants_guarded(clients.dynamodb):
        table = Table(clients.dynamodb, name)
        yield World(DynamoDbAlertRules(table, FakeSealer()), DynamoDbAuditTrail(table, FakeSealer()), table)


def test_al_41_a_rule_stands_until_it_is_deleted(world: World) -> None:
    fake = world.rules if isinstance(world.rules, FakeAlertRules) else FakeAlertRules()
    standing: StandingRules = DynamoDbStandingRules(world.table) if world.table else fake
    rule = world.add(enabled=False)
    assert standing.stands(ACME, rule.id)
    assert not standing.stands(ACME, "r9")
    assert not standing.stands(OTHER, rule.id)
    world.write(rule, deleted(rule, NOON))
    assert not standing.stands(ACME, rule.id)


def test_a_rule_is_read_as_it_was_written(world: World) -> None:
    options = RuleOptions(RuleThrottle(3, timedelta(minutes=90)), digest=timedelta(hours=1), urgent=True)
    rule = a_rule(
        RuleType.SIP,
        replace(a_trigger(lines=["l1"], events=["unregistered"]), out_of_scope=True, description="Lobby"),
        description="when the lobby is dark",
        options=replace(options, hold=timedelta(seconds=90)),
        actions=ACTIONS,
        made=Made(UserId("u2"), CompanyId("north")),
        sight=frozenset({"line:l1"}),
    )
    world.write(None, rule)
    assert world.rules.get(ACME, "r1") == rule
    assert world.rules.get(OTHER, "r1") is None


def test_rules_of_every_type_and_filter_are_read_as_they_were_written(world: World) -> None:
    rules = [rule for rule in random_rules(random.Random(7), 25) if all(map(_can_be_written, rule.triggers))]
    assert len(rules) > 15
    for rule in rules:
        world.write(None, rule)
    assert {rule.id: rule for rule in world.rules.all(ACME)} == {rule.id: rule for rule in rules}
    assert {each.id for each in world.rules.get_many(ACME, ["none", rules[3].id])} == {rules[3].id}


def test_a_change_counts_on_the_version_that_was_read(world: World) -> None:
    first = world.add()
    second = world.write(first, replace(first, name="Second", version=2))
    with pytest.raises(StaleWrite):
        world.write(first, replace(first, name="Lost", version=2))
    with pytest.raises(StaleWrite):
        world.write(None, first)
    assert world.rules.get(ACME, "r1") == second
    assert world.audited() == 2


def test_an_earlier_version_is_kept_without_secrets_for_ninety_days(world: World) -> None:
    first = world.add(actions=ACTIONS)
    second = world.write(first, replace(first, name="Second", version=2))
    end = NOON + KEPT_FOR
    assert world.rules.version(ACME, "r1", 1, end - timedelta(seconds=1)) == without_secrets(first)
    assert world.rules.version(ACME, "r1", 1, end) is None
    assert world.rules.version(ACME, "r1", 2, end) == without_secrets(second)
    assert world.rules.version(ACME, "r1", 3, NOON) is None


def test_al_41_a_deleted_rule_is_kept_apart_for_ninety_days(world: World) -> None:
    rule = world.add(actions=ACTIONS)
    gone = world.write(rule, deleted(rule, NOON))
    assert world.rules.all(ACME) == []
    assert world.rules.get(ACME, "r1") == gone
    assert world.ids(RuleFilter()) == []
    assert world.ids(RuleFilter(deleted=True)) == ["r1"]
    assert world.rules.page(ACME, RuleFilter(deleted=True), 9, None, NOON + KEPT_FOR).rules == []


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        (RuleFilter(), "edcba"),
        (RuleFilter(Range(), UserId("u1")), "ba"),
        (RuleFilter(Range(companies=frozenset({CompanyId("north")})), UserId("u1")), "cba"),
        (RuleFilter(owner=UserId("u2")), "edc"),
        (RuleFilter(type=RuleType.SMS), "b"),
        (RuleFilter(enabled=False), "d"),
        (RuleFilter(search="LOBBY"), "e"),
        (RuleFilter(type=RuleType.SMS, enabled=False), ""),
    ],
)
def test_lists_are_newest_first_and_every_condition_holds(world: World, filter: RuleFilter, found: str) -> None:
    u2 = UserId("u2")
    world.add(id="a")
    world.add(id="b", type=RuleType.SMS)
    world.add(id="c", owner=u2, made=Made(u2, CompanyId("north")))
    world.add(id="d", owner=u2, enabled=False)
    world.add(id="e", owner=u2, description="the lobby")
    world.write(None, replace(a_rule(RuleType.CALL), tenant=OTHER, id="f"))
    assert world.ids(filter) == list(found)


def test_pages_follow_each_other_and_a_cursor_fits_its_own_list_only(world: World) -> None:
    for id in "abcde":
        world.add(id=id)
    seen, cursor = [], None
    while True:
        page = world.rules.page(ACME, RuleFilter(), 2, cursor, NOON)
        seen += [rule.id for rule in page.rules]
        if page.next is None:
            break
        cursor = page.next
    assert seen == list("edcba")
    assert cursor is not None
    for filter in (RuleFilter(search="x"), RuleFilter(me=UserId("u1"))):
        with pytest.raises(InvalidRequest):
            world.rules.page(ACME, filter, 2, cursor, NOON)


def test_the_journal_names_what_changed_since_a_version_of_the_book(world: World) -> None:
    assert world.rules.changed_since(ACME, 0) == ChangedRules(0, [])
    first = world.add(id="a")
    world.add(id="b")
    began = world.rules.book_version(ACME)
    second = world.write(first, replace(first, version=2))
    world.write(second, deleted(second, NOON))
    world.add(id="c")
    assert (began, world.rules.book_version(ACME), world.rules.book_version(OTHER)) == (2, 5, 0)
    assert world.rules.changed_since(ACME, began) == ChangedRules(5, ["a", "c"])
    assert world.rules.changed_since(ACME, 5) == ChangedRules(5, [])


def test_a_refused_change_is_not_in_the_journal(world: World) -> None:
    rule = world.add()
    with pytest.raises(StaleWrite):
        world.write(None, rule)
    assert world.rules.changed_since(ACME, 0) == ChangedRules(1, ["r1"])


def test_a_journal_with_a_gap_says_nothing(world: World) -> None:
    for id in "abc":
        world.add(id=id)
    if isinstance(world.rules, FakeAlertRules):
        del world.rules.journal[ACME][1]
    else:
        assert world.table is not None
        world.table.write({"Delete": {"Key": {"pk": {"S": "T#acme#J"}, "sk": {"S": f"{1:012}"}}}})
    assert world.rules.changed_since(ACME, 0) is None
    assert world.rules.changed_since(ACME, 1) == ChangedRules(3, ["b", "c"])


class StaleBook(DynamoDbAlertRules):
    """Reads the version of the book as it was before the latest change, so often."""

    late = 0

    def book_version(self, tenant: TenantId) -> int:
        self.late -= 1
        return super().book_version(tenant) - (self.late >= 0)


def test_rules_that_change_at_once_both_get_a_place_in_the_journal(engine: tuple[str, Cloud]) -> None:
    sealer = FakeSealer()
    with fresh_table(engine[1]) as name:
        table = Table(engine[1].dynamodb, name, Backoff(sleep=lambda _: None))
        rules = StaleBook(table, sealer)
        world = World(rules, DynamoDbAuditTrail(table, sealer), table)
        for id in "ab":
            world.add(id=id)
        rules.late = 2
        world.add(id="c")
        assert rules.changed_since(ACME, 0) == ChangedRules(3, ["a", "b", "c"])
        rules.late = 99
        with pytest.raises(StorageUnavailable):
            world.add(id="d")
        rules.late = 0
        assert (rules.get(ACME, "d"), rules.book_version(ACME)) == (None, 3)


def test_secrets_are_sealed_apart_and_go_with_the_rule(engine: tuple[str, Cloud]) -> None:
    sealer = FakeSealer()
    with fresh_table(engine[1]) as name, tenants_guarded(engine[1].dynamodb):
        table = Table(engine[1].dynamodb, name)
        world = World(DynamoDbAlertRules(table, sealer), DynamoDbAuditTrail(table, sealer), table)
        rule = world.add(actions=ACTIONS)
        (row,) = _rows(table, "T#acme#RULES")
        assert "canary-secret" in str(unseal(sealer, ACME, row, "keys"))
        world.write(rule, deleted(rule, NOON))
        rows = [row, *_rows(table, "T#acme#RULES"), *_rows(table, "T#acme#R#r1")]
        assert ["keys" in each for each in rows] == [True, False, False]
        for each in rows:
            assert "canary-secret" not in str(unseal(sealer, ACME, each))
            clear = str({name: value for name, value in each.items() if name not in ("sealed", "keys")})
            assert not [word for word in ("Missed", "ana@example.com", "hooks.example.com") if word in clear]


def _rows(table: Table, pk: str) -> list[Item]:
    return list(table.query("pk = :pk", {":pk": {"S": pk}}))


def _can_be_written(trigger: RuleTrigger) -> bool:
    """Whether people can write a trigger: a length of a call has one end at least."""
    return trigger.filters.duration != SecondsRange()
