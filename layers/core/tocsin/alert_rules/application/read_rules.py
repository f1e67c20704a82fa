"""Read alert rules: one, a list, and the runs of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tocsin.alert_rules.domain.fields import list_item
from tocsin.alert_rules.domain.rights import RuleOperation, check_may
from tocsin.alert_rules.domain.rule import KEPT_FOR, AlertRule
from tocsin.alert_rules.domain.triggers import RuleType
from tocsin.alert_rules.ports.rules import AlertRules, RuleFilter
from tocsin.alert_rules.ports.runs import HISTORY, RuleRunPage, RuleRuns, RunFilter
from tocsin.directory.domain.things import Kind
from tocsin.directory.ports import Directory
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.user import User, UserState
from tocsin.identity.domain.visibility import Range
from tocsin.kernel.domain.errors import Fault, InvalidRequest, NotFound
from tocsin.kernel.domain.ids import UserId
from tocsin.kernel.ports import Clock


class RuleList(StrEnum):
    """Lists of rules; the values are words of the API."""

    OWNED = "owned"
    ALL = "all"  # one's own too
    DELETED = "deleted"  # within 90 days, as far as one could see them


@dataclass(frozen=True, slots=True)
class WantedRules:
    """What a list is limited to; None = any."""

    owner: UserId | None = None
    type: RuleType | None = None
    enabled: bool | None = None
    search: str | None = None


@dataclass(frozen=True, slots=True)
class RuleItems:
    """Rules as lists show them, newest first. A page may be short. `next` is opaque, None on the last page."""

    items: Sequence[Mapping[str, Any]]
    next: str | None


@dataclass(frozen=True, slots=True)
class ReadRules:
    """Reads rules for a caller."""

    rules: AlertRules
    runs: RuleRuns
    directory: Directory
    clock: Clock

    def one(self, caller: Principal, id: str, operation: RuleOperation = RuleOperation.VIEW) -> AlertRule:
        """Return a rule.

        Args:
            operation: what the caller is about to do with it.

        Raises:
            Forbidden: the caller may not do it with any rule, or not with this one; the sentence says who may.
            NotFound: the account has no such rule, or it is deleted.
        """
        found = self.kept(caller, id, operation)
        if found.deleted_at is not None:
            raise NotFound("alert rule")
        return found

    def page(self, caller: Principal, list: RuleList, wanted: WantedRules, limit: int, cursor: str | None) -> RuleItems:
        """Return a page of a list. Raises Forbidden, InvalidRequest for a cursor of another list."""
        check_may(caller, RuleOperation.LIST_ALL if list is RuleList.ALL else RuleOperation.LIST_OWN)
        filter = RuleFilter(
            range=Range() if list is RuleList.OWNED else _seen(caller),
            me=caller.user.id if caller.user else None,
            deleted=list is RuleList.DELETED,
            owner=wanted.owner,
            type=wanted.type,
            enabled=wanted.enabled,
            search=wanted.search,
        )
        page = self.rules.page(caller.tenant, filter, limit, cursor, self.clock())
        disabled = self._disabled(page.rules)
        items = [list_item(rule) | {"owner_disabled": rule.owner in disabled} for rule in page.rules]
        return RuleItems(items, page.next)

    def history(
        self, caller: Principal, id: str, limit: int, cursor: str | None, filter: RunFilter = HISTORY
    ) -> RuleRunPage:
        """Return a page of the runs of a rule, newest first: to all who may see it, also when it is deleted (AL-37).

        Raises:
            Forbidden, NotFound.
            InvalidRequest: the cursor is of another list, or the filter does not fit the type of the rule (AL-35).
        """
        rule = self.kept(caller, id, RuleOperation.VIEW)
        for name, value, type in (("line", filter.line, RuleType.SIP), ("entity", filter.entity, RuleType.CALL)):
            if value is not None and rule.type is not type:
                said = f"is only for rules of the type {type.value}"
                raise InvalidRequest([Fault(f"/{name}", "CONFLICT", said)])
        return self.runs.page(caller.tenant, rule.id, filter, limit, cursor, self.clock())

    def kept(self, caller: Principal, id: str, operation: RuleOperation = RuleOperation.VIEW) -> AlertRule:
        """Return a rule, also one that was deleted within KEPT_FOR. Raises Forbidden, NotFound."""
        check_may(caller, operation)
        found = self.rules.get(caller.tenant, id)
        if found is None or (found.deleted_at is not None and found.deleted_at + KEPT_FOR <= self.clock()):
            raise NotFound("alert rule")
        check_may(caller, operation, found)
        return found

    def _disabled(self, rules: Sequence[AlertRule]) -> set[str]:
        """Return which owners of rules cannot sign in any more."""
        if not rules:
            return set()
        owners = self.directory.get_many(rules[0].tenant, [(Kind.USER, rule.owner) for rule in rules])
        return {each.id for each in owners if isinstance(each, User) and each.state is UserState.DISABLED}


def _seen(caller: Principal) -> Range:
    """Return which rules of others a caller sees."""
    none = caller.reach(Permission.RULES_ALL) is Reach.NONE
    return Range() if none else caller.range(Permission.RULES_ALL)
