"""Who may do what with alert rules: one pure decision over a caller and a rule.

own rules          a person with `rules.own`: see, edit, delete, test, copy, create
rules of others    see, backtest, copy and delete: `alerts.all.view`, as far as it reaches
                   edit, test, take over: also all four data scopes
for others         create a rule for another person, give one's own away: `alerts.all.view`
"""

from __future__ import annotations

from enum import StrEnum

from tocsin.alert_rules.domain import limits
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.identity.domain.permissions import Permission, Reach, SystemRole
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.role import Scope, ScopeKind
from tocsin.kernel.domain.errors import Forbidden, NotPossible


class RuleOperation(StrEnum):
    """What a caller does. Seeing a rule includes its history, explanation, export and shared URL."""

    LIST_OWN = "list own rules"
    LIST_ALL = "list all rules"
    CREATE = "create a rule of one's own"
    CREATE_FOR = "create a rule for another person"
    VIEW = "view"
    COPY = "copy"
    BACKTEST = "test with earlier events"
    DELETE = "delete"
    EDIT = "edit"
    TEST = "test"
    GIVE = "switch the owner"


_READS = frozenset({RuleOperation.LIST_OWN, RuleOperation.LIST_ALL, RuleOperation.VIEW})
_FOR_OTHERS = frozenset({RuleOperation.LIST_ALL, RuleOperation.CREATE_FOR})
_EDITS = frozenset({RuleOperation.EDIT, RuleOperation.TEST, RuleOperation.GIVE})

_ALL_VIEW = "account owners, admins and roles with `alerts.all.view`"
_EDITORS = "account owners, admins and roles with `alerts.all.view` and all four data scopes"


def check_may(caller: Principal, operation: RuleOperation, rule: AlertRule | None = None) -> None:
    """Judge an operation.

    Args:
        rule: the one that it is about; None for lists and for creating.

    Raises:
        Forbidden: the caller may not; the sentence says who may.
    """
    caller.need(Permission.RULES_OWN)
    if caller.read_only and operation not in _READS:
        raise Forbidden("this token reads only")
    if operation is RuleOperation.CREATE and caller.user is None:
        operation = RuleOperation.CREATE_FOR  # an API key has no rules of its own
    if rule is None:
        if operation in _FOR_OTHERS and caller.reach(Permission.RULES_ALL) is Reach.NONE:
            raise Forbidden(f"{_ALL_VIEW} may do this")
        return
    if is_owner(caller, rule):
        if operation is RuleOperation.GIVE and caller.reach(Permission.RULES_ALL) is Reach.NONE:
            raise Forbidden(f"{_ALL_VIEW} may give a rule to another person")
        return
    _check_of_another(caller, operation, rule)


def is_owner(caller: Principal, rule: AlertRule) -> bool:
    """Whether the caller is the person who owns the rule."""
    return caller.user is not None and caller.user.id == rule.owner


def may_edit(caller: Principal, rule: AlertRule) -> bool:
    """Whether the caller may edit a rule, and so read what only its editors read."""
    return _may(caller, RuleOperation.EDIT, rule)


def may_see(caller: Principal, rule: AlertRule) -> bool:
    """Whether the caller may see a rule."""
    return _may(caller, RuleOperation.VIEW, rule)


def _may(caller: Principal, operation: RuleOperation, rule: AlertRule) -> bool:
    try:
        check_may(caller, operation, rule)
    except Forbidden:
        return False
    return True


def _check_of_another(caller: Principal, operation: RuleOperation, rule: AlertRule) -> None:
    reach = caller.reach(Permission.RULES_ALL)
    if reach is Reach.NONE or not caller.range(Permission.RULES_ALL).shows(rule.made):
        raise Forbidden(f"the owner of the rule, {_ALL_VIEW} may do this")
    if operation in _EDITS and not _has_all_scopes(caller):
        raise Forbidden(f"the owner of the rule, {_EDITORS} may do this")


def _has_all_scopes(caller: Principal) -> bool:
    return caller.role is not None and all(caller.role.scopes.get(kind) is Scope.ALL for kind in ScopeKind)


def check_room(owner_role: str, owned: int, rules: int, triggers: int) -> None:
    """Judge whether there is room for one more rule.

    Args:
        owner_role: id of the role of the person who will own it.
        owned: rules of that person, without the new one.
        rules, triggers: of the account, with the new ones.

    Raises:
        NotPossible: a limit is reached; the sentence names it.
    """
    if owner_role == SystemRole.USER.value and owned >= limits.OWNED_RULES:
        raise NotPossible(f"a person owns at most {limits.OWNED_RULES} rules")
    if rules > limits.ACCOUNT_RULES:
        raise NotPossible(f"an account has at most {limits.ACCOUNT_RULES} rules")
    if triggers > limits.ACCOUNT_TRIGGERS:
        raise NotPossible(f"an account has at most {limits.ACCOUNT_TRIGGERS} triggers")
