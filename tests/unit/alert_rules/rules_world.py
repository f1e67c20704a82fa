"""An account with people, lines and numbers, and the use cases of alert rules over fakes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from tests.fakes.alert_rules import FakeAlertRules, FakeRuleRuns
from tests.fakes.directory import FakeDirectory
from tests.fakes.randomness import SeededRandomness
from tests.fakes.time import NOON, VirtualClock
from tocsin.alert_rules.application.account import ReadAccount
from tocsin.alert_rules.application.change_rule import ChangeRule
from tocsin.alert_rules.application.manage_rules import ManageRules
from tocsin.alert_rules.application.read_rules import ReadRules, RuleList, WantedRules
from tocsin.alert_rules.application.rule_parts import RuleParts
from tocsin.audit.domain.actor import Actor, ActorKind
from tocsin.directory.application.references import References
from tocsin.directory.domain.things import Group, GroupKind, Line, NumberTarget, PhoneNumber
from tocsin.egress.domain.url_policy import CLOSED
from tocsin.entrypoint.rule_body.rule import read_action, read_head, read_rule, read_trigger
from tocsin.identity.domain.permissions import Permission, SystemRole
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.role import Role, Scope, ScopeKind, granted, system_role
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.ids import CompanyId, RoleId, TenantId, UserId

ACME, OTHER = TenantId("acme"), TenantId("acme2")
OURS, NO_TEXTS = "+447700900100", "+447700900101"
"""Numbers of the account: one that can send texts, and one that cannot."""

MAIL = {"type": "email", "to": "ana@example.com", "subject": "Missed call"}
TEXT = {"type": "sms", "from": OURS, "to": ["+447700900123", "+447700900124", "+447700900125"]}
HOOK = {
    "type": "webhook",
    "url": "https://hooks.example.com/in?key=canary-query",
    "method": "POST",
    "headers": [{"preset": "bearer", "token": "canary-token"}],
}
CALLS = {"name": "Missed", "type": "call", "triggers": [{"filters": {"statuses": ["missed"]}}]}


def custom(*chosen: Permission, scopes: Iterable[ScopeKind] = ()) -> Role:
    """Return a custom role with these permissions and scopes."""
    permissions = granted(frozenset(chosen), companies=False)
    return Role(ACME, RoleId("custom"), "custom", permissions, dict.fromkeys(scopes, Scope.ALL))


ROLES: Mapping[str, Role] = {role.value: system_role(ACME, role) for role in SystemRole} | {
    "nothing more": replace(custom(), id=RoleId("c0")),
    "all.view": replace(custom(Permission.RULES_ALL), id=RoleId("c1")),
    "all.view, 4 scopes": replace(custom(Permission.RULES_ALL, scopes=ScopeKind), id=RoleId("c2")),
    **{
        f"all.view without {missing.value}": replace(
            custom(Permission.RULES_ALL, scopes=set(ScopeKind) - {missing}), id=RoleId(f"x{n}")
        )
        for n, missing in enumerate(ScopeKind)
    },
}
"""Each role by a name of its own."""


def user_id(role: str) -> UserId:
    """Return the id of the person who has a role; there is one of each."""
    return UserId("u" + "".join(letter for letter in role if letter.isalnum()))


class RulesWorld:
    """One person of each role; line l1 is the person's of role `user`, l2 is shared."""

    def __init__(self, tenant: TenantId = ACME) -> None:
        self.tenant = tenant
        self.clock, self.randomness = VirtualClock(), SeededRandomness()
        self.directory = FakeDirectory()
        self.rules, self.runs = FakeAlertRules(self.directory.trail), FakeRuleRuns()
        self.people = {name: self._person(name, role) for name, role in ROLES.items()}
        self.directory.add(
            *self.people.values(),
            *(replace(role, tenant=tenant) for role in ROLES.values() if not role.system),
            Line(tenant=tenant, id="l1", extension="2001", user=user_id("user")),
            Line(tenant=tenant, id="l2", extension="2002", aliases=("sip:2002@acme",)),
            PhoneNumber(tenant=tenant, id="p1", e164=OURS, sms_enabled=True, target=NumberTarget(kind="line", id="l1")),
            PhoneNumber(tenant=tenant, id="p2", e164=NO_TEXTS),
            Group(tenant=tenant, id="g1", kind=GroupKind.QUEUE, name="Support"),
        )
        references = References(self.directory)
        self.account = ReadAccount(self.directory, references)
        self.read = ReadRules(self.rules, self.runs, self.directory, self.clock)
        self.change = ChangeRule(
            rules=self.rules,
            read=self.read,
            account=self.account,
            policy=CLOSED,
            clock=self.clock,
            randomness=self.randomness,
        )
        self.parts = RuleParts(self.change, read_trigger, read_action)
        self.manage = ManageRules(change=self.change, parts=self.parts, read_rule=read_rule, read_head=read_head)

    def caller(self, role: str, *, companies: Iterable[CompanyId] = (), read_only: bool = False) -> Principal:
        """Return the person of a role as a caller."""
        actor = Actor(ActorKind.USER, user_id(role), role)
        mine = replace(ROLES[role], tenant=self.tenant)
        within = frozenset(companies)
        user = self.people[role]
        return Principal(self.tenant, actor, mine, user=user, companies=within, read_only=read_only)

    def key(self, role: str | None) -> Principal:
        """Return an API key with a role as a caller."""
        return Principal(self.tenant, Actor(ActorKind.KEY, "k1"), None if role is None else ROLES[role])

    def create(self, role: str = "user", **given: Any) -> str:
        """Create a rule as the person of a role; return its id. Ids sort by time, so time passes."""
        self.clock.advance(NOON - NOON.replace(second=59, minute=59, hour=11))
        return self.manage.create(self.caller(role), CALLS | given).id

    def listed(self, role: str, list: RuleList = RuleList.OWNED, **wanted: Any) -> list[str]:
        """Return the ids of a list as a person reads it."""
        page = self.read.page(self.caller(role), list, WantedRules(**wanted), 100, None)
        return [item["id"] for item in page.items]

    def _person(self, name: str, role: Role) -> User:
        id = user_id(name)
        return User(self.tenant, id, f"{id}@example.com", name, role.id, NOON)
