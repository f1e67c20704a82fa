"""Port of alert rules, with their earlier versions and the journal of what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from tocsin.alert_rules.domain.rule import KEPT_FOR, AlertRule
from tocsin.alert_rules.domain.triggers import RuleType
from tocsin.audit.domain.entry import AuditEntry
from tocsin.identity.domain.visibility import EVERYTHING, Range
from tocsin.kernel.domain.ids import TenantId, UserId

JOURNAL_KEPT_FOR = timedelta(days=1)
"""How long the journal says which rules changed."""

JOURNAL_ENTRIES = 1_000
"""Most changes that are read from the journal; after more, all rules are read again."""


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One rule to write: `before` None = new, both = replace the version of `before`.

    Deleting is a change to a rule with `deleted_at`.
    """

    before: AlertRule | None
    after: AlertRule
    entry: AuditEntry


@dataclass(frozen=True, slots=True)
class RuleFilter:
    """Which rules: all conditions hold, and None = any.

    Attributes:
        range: rules of others that are seen, by who made them.
        me: whose own rules are seen besides.
        deleted: rules that were deleted within KEPT_FOR, instead of those that stand.
        search: a part of name or description; its case does not count.
    """

    range: Range = EVERYTHING
    me: UserId | None = None
    deleted: bool = False
    owner: UserId | None = None
    type: RuleType | None = None
    enabled: bool | None = None
    search: str | None = None

    def holds(self, rule: AlertRule, now: datetime) -> bool:
        """Whether a rule is one of them."""
        if (rule.deleted_at is not None) != self.deleted:
            return False
        if rule.deleted_at is not None and rule.deleted_at + KEPT_FOR <= now:
            return False
        return (
            (rule.owner == self.me or self.range.shows(rule.made))
            and self.owner in (None, rule.owner)
            and self.type in (None, rule.type)
            and self.enabled in (None, rule.enabled)
            and (self.search is None or self.search.casefold() in f"{rule.name}\n{rule.description}".casefold())
        )

    def __str__(self) -> str:
        """Return one text for equal filters: cursors of one filter do not fit another."""
        companies = ",".join(sorted(self.range.companies))
        seen = f"{self.range.everything}|{companies}|{self.range.user}|{self.me}"
        return f"{seen}|{self.deleted}|{self.owner}|{self.type}|{self.enabled}|{self.search}"


@dataclass(frozen=True, slots=True)
class RulePage:
    """Rules, newest first. A page may be short. `next` is opaque, None on the last page."""

    rules: Sequence[AlertRule]
    next: str | None


@dataclass(frozen=True, slots=True)
class ChangedRules:
    """What the journal says: the ids of the rules that changed, each once, and the version that they lead to."""

    version: int
    ids: Sequence[str]


class AlertRules(Protocol):
    """The rules of each tenant. Everything that people write is sealed, secrets of webhooks apart from the rest."""

    def get(self, tenant: TenantId, id: str) -> AlertRule | None:
        """Return a rule, deleted or not, strongly consistent; None = there is none."""
        ...

    def get_many(self, tenant: TenantId, ids: Sequence[str]) -> Sequence[AlertRule]:
        """Return those rules that are there, deleted or not, in no order."""
        ...

    def all(self, tenant: TenantId) -> Sequence[AlertRule]:
        """Return all rules that are not deleted, by id, strongly consistent."""
        ...

    def page(self, tenant: TenantId, filter: RuleFilter, limit: int, cursor: str | None, now: datetime) -> RulePage:
        """Return a page of rules. Raises InvalidRequest for a cursor of another list."""
        ...

    def version(self, tenant: TenantId, id: str, version: int, now: datetime) -> AlertRule | None:
        """Return a rule as it was in a version, without secrets; None = it is not kept."""
        ...

    def commit(self, change: RuleChange) -> None:
        """Write a rule, the version that it replaces, its entry in the audit trail and one in the journal, or nothing.

        Raises:
            StaleWrite: the rule is not in the version of `before` any more, or a new one exists.
        """
        ...

    def book_version(self, tenant: TenantId) -> int:
        """Return how many changes the rules of a tenant have had, strongly consistent."""
        ...

    def changed_since(self, tenant: TenantId, version: int) -> ChangedRules | None:
        """Return the rules that changed after a version of the book.

        None = there were more than JOURNAL_ENTRIES, or the journal is not complete any more. A journal whose entries
        all expired looks as if nothing had changed, so ask only within JOURNAL_KEPT_FOR after `version` was current.
        """
        ...
