"""The book that a process keeps is the book that is built anew."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.fakes.alert_rules import FakeAlertRules
from tests.unit.alert_rules.rules_world import ACME, OTHER, RulesWorld, user_id
from tests.unit.alert_rules.worlds import an_event
from tocsin.alert_rules.application.keep_book import ASKED_EVERY, BOOKS, NAMES_EVERY, KeepBook
from tocsin.alert_rules.domain.rule import COUNTS_AFTER, AlertRule
from tocsin.alert_rules.ports.rules import RuleChange
from tocsin.directory.domain.things import Kind, Line
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.domain.event import TelephonyEvent

UTC = ZoneInfo("UTC")
EVENTS = [an_event(line=line, status=status) for line in ("2001", "2002", "2003") for status in ("missed", "answered")]


def a_keeper(world: RulesWorld) -> KeepBook:
    return KeepBook(world.rules, world.account, lambda _: UTC, world.clock)


def matched(keeper: KeepBook, event: TelephonyEvent, tenant: TenantId = ACME) -> list[tuple[str, int, tuple[str, ...]]]:
    found = keeper(tenant).match(event)
    return [(each.rule.id, each.rule.version, tuple(trigger.id for trigger in each.triggers)) for each in found]


def change_something(world: RulesWorld, dice: random.Random) -> None:
    """Do one of the changes that there are, as an admin."""
    me, ids = world.caller("admin"), [rule.id for rule in world.rules.all(ACME)]
    if not ids or dice.random() < 0.3:
        filters = {"statuses": [dice.choice(["missed", "answered"])], "lines": [dice.choice(["l1", "l2"])]}
        world.create("admin", triggers=[{"filters": filters}])
        return
    id = dice.choice(ids)
    match dice.randrange(4):
        case 0:
            world.manage.patch(me, id, {"enabled": dice.random() < 0.5})
        case 1:
            world.parts.add_trigger(me, id, {"filters": {"lines": ["l2"]}})
        case 2:
            world.manage.delete(me, id)
        case _:
            world.manage.copy(me, id)


@pytest.mark.parametrize("seed", range(8))
def test_the_book_by_journal_is_the_book_that_is_built_anew(seed: int) -> None:
    world, dice = RulesWorld(), random.Random(seed)
    kept = a_keeper(world)
    hits = 0
    for _ in range(12):
        for _ in range(dice.randint(0, 3)):
            change_something(world, dice)
        if dice.random() < 0.2 and (journal := world.rules.journal.get(ACME)):
            world.rules.journal[ACME] = {max(journal): journal[max(journal)]}  # the rest has expired
        world.clock.advance(ASKED_EVERY)
        for event in EVENTS:
            found = matched(kept, event)
            assert found == matched(a_keeper(world), event)
            hits += len(found)
    assert hits


def test_a_process_asks_every_five_seconds_and_a_rule_counts_no_sooner() -> None:
    world = RulesWorld()
    keeper, event = a_keeper(world), an_event(line="2001")
    assert matched(keeper, event) == []
    world.manage.create(world.caller("admin"), {"name": "New", "type": "call", "triggers": [{}]})
    world.clock.advance(ASKED_EVERY - timedelta(milliseconds=1))
    assert matched(keeper, event) == []
    world.clock.advance(timedelta(milliseconds=1))
    assert len(matched(keeper, event)) == 1
    assert COUNTS_AFTER >= ASKED_EVERY


def test_a_process_that_slept_for_a_day_reads_all_rules_anew() -> None:
    world = RulesWorld()
    keeper, event = a_keeper(world), an_event(line="2001")
    keeper(ACME)
    world.create("admin")
    world.rules.journal.clear()  # it has expired
    world.clock.advance(timedelta(hours=13))
    assert len(matched(keeper, event)) == 1


class ChangedWhileRead(FakeAlertRules):
    """Rules of which one changes just after all were read."""

    def __init__(self, change: Callable[[], object]) -> None:
        super().__init__()
        self.change = change

    def all(self, tenant: TenantId) -> Sequence[AlertRule]:
        found = super().all(tenant)
        change, self.change = self.change, lambda: None
        change()
        return found


def test_a_change_while_all_rules_are_read_is_not_lost() -> None:
    world = RulesWorld()
    id = world.create("admin")
    rule = world.rules.rules[ACME, id]
    entry = next(iter(world.directory.trail.entries.values()))
    off = replace(rule, enabled=False, version=2)
    rules = ChangedWhileRead(lambda: rules.commit(RuleChange(rule, off, entry)))
    rules.rules, rules.journal = world.rules.rules, world.rules.journal
    keeper, event = KeepBook(rules, world.account, lambda _: UTC, world.clock), an_event(line="2001")
    assert len(matched(keeper, event)) == 1
    world.clock.advance(ASKED_EVERY)
    assert matched(keeper, event) == []


def test_an_account_without_changes_costs_one_question_every_five_seconds() -> None:
    world = RulesWorld()
    world.create("admin")
    keeper = a_keeper(world)
    keeper(ACME)
    world.rules.rules.clear()  # what is not read cannot be missed
    for _ in range(11):
        world.clock.advance(ASKED_EVERY)
        assert len(matched(keeper, an_event(line="2001"))) == 1


def test_a_line_that_is_new_in_the_directory_counts_after_a_minute() -> None:
    world = RulesWorld()
    world.create("admin", triggers=[{"filters": {"lines": ["l1"]}}])
    keeper, event = a_keeper(world), an_event(line="lobby")
    assert matched(keeper, event) == []
    line = world.directory.things[ACME, Kind.LINE, "l1"]
    assert isinstance(line, Line)
    world.directory.add(replace(line, aliases=("lobby",)))
    world.clock.advance(NAMES_EVERY)
    assert len(matched(keeper, event)) == 1


def test_accounts_have_books_of_their_own_and_few_are_kept() -> None:
    world = RulesWorld()
    world.create("admin", owner=user_id("user"))
    keeper, event = a_keeper(world), an_event(line="2001")
    assert len(matched(keeper, event)) == 1
    assert matched(keeper, event, OTHER) == []
    for n in range(BOOKS):
        keeper(TenantId(f"tenant{n}"))
    world.rules.rules.clear()  # what is kept would still match
    assert matched(keeper, event) == []
