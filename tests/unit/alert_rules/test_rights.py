"""Who may do what with alert rules: every cell of roles, operations and ownership."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from tests.fakes.time import NOON
from tests.unit.alert_rules.worlds import a_rule, a_trigger
from tocsin.alert_rules.domain.data_scopes import ScopeHolder, both, outside, scoped, sight_of
from tocsin.alert_rules.domain.rights import RuleOperation, check_may, check_room, may_edit
from tocsin.alert_rules.domain.triggers import RuleType
from tocsin.audit.domain.actor import Actor, ActorKind
from tocsin.directory.domain.things import AnyThing, Group, GroupKind, Line, NumberTarget, PhoneNumber
from tocsin.identity.domain.permissions import Permission, SystemRole
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.role import Role, Scope, ScopeKind, granted, system_role
from tocsin.identity.domain.user import User
from tocsin.identity.domain.visibility import Made
from tocsin.kernel.domain.errors import Forbidden, NotPossible
from tocsin.kernel.domain.ids import CompanyId, RoleId, TenantId, UserId

ACME, ANA, BOB = TenantId("acme"), UserId("ana"), UserId("bob")
NORTH, SOUTH = CompanyId("north"), CompanyId("south")
ALL = dict.fromkeys(ScopeKind, Scope.ALL)
OP = RuleOperation
_OWN = frozenset({OP.VIEW, OP.BACKTEST, OP.COPY, OP.DELETE, OP.EDIT, OP.TEST})
_SEEN = frozenset({OP.VIEW, OP.BACKTEST, OP.COPY, OP.DELETE})
_ALONE = frozenset({OP.LIST_OWN, OP.CREATE})
_WITH_OTHERS = _ALONE | {OP.LIST_ALL, OP.CREATE_FOR}


def custom(*chosen: Permission, scopes: Iterable[ScopeKind] = (), companies: bool = False) -> Role:
    permissions = granted(frozenset(chosen), companies=companies)
    return Role(ACME, RoleId("custom"), "custom", permissions, dict.fromkeys(scopes, Scope.ALL))


ROLES = {role.value: system_role(ACME, role) for role in SystemRole} | {
    "nothing more": custom(),
    "all.view": custom(Permission.RULES_ALL),
    "all.view, 4 scopes": custom(Permission.RULES_ALL, scopes=ScopeKind),
    "4 scopes": custom(scopes=ScopeKind),
}
TABLE = {
    # role: without a rule, with one's own rule, with another's
    "account_owner": (_WITH_OTHERS, _OWN | {OP.GIVE}, _OWN | {OP.GIVE}),
    "admin": (_WITH_OTHERS, _OWN | {OP.GIVE}, _OWN | {OP.GIVE}),
    "manager": (_ALONE, _OWN, frozenset()),
    "queue_manager": (_ALONE, _OWN, frozenset()),
    "user": (_ALONE, _OWN, frozenset()),
    "reporting": (frozenset(), frozenset(), frozenset()),
    "nothing more": (_ALONE, _OWN, frozenset()),
    "all.view": (_WITH_OTHERS, _OWN | {OP.GIVE}, _SEEN),
    "all.view, 4 scopes": (_WITH_OTHERS, _OWN | {OP.GIVE}, _OWN | {OP.GIVE}),
    "4 scopes": (_ALONE, _OWN, frozenset()),
}
WITHOUT_RULE = frozenset({OP.LIST_OWN, OP.LIST_ALL, OP.CREATE, OP.CREATE_FOR})
MINE, THEIRS = (a_rule(RuleType.CALL, a_trigger(), owner=owner) for owner in (ANA, BOB))


def person(role: Role | None, companies: Iterable[CompanyId] = (), *, read_only: bool = False) -> Principal:
    user = User(ACME, ANA, "ana@x.test", "Ana", RoleId("r"), NOON)
    within = frozenset(companies)
    return Principal(ACME, Actor(ActorKind.USER, "ana"), role, user=user, companies=within, read_only=read_only)


def allowed(caller: Principal, operation: RuleOperation, rule: object = None) -> bool:
    try:
        check_may(caller, operation, rule)  # type: ignore[arg-type]
    except Forbidden:
        return False
    return True


def test_the_table_has_every_role() -> None:
    assert TABLE.keys() == ROLES.keys()


@pytest.mark.parametrize("operation", RuleOperation)
@pytest.mark.parametrize("role", ROLES)
def test_al_5_to_10_every_cell_of_the_table(role: str, operation: RuleOperation) -> None:
    caller, (alone, own, others) = person(ROLES[role]), TABLE[role]
    if operation in WITHOUT_RULE:
        assert allowed(caller, operation) is (operation in alone)
    else:
        assert allowed(caller, operation, MINE) is (operation in own)
        assert allowed(caller, operation, THEIRS) is (operation in others)


@pytest.mark.parametrize("missing", ScopeKind)
def test_al_7_with_one_data_scope_missing_the_rules_of_others_cannot_be_edited(missing: ScopeKind) -> None:
    caller = person(custom(Permission.RULES_ALL, scopes=set(ScopeKind) - {missing}))
    assert allowed(caller, OP.VIEW, THEIRS)
    assert not may_edit(caller, THEIRS)


def test_al_7_a_refusal_says_who_may() -> None:
    with pytest.raises(Forbidden, match="all four data scopes may do this"):
        check_may(person(ROLES["all.view"]), OP.EDIT, THEIRS)


@pytest.mark.parametrize("operation", RuleOperation)
def test_a_token_that_reads_only_changes_nothing(operation: RuleOperation) -> None:
    caller = person(ROLES["account_owner"], read_only=True)
    rule = None if operation in WITHOUT_RULE else MINE
    assert allowed(caller, operation, rule) is (operation in (OP.LIST_OWN, OP.LIST_ALL, OP.VIEW))


@pytest.mark.parametrize(("company", "seen"), [(NORTH, True), (SOUTH, False), (None, False)])
def test_all_view_of_a_role_with_companies_reaches_the_rules_of_these(company: CompanyId | None, seen: bool) -> None:
    caller = person(custom(Permission.RULES_ALL, scopes=ScopeKind, companies=True), [NORTH])
    rule = replace(THEIRS, made=Made(BOB, company))
    assert allowed(caller, OP.VIEW, rule) is seen
    assert allowed(caller, OP.EDIT, rule) is seen


@pytest.mark.parametrize(
    ("role", "creates"), [(None, False), ("user", False), ("reporting", False), ("admin", True), ("all.view", True)]
)
def test_an_api_key_makes_rules_for_people_if_its_role_may(role: str | None, creates: bool) -> None:
    key = Principal(ACME, Actor(ActorKind.KEY, "k1"), None if role is None else ROLES[role])
    assert allowed(key, OP.CREATE) is creates
    assert allowed(key, OP.CREATE_FOR) is creates


@pytest.mark.parametrize(
    ("role", "owned", "rules", "triggers", "room"),
    [
        ("user", 49, 1_000, 3_000, True),
        ("user", 50, 50, 50, False),
        ("manager", 50, 51, 51, True),
        ("admin", 0, 1_001, 1_001, False),
        ("admin", 0, 10, 3_001, False),
    ],
)
def test_a_person_and_an_account_have_so_many_rules(
    role: str, owned: int, rules: int, triggers: int, room: bool
) -> None:
    try:
        check_room(role, owned, rules, triggers)
    except NotPossible:
        assert not room
    else:
        assert room


# Data scopes.

DIRECTORY: list[AnyThing] = [
    Line(tenant=ACME, id="mine", extension="1", user=ANA),
    Line(tenant=ACME, id="north", extension="2", user=BOB, company=NORTH),
    Line(tenant=ACME, id="south", extension="3", company=SOUTH),
    Group(tenant=ACME, id="hunt", kind=GroupKind.HUNT_GROUP, name="h", members=(ANA,)),
    Group(tenant=ACME, id="queue", kind=GroupKind.QUEUE, name="q", managers=(BOB,), company=NORTH),
    PhoneNumber(tenant=ACME, id="n1", e164="+441", target=NumberTarget(kind="line", id="mine")),
    PhoneNumber(tenant=ACME, id="n2", e164="+442", target=NumberTarget(kind="group", id="hunt")),
    PhoneNumber(tenant=ACME, id="n3", e164="+443", target=NumberTarget(kind="line", id="north"), company=NORTH),
    User(ACME, ANA, "ana@x.test", "Ana", RoleId("user"), NOON),
    User(ACME, BOB, "bob@x.test", "Bob", RoleId("user"), NOON, companies=frozenset({NORTH})),
]
OWN = frozenset({"line:mine", "group:hunt", "number:+441", "number:+442", "user:ana"})


@pytest.mark.parametrize(
    ("role", "companies", "more"),
    [
        ("user", [], set()),
        ("queue_manager", [], set()),
        ("manager", [NORTH], {"line:north", "group:queue", "number:+443", "user:bob"}),
        ("manager", [], set()),
    ],
)
def test_a_role_sees_its_own_things_and_those_of_its_scopes(
    role: str, companies: list[CompanyId], more: set[str]
) -> None:
    assert sight_of(ScopeHolder(ANA, ROLES[role], frozenset(companies)), DIRECTORY) == OWN | more


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        (ScopeKind.USERS, {"line:north", "line:south", "user:bob"}),
        (ScopeKind.PHONE_NUMBERS, {"number:+443"}),
        (ScopeKind.HUNT_GROUPS, set()),
        (ScopeKind.CALL_QUEUES, {"group:queue"}),
    ],
)
def test_each_data_scope_opens_its_kind(kind: ScopeKind, more: set[str]) -> None:
    assert sight_of(ScopeHolder(ANA, custom(scopes=[kind])), DIRECTORY) == OWN | more


@pytest.mark.parametrize("role", ["account_owner", "admin", "all.view, 4 scopes"])
def test_a_role_with_all_scopes_sees_everything(role: str) -> None:
    assert sight_of(ScopeHolder(ANA, ROLES[role]), DIRECTORY) is None


def test_a_custom_role_with_companies_is_limited_to_them() -> None:
    sight = sight_of(ScopeHolder(BOB, ROLES["4 scopes"], frozenset({SOUTH})), DIRECTORY)
    assert sight is not None
    assert set(sight) == {
        "line:north",
        "group:queue",
        "number:+443",
        "user:bob",
        "line:south",
    }  # his own, and the south's


def test_an_api_key_owns_nothing() -> None:
    assert sight_of(ScopeHolder(None, ROLES["user"]), DIRECTORY) == frozenset()


def test_a_rule_for_another_sees_what_maker_and_owner_both_see() -> None:
    one, other = frozenset({"line:mine", "line:north"}), frozenset({"line:north"})
    assert both(one, other) == other
    assert both(None, other) == both(other, None) == other
    assert both(None, None) is None


def test_a_trigger_that_names_more_than_its_owner_may_use_is_stopped_and_goes_on_again() -> None:
    inside = a_trigger("t1", lines=["mine"], numbers=["+441", "+15550100"])  # the second is not of the account
    beyond = a_trigger("t2", lines=["mine", "north"], numbers=["+443"])
    rule = a_rule(RuleType.CALL, inside, beyond)
    numbers = frozenset({"+441", "+442", "+443"})
    assert outside(beyond, OWN, numbers) == ("line:north", "number:+443")
    stopped = scoped(rule, OWN, numbers)
    assert [trigger.out_of_scope for trigger in stopped.triggers] == [False, True]
    assert stopped.sight == OWN
    assert scoped(stopped, None, numbers) == rule
