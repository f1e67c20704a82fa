"""Alert rules as resources: AL-1 to AL-18, AL-37 and AL-41 as far as no event is needed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.fakes.time import NOON
from tests.unit.alert_rules.rules_world import (
    ACME,
    CALLS,
    HOOK,
    MAIL,
    NO_TEXTS,
    OTHER,
    ROLES,
    TEXT,
    RulesWorld,
    user_id,
)
from tocsin.alert_rules.application.read_rules import RuleList, WantedRules
from tocsin.alert_rules.domain.actions import WebhookAction
from tocsin.alert_rules.domain.fields import resource
from tocsin.alert_rules.domain.rights import may_edit
from tocsin.alert_rules.domain.rule import KEPT_FOR, AlertRule
from tocsin.alert_rules.domain.run import RuleRun, RuleRunState, run_id
from tocsin.alert_rules.ports.runs import RunFilter
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.user import UserState
from tocsin.kernel.domain.errors import (
    ConfirmFirst,
    Forbidden,
    Immutable,
    InvalidRequest,
    NotFound,
    NotPossible,
    PreconditionFailed,
    StaleWrite,
    TocsinError,
    WrongState,
)
from tocsin.kernel.domain.ids import CompanyId


@pytest.fixture
def world() -> RulesWorld:
    return RulesWorld()


def pointers(error: pytest.ExceptionInfo[InvalidRequest]) -> list[str]:
    return [fault.pointer for fault in error.value.faults]


# --- AL-1 to AL-5: creating and lists -------------------------------------------------------------------------------


def test_al_1_without_name_and_type_nothing_is_created(world: RulesWorld) -> None:
    with pytest.raises(InvalidRequest) as refused:
        world.manage.create(world.caller("user"), {"description": "x"})
    assert sorted(pointers(refused)) == ["/name", "/type"]
    assert world.rules.rules == {}
    assert world.manage.create(world.caller("user"), CALLS).description == ""


def test_al_2_the_type_cannot_be_changed(world: RulesWorld) -> None:
    id = world.create()
    before = world.rules.get(ACME, id)
    with pytest.raises(Immutable):
        world.manage.patch(world.caller("user"), id, {"type": "sms", "name": "Other"})
    assert world.rules.get(ACME, id) == before
    assert world.manage.patch(world.caller("user"), id, {"type": "call", "name": "Other"}).name == "Other"


def test_al_3_and_4_owned_lists_have_my_rules_and_all_has_every_rule(world: RulesWorld) -> None:
    mine = world.create("admin")
    theirs = world.create("admin", owner=user_id("user"))
    assert world.listed("admin") == [mine]
    assert world.listed("user") == [theirs]
    assert world.listed("admin", RuleList.ALL) == [theirs, mine]
    world.create("user", name="Lobby")
    assert len(world.listed("admin", RuleList.ALL, owner=user_id("user"))) == 2
    assert len(world.listed("admin", RuleList.ALL, search="lobby")) == 1


def test_al_5_without_all_alerts_others_rules_are_not_seen(world: RulesWorld) -> None:
    id = world.create("admin")
    with pytest.raises(Forbidden):
        world.listed("user", RuleList.ALL)
    with pytest.raises(Forbidden, match="owner of the rule"):
        world.read.one(world.caller("user"), id)
    with pytest.raises(NotFound):
        world.read.one(world.caller("user"), "none")


# --- the matrix: AL-5 to AL-10 --------------------------------------------------------------------------------------

Call = Callable[[RulesWorld, Principal, str], object]
OPERATIONS: dict[str, Call] = {
    "read": lambda w, c, id: w.read.one(c, id),
    "history": lambda w, c, id: w.read.history(c, id, 10, None),
    "copy": lambda w, c, id: w.manage.copy(c, id),
    "delete": lambda w, c, id: w.manage.delete(c, id),
    "patch": lambda w, c, id: w.manage.patch(c, id, {"name": "New"}),
    "read trigger": lambda w, c, id: w.parts.trigger(c, id, part(w, id, "triggers")),
    "add trigger": lambda w, c, id: w.parts.add_trigger(c, id, {}),
    "patch trigger": lambda w, c, id: w.parts.patch_trigger(c, id, part(w, id, "triggers"), {"description": "x"}),
    "delete trigger": lambda w, c, id: w.parts.delete_trigger(c, id, part(w, id, "triggers")),
    "read notification": lambda w, c, id: w.parts.action(c, id, part(w, id, "actions")),
    "add notification": lambda w, c, id: w.parts.add_action(c, id, MAIL),
    "patch notification": lambda w, c, id: w.parts.patch_action(c, id, part(w, id, "actions"), {"subject": "x"}),
    "toggle": lambda w, c, id: w.parts.toggle(c, id, [part(w, id, "actions")], enabled=False),
    "delete notifications": lambda w, c, id: w.parts.delete_actions(c, id, [part(w, id, "actions")]),
    "give": lambda w, c, id: w.manage.give(c, id, user_id("queue_manager")),
}
READS = frozenset({"read", "history", "read trigger", "read notification"})
SEES = READS | {"copy", "delete"}
OWNS = frozenset(OPERATIONS) - {"give"}
EVERYTHING = frozenset(OPERATIONS)
NARROWED = {name: (EVERYTHING, SEES) for name in ROLES if name.startswith("all.view without")}
MATRIX = {
    # role: with one's own rule, with another's
    "account_owner": (EVERYTHING, EVERYTHING),
    "admin": (EVERYTHING, EVERYTHING),
    "manager": (OWNS, frozenset()),
    "queue_manager": (OWNS, frozenset()),
    "user": (OWNS, frozenset()),
    "reporting": (frozenset(), frozenset()),
    "nothing more": (OWNS, frozenset()),
    "all.view": (EVERYTHING, SEES),
    "all.view, 4 scopes": (EVERYTHING, EVERYTHING),
    **NARROWED,
}


def part(world: RulesWorld, id: str, kind: str) -> str:
    found: str = getattr(world.rules.rules[world.tenant, id], kind)[0].id
    return found


def a_world_with_a_rule(owner: str) -> tuple[RulesWorld, str]:
    world = RulesWorld()
    id = world.create("account_owner", notifications=[MAIL])
    rule = world.rules.rules[ACME, id]
    world.rules.rules[ACME, id] = replace(rule, owner=user_id(owner))
    return world, id


def test_the_matrix_has_every_role() -> None:
    assert MATRIX.keys() == ROLES.keys()


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("role", ROLES)
def test_al_5_to_11_every_role_with_every_operation(role: str, operation: str) -> None:
    """A refused call changes nothing. A change writes one entry of the audit trail, a reading call none."""
    for mine, allowed in zip((True, False), MATRIX[role], strict=True):
        world, id = a_world_with_a_rule(role if mine else "user" if role != "user" else "admin")
        before, entries = dict(world.rules.rules), len(world.directory.trail.entries)
        if operation in allowed:
            OPERATIONS[operation](world, world.caller(role), id)
            changed = world.rules.rules != before
            assert changed == (operation not in READS)
            assert len(world.directory.trail.entries) - entries == changed
        else:
            with pytest.raises(Forbidden):
                OPERATIONS[operation](world, world.caller(role), id)
            assert world.rules.rules == before
            assert len(world.directory.trail.entries) == entries


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_rule_of_another_tenant_is_not_found(world: RulesWorld, operation: str) -> None:
    id = world.create("account_owner", notifications=[MAIL])
    before = dict(world.rules.rules)
    stranger = replace(world.caller("account_owner"), tenant=OTHER)
    with pytest.raises(NotFound):
        OPERATIONS[operation](world, stranger, id)
    assert world.rules.rules == before


@pytest.mark.parametrize("operation", sorted(set(OPERATIONS) - READS))
def test_a_token_that_reads_only_changes_nothing(world: RulesWorld, operation: str) -> None:
    id = world.create("admin", notifications=[MAIL])
    with pytest.raises(Forbidden, match="reads only"):
        OPERATIONS[operation](world, world.caller("admin", read_only=True), id)


@pytest.mark.parametrize(("role", "may"), [("admin", True), ("all.view", True), ("manager", False), ("user", False)])
def test_al_10_creating_for_another_needs_all_alerts(world: RulesWorld, role: str, may: bool) -> None:
    if may:
        assert world.rules.rules[ACME, world.create(role, owner=user_id("manager" if role == "admin" else "admin"))]
    else:
        with pytest.raises(Forbidden):
            world.create(role, owner=user_id("admin"))


def test_al_10_the_new_owner_is_a_person_of_the_tenant_who_may_have_rules(world: RulesWorld) -> None:
    id = world.create("admin")
    for call in (
        lambda to: world.create("admin", owner=to),
        lambda to: world.manage.give(world.caller("admin"), id, to),
    ):
        with pytest.raises(InvalidRequest) as refused:
            call("unknown")
        assert pointers(refused) == ["/owner"]
        with pytest.raises(NotPossible):
            call(user_id("reporting"))


def test_an_api_key_names_the_owner_and_counts_by_its_role(world: RulesWorld) -> None:
    with pytest.raises(InvalidRequest) as refused:
        world.manage.create(world.key("admin"), CALLS)
    assert pointers(refused) == ["/owner"]
    assert world.manage.create(world.key("admin"), CALLS | {"owner": user_id("user")}).made.by is None
    for role in (None, "user", "reporting"):
        with pytest.raises(Forbidden):
            world.manage.create(world.key(role), CALLS | {"owner": user_id("user")})


# --- AL-11 and AL-12: owner and copy --------------------------------------------------------------------------------


def test_al_11_another_owner_moves_the_rule_between_lists_and_keeps_its_parts(world: RulesWorld) -> None:
    id = world.create("admin", notifications=[MAIL, TEXT])
    world.runs.add(a_run(id))
    before = world.rules.rules[ACME, id]
    after = world.manage.give(world.caller("admin"), id, user_id("manager"))
    assert (world.listed("admin"), world.listed("manager")) == ([], [id])
    assert (after.triggers, after.actions) == (before.triggers, before.actions)
    assert len(world.read.history(world.caller("manager"), id, 10, None).runs) == 1


def test_al_11_triggers_that_the_new_owner_may_not_use_are_listed_first(world: RulesWorld) -> None:
    id = world.create("admin", triggers=[{"filters": {"lines": ["l1"]}}, {"filters": {"lines": ["2002"]}}])
    with pytest.raises(ConfirmFirst) as listed:
        world.manage.give(world.caller("admin"), id, user_id("user"))
    second = world.rules.rules[ACME, id].triggers[1].id
    assert listed.value.ids == (second,)
    with pytest.raises(ConfirmFirst):
        world.manage.give(world.caller("admin"), id, user_id("user"), confirm="other")
    after = world.manage.give(world.caller("admin"), id, user_id("user"), confirm=listed.value.confirm)
    assert [trigger.out_of_scope for trigger in after.triggers] == [False, True]


def test_al_12_a_copy_has_the_parts_and_no_history_and_belongs_to_the_copier(world: RulesWorld) -> None:
    id = world.create("user", notifications=[MAIL, HOOK])
    world.runs.add(a_run(id))
    copy = world.manage.copy(world.caller("all.view"), id)
    assert copy.rule.id != id
    assert copy.rule.owner == user_id("all.view")
    assert copy.rule.triggers == world.rules.rules[ACME, id].triggers
    assert world.read.history(world.caller("all.view"), copy.rule.id, 10, None).runs == []
    assert list(copy.secret_missing.values()) == [("Authorization", "url")]
    assert "canary" not in str(world.rules.rules[ACME, copy.rule.id])
    own = world.manage.copy(world.caller("user"), id)
    assert own.secret_missing == {}
    assert "canary-token" in str(own.rule)


# --- AL-14 to AL-18, AL-20: parts -----------------------------------------------------------------------------------


def test_al_14_a_notification_keeps_its_type_and_everything_else_can_be_edited(world: RulesWorld) -> None:
    me, id = world.caller("user"), world.create("user", notifications=[MAIL])
    mail = part(world, id, "actions")
    with pytest.raises(Immutable):
        world.parts.patch_action(me, id, mail, {"type": "sms"})
    saved = world.parts.patch_action(me, id, mail, {"to": "bob@example.com", "body": "call", "enabled": False})
    assert resource(saved.rule, may_edit=True)["notifications"] == [
        {"id": mail, **MAIL, "to": "bob@example.com", "body": "call", "enabled": False}
    ]


def test_al_15_and_16_only_the_selected_notifications_are_switched_off_and_deleted(world: RulesWorld) -> None:
    me, id = world.caller("user"), world.create("user", notifications=[MAIL, TEXT, MAIL])
    first, second, third = (action.id for action in world.rules.rules[ACME, id].actions)
    after = world.parts.toggle(me, id, [first, second], enabled=False)
    assert [action.enabled for action in after.actions] == [False, False, True]
    for ids, error in (([first, "other"], NotFound), ([], InvalidRequest)):
        with pytest.raises(error):
            world.parts.delete_actions(me, id, ids)
        with pytest.raises(error):
            world.parts.toggle(me, id, ids, enabled=True)
    assert world.rules.rules[ACME, id] == after
    assert [action.id for action in world.parts.delete_actions(me, id, [first, third]).actions] == [second]


@pytest.mark.parametrize("missing", ["to", "subject"])
def test_al_17_a_mail_without_receiver_or_subject_is_refused(world: RulesWorld, missing: str) -> None:
    id = world.create("user")
    with pytest.raises(InvalidRequest) as refused:
        world.parts.add_action(world.caller("user"), id, {k: v for k, v in MAIL.items() if k != missing})
    assert pointers(refused) == [f"/{missing}"]


@pytest.mark.parametrize(
    ("change", "pointer"), [({"from": NO_TEXTS}, "/from"), ({"from": "+447700900999"}, "/from"), ({"to": []}, "/to")]
)
def test_al_18_a_text_needs_a_number_of_ours_that_sends_texts_and_receivers(
    world: RulesWorld, change: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        world.create("user", notifications=[MAIL, TEXT | change])
    assert pointers(refused) == [f"/notifications/1{pointer}"]
    id = world.create("user", notifications=[TEXT])
    with pytest.raises(InvalidRequest) as refused:
        world.parts.patch_action(world.caller("user"), id, part(world, id, "actions"), change)
    assert pointers(refused) == [pointer]


def test_al_20_no_answer_and_no_entry_has_a_secret(world: RulesWorld) -> None:
    me, id = world.caller("user"), world.create("user", notifications=[HOOK])
    hook = part(world, id, "actions")
    world.parts.patch_action(me, id, hook, {"headers": [{"preset": "bearer", "token": "canary-second"}]})
    rule = world.rules.rules[ACME, id]
    assert "canary-second" in str(rule.actions)
    told = json.dumps(resource(rule, may_edit=may_edit(me, rule)))
    assert "canary-second" not in told
    assert "canary-query" in told
    assert "canary" not in json.dumps(resource(rule, may_edit=may_edit(world.caller("all.view"), rule)))
    assert "canary" not in str(world.directory.trail.entries)


def test_al_20_a_secret_is_kept_masked_and_cleared_with_the_host(world: RulesWorld) -> None:
    me, id = world.caller("user"), world.create("user", notifications=[HOOK])
    hook = part(world, id, "actions")
    kept = world.parts.patch_action(me, id, hook, {"url": "https://hooks.example.com/other"})
    assert "canary-token" in str(kept.action)
    assert kept.cleared == ()
    moved = world.parts.patch_action(me, id, hook, {"url": "https://evil.example.net/"})
    assert (moved.cleared, moved.action.enabled) == (("Authorization",), False)
    assert "canary" not in str(moved.rule)
    with pytest.raises(WrongState):
        world.parts.toggle(me, id, [hook], enabled=True)
    with pytest.raises(InvalidRequest):
        world.parts.add_action(me, id, HOOK | {"headers": [{"preset": "bearer", "token": "•••"}]})


# --- names, scopes, versions ----------------------------------------------------------------------------------------


def test_filters_name_what_the_directory_has_and_get_its_ids(world: RulesWorld) -> None:
    lines = [{"filters": {"lines": ["2001", "SIP:2002@acme"]}}]
    id = world.create("admin", triggers=lines)
    assert resource(world.rules.rules[ACME, id], may_edit=True)["triggers"][0]["filters"] == {"lines": ["l1", "l2"]}
    with pytest.raises(InvalidRequest) as refused:
        world.create("admin", triggers=[*lines, {"filters": {"lines": ["l8", "l1", "l9"], "groups": ["g9"]}}])
    assert [(fault.pointer, fault.ids) for fault in refused.value.faults] == [
        ("/triggers/1/filters/lines", ("l8", "l9")),
        ("/triggers/1/filters/groups", ("g9",)),
    ]


def test_a_person_names_only_things_of_their_data_scopes(world: RulesWorld) -> None:
    own, shared = {"filters": {"lines": ["l1"]}}, {"filters": {"lines": ["l2"]}}
    id = world.create("user", triggers=[own])
    for call in (
        lambda: world.create("user", triggers=[own, shared]),
        lambda: world.parts.add_trigger(world.caller("user"), id, shared),
        lambda: world.parts.patch_trigger(world.caller("user"), id, part(world, id, "triggers"), shared),
        lambda: world.parts.add_trigger(world.caller("admin"), id, shared),
    ):
        with pytest.raises(Forbidden, match="data scopes"):
            call()
    assert world.rules.rules[ACME, id].version == 1


def test_decided_3_2_a_rule_made_for_another_sees_what_both_see_until_its_owner_saves_it(world: RulesWorld) -> None:
    id = world.create("all.view", owner=user_id("admin"))
    assert world.rules.rules[ACME, id].sight == frozenset({f"user:{user_id('all.view')}"})
    with pytest.raises(Forbidden):
        world.manage.patch(world.caller("all.view"), id, {"name": "Mine no more"})
    assert world.manage.patch(world.caller("admin"), id, {}).sight is None


def test_a_change_names_the_version_that_it_is_about(world: RulesWorld) -> None:
    me, id = world.caller("user"), world.create("user")
    after = world.manage.patch(me, id, {"name": "Second"}, if_match='"1"')
    assert after.version == 2
    for call in (
        lambda: world.manage.patch(me, id, {"name": "Third"}, if_match='"1"'),
        lambda: world.parts.add_trigger(me, id, {}, if_match='"1"'),
        lambda: world.manage.delete(me, id, if_match='"1"'),
    ):
        with pytest.raises(PreconditionFailed):
            call()
    assert world.manage.patch(me, id, {"name": "Second"}).version == 2
    assert world.rules.version(ACME, id, 1, world.clock()) is not None


def test_a_lost_race_is_tried_again_and_then_told(world: RulesWorld) -> None:
    me, id = world.caller("user"), world.create("user")
    tries = []

    def changed(rule: AlertRule) -> AlertRule:
        tries.append(rule.version)
        if len(tries) < lost:
            world.rules.rules[ACME, id] = replace(rule, version=rule.version + 1)
        return replace(rule, name="Mine")

    lost = 3
    assert world.change(me, id, changed).name == "Mine"
    assert tries == [1, 2, 3]
    lost = 99
    with pytest.raises(StaleWrite):
        world.change(me, id, lambda rule: replace(changed(rule), name="Again"))


def test_decided_3_6_a_rule_counts_from_when_it_was_enabled_and_edits_do_not_count(world: RulesWorld) -> None:
    me, id = world.caller("user"), world.create("user")
    began = world.rules.rules[ACME, id].counts_from
    assert began == world.clock() + timedelta(seconds=5)
    world.clock.advance(timedelta(hours=1))
    assert world.manage.patch(me, id, {"name": "New", "options": {"urgent": True}}).counts_from == began
    world.manage.patch(me, id, {"enabled": False})
    assert world.manage.patch(me, id, {"enabled": True}).counts_from == world.clock() + timedelta(seconds=5)


def test_options_are_merged_and_null_takes_one_away(world: RulesWorld) -> None:
    me = world.caller("user")
    id = world.create("user", options={"throttle": {"max": 3, "per": "1h"}, "urgent": True})
    after = world.manage.patch(me, id, {"options": {"throttle": None, "digest": {"every": "1h"}}})
    shown = resource(after, may_edit=True)["options"]
    assert shown == {"max_age": "1h", "urgent": True, "digest": {"every": "1h"}}


def test_a_repeat_of_a_call_gets_what_was_created(world: RulesWorld) -> None:
    me = world.caller("user")
    older = world.create("user")
    world.clock.advance(timedelta(seconds=1))
    rule = world.manage.create(me, CALLS, b"one call of ten and more")
    world.clock.advance(timedelta(seconds=1))
    assert world.manage.create(me, CALLS, b"one call of ten and more") == rule
    copy = world.manage.copy(me, rule.id, seed=b"another call")
    assert world.manage.copy(me, rule.id, seed=b"another call") == copy
    assert world.listed("user") == [copy.rule.id, rule.id, older], "ids that a repeat finds sort by time"
    first = world.parts.add_trigger(me, rule.id, {}, id="t9")
    assert world.parts.add_trigger(me, rule.id, {}, id="t9") == first
    assert len(first.rule.triggers) == 2


def test_limits_of_parts_and_of_owned_rules(world: RulesWorld) -> None:
    me, id = world.caller("user"), world.create("user", notifications=[MAIL] * 20, triggers=[{}] * 20)
    with pytest.raises(NotPossible, match="20 triggers"):
        world.parts.add_trigger(me, id, {})
    with pytest.raises(NotPossible, match="20 notifications"):
        world.parts.add_action(me, id, MAIL)
    for _ in range(49):
        world.create("user")
    with pytest.raises(NotPossible, match="50 rules"):
        world.create("user")
    with pytest.raises(NotPossible, match="50 rules"):
        world.manage.copy(me, id)
    world.create("manager")


def test_a_rule_is_of_the_company_of_the_manager_who_makes_it(world: RulesWorld) -> None:
    north = CompanyId("north")
    assert world.manage.create(world.caller("manager", companies=[north]), CALLS).made.company == north
    assert world.manage.create(world.caller("manager", companies=[north, CompanyId("x")]), CALLS).made.company is None


# --- AL-37 and AL-41: history and deleting --------------------------------------------------------------------------


def a_run(rule: str) -> RuleRun:
    id = run_id(rule, "e1", NOON)
    return RuleRun(tenant=ACME, rule=rule, id=id, at=NOON, state=RuleRunState.SENT, event="e1", rule_version=1)


@pytest.mark.parametrize("role", ROLES)
def test_al_37_the_history_is_for_who_sees_the_rule(role: str) -> None:
    world, id = a_world_with_a_rule("user" if role != "user" else "admin")
    world.runs.add(a_run(id))
    answers = []
    for call in (
        lambda: world.read.one(world.caller(role), id),
        lambda: world.read.history(world.caller(role), id, 9, None),
    ):
        try:
            call()
            answers.append("")
        except TocsinError as error:
            answers.append(type(error).__name__)
    assert answers[0] == answers[1] == ("" if MATRIX[role][1] else "Forbidden")


def test_al_35_lines_filter_the_history_of_sip_rules_and_entities_that_of_call_rules(world: RulesWorld) -> None:
    me, calls = world.caller("user"), world.create("user")
    triggers = [{"filters": {"lines": ["l1"], "events": ["unregistered"]}}]
    sip = world.create("user", type="sip", triggers=triggers)
    by_line, by_entity = RunFilter(line="l1"), RunFilter(entity="Lobby")
    for id, fits, other in ((sip, by_line, by_entity), (calls, by_entity, by_line)):
        assert world.read.history(me, id, 9, None, fits).runs == []
        with pytest.raises(InvalidRequest):
            world.read.history(me, id, 9, None, other)


def test_al_41_a_deleted_rule_matches_nothing_and_its_history_stays_for_ninety_days(world: RulesWorld) -> None:
    me, id = world.caller("user"), world.create("user", notifications=[HOOK])
    world.runs.add(a_run(id))
    world.manage.delete(me, id)
    gone = world.rules.rules[ACME, id]
    assert not gone.enabled
    assert all(action.secret_missing for action in gone.actions if isinstance(action, WebhookAction))
    for operation in set(OPERATIONS) - {"history"}:
        with pytest.raises(NotFound):
            OPERATIONS[operation](world, world.caller("admin"), id)
    assert world.listed("user") == []
    assert world.listed("user", RuleList.DELETED) == world.listed("admin", RuleList.DELETED) == [id]
    assert world.listed("manager", RuleList.DELETED) == []
    assert len(world.read.history(me, id, 10, None).runs) == 1
    with pytest.raises(Forbidden):
        world.read.history(world.caller("manager"), id, 10, None)
    world.clock.advance(KEPT_FOR)
    assert world.listed("user", RuleList.DELETED) == []
    with pytest.raises(NotFound):
        world.read.history(me, id, 10, None)


def test_each_change_is_told_with_what_differs(world: RulesWorld) -> None:
    me, id = world.caller("user"), world.create("user", notifications=[MAIL])
    world.manage.patch(me, id, {"name": "Second", "enabled": False})
    world.manage.delete(me, id)
    created, updated, deleted = sorted(world.directory.trail.entries.values(), key=lambda entry: entry.at)
    assert [each.action for each in (created, updated, deleted)] == [
        "alert_rule.created",
        "alert_rule.updated",
        "alert_rule.deleted",
    ]
    assert updated.before == {"name": "Missed", "enabled": True}
    assert updated.after == {"name": "Second", "enabled": False}
    assert created.before == deleted.after == {}
    assert created.after["notifications"][0]["to"] == "ana@example.com"
    assert str(updated.who) == f"user:{user_id('user')}"


def test_decided_3_15_the_list_says_that_an_owner_is_disabled(world: RulesWorld) -> None:
    world.create("user")
    world.directory.add(replace(world.people["user"], state=UserState.DISABLED))
    (item,) = world.read.page(world.caller("admin"), RuleList.ALL, WantedRules(), 10, None).items
    assert item["owner_disabled"]
    assert (item["trigger_count"], item["notification_count"]) == (1, 0)
