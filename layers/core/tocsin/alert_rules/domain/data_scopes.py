"""Data scopes: which things of the account a rule may use and see, by the role of its owner and its maker."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from tocsin.alert_rules.domain.facts import thing_named
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.alert_rules.domain.triggers import FilterName, RuleTrigger
from tocsin.directory.domain.authority import companies_of
from tocsin.directory.domain.things import AnyThing, Group, GroupKind, Line, PhoneNumber
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.role import Role, Scope, ScopeKind
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.ids import CompanyId, UserId

_FILTER_KINDS = {
    FilterName.LINES: "line",
    FilterName.GROUPS: "group",
    FilterName.USERS: "user",
    FilterName.NUMBERS: "number",
}
_GROUPS = {GroupKind.HUNT_GROUP: ScopeKind.HUNT_GROUPS, GroupKind.QUEUE: ScopeKind.CALL_QUEUES}
_WHOLE_ACCOUNT = frozenset({SystemRole.OWNER.value, SystemRole.ADMIN.value})


@dataclass(frozen=True, slots=True)
class ScopeHolder:
    """A person or an API key, as data scopes see them.

    Attributes:
        user: the person; None = an API key, which owns nothing.
        companies: what a manager or a custom role is limited to.
    """

    user: UserId | None
    role: Role
    companies: frozenset[CompanyId] = frozenset()

    @property
    def limited(self) -> bool:
        """Whether the holder sees things of their companies only. A custom role without companies is not limited."""
        if self.role.id in _WHOLE_ACCOUNT:
            return False
        return bool(self.companies) or self.role.id == SystemRole.MANAGER.value


def sight_of(holder: ScopeHolder, things: Iterable[AnyThing]) -> frozenset[str] | None:
    """Return the things of the account that a holder's rules may see, as `thing_named` writes them; None = everything.

    Args:
        things: the directory of the tenant.
    """
    if not holder.limited and all(holder.role.scopes.get(kind) is Scope.ALL for kind in ScopeKind):
        return None
    things = list(things)
    mine = {thing_named(*named) for thing in things if _is_mine(holder, thing) and (named := _name(thing))}
    found = set(mine)
    for thing in things:
        named, kind = _name(thing), _scope_kind(thing)
        if named is None or kind is None:
            continue
        if isinstance(thing, PhoneNumber) and thing.target is not None:
            target = thing_named(thing.target.kind, thing.target.id)
            if target in mine:
                found.add(thing_named(*named))
        within = not holder.limited or not companies_of(thing).isdisjoint(holder.companies)
        if within and holder.role.scopes.get(kind) is Scope.ALL:
            found.add(thing_named(*named))
    return frozenset(found)


def both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    """Return what both see: a rule that is made for another sees no more than its maker and its owner."""
    if one is None or other is None:
        return other if one is None else one
    return one & other


def outside(trigger: RuleTrigger, sight: frozenset[str] | None, own_numbers: frozenset[str]) -> tuple[str, ...]:
    """Return the things that a trigger names and may not use, as `thing_named` writes them.

    Args:
        own_numbers: the account's numbers. All other numbers are free to name.
    """
    if sight is None:
        return ()
    named = [
        thing_named(kind, value)
        for name, kind in _FILTER_KINDS.items()
        for value in sorted(trigger.filters.values.get(name, ()))
        if name is not FilterName.NUMBERS or value in own_numbers
    ]
    return tuple(each for each in named if each not in sight)


def scoped(rule: AlertRule, sight: frozenset[str] | None, own_numbers: frozenset[str]) -> AlertRule:
    """Return a rule with this sight. Triggers that name more are stopped; all others go on, or go on again."""
    triggers = tuple(
        replace(trigger, out_of_scope=bool(outside(trigger, sight, own_numbers))) for trigger in rule.triggers
    )
    return replace(rule, sight=sight, triggers=triggers)


def _name(thing: AnyThing) -> tuple[str, str] | None:
    match thing:
        case Line():
            return "line", thing.id
        case Group():
            return "group", thing.id
        case PhoneNumber():
            return "number", thing.e164
        case User():
            return "user", thing.id
    return None


def _scope_kind(thing: AnyThing) -> ScopeKind | None:
    match thing:
        case Line() | User():
            return ScopeKind.USERS  # a line is its user's
        case Group():
            return _GROUPS[thing.kind]
        case PhoneNumber():
            return ScopeKind.PHONE_NUMBERS
    return None


def _is_mine(holder: ScopeHolder, thing: AnyThing) -> bool:
    if holder.user is None:
        return False
    match thing:
        case Line():
            return thing.user == holder.user
        case Group():
            return holder.user in (*thing.members, *thing.managers)
        case User():
            return thing.id == holder.user
    return False
