"""Alert rules in DynamoDB: a row for each rule and each earlier version, and the journal of changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from tocsin.adapters.dynamodb.alert_rules.keys import rule_key, rules_pk
from tocsin.adapters.dynamodb.alert_rules.rule_row import row_of, rule_of, version_key
from tocsin.adapters.dynamodb.audit import entry_row
from tocsin.adapters.dynamodb.table import cursors
from tocsin.adapters.dynamodb.table.actions import FREE, put, update
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import expired, expiry, key, number
from tocsin.adapters.dynamodb.table.table import Table, condition_failed
from tocsin.alert_rules.domain.rule import KEPT_FOR, AlertRule, without_secrets
from tocsin.alert_rules.ports.rules import (
    JOURNAL_ENTRIES,
    JOURNAL_KEPT_FOR,
    ChangedRules,
    RuleChange,
    RuleFilter,
    RulePage,
)
from tocsin.kernel.domain.errors import StaleWrite, StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Sealer

LOOKED_AT = 1_000
"""Most rows that are looked at for one page."""

_LAST = f"{'9' * 12}"


class DynamoDbAlertRules:
    """Rules in `T#<tenant>#RULES`, their earlier versions in `T#<tenant>#R#<rule>`, the journal in `T#<tenant>#J`."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def get(self, tenant: TenantId, id: str) -> AlertRule | None:
        """Return a rule, deleted or not, strongly consistent; None = there is none."""
        row = self._table.get(rule_key(tenant, id))
        return None if row is None else self._rule(tenant, row)

    def get_many(self, tenant: TenantId, ids: Sequence[str]) -> Sequence[AlertRule]:
        """Return those rules that are there, deleted or not, in no order."""
        keys = [rule_key(tenant, id) for id in dict.fromkeys(ids)]
        return [self._rule(tenant, row) for row in self._table.get_all(keys, "alert rules")]

    def all(self, tenant: TenantId) -> Sequence[AlertRule]:
        """Return all rules that are not deleted, by id, strongly consistent."""
        rows = self._table.query("pk = :pk", {":pk": {"S": rules_pk(tenant)}})
        return [self._rule(tenant, row) for row in rows if "gone" not in row]

    def page(self, tenant: TenantId, filter: RuleFilter, limit: int, cursor: str | None, now: datetime) -> RulePage:
        """Return a page of rules, newest first. Raises InvalidRequest for a cursor of another list."""
        name = f"alert_rules|{filter}"
        before = "~" if cursor is None else cursors.read(self._sealer, tenant, name, cursor)
        rows = self._table.query(
            "pk = :pk AND sk < :before",
            {":pk": {"S": rules_pk(tenant)}, ":before": {"S": before}},
            ScanIndexForward=False,
            Limit=200,
        )
        found: list[AlertRule] = []
        last = before
        for looked_at, row in enumerate(rows):
            if looked_at == LOOKED_AT or len(found) == limit:
                return RulePage(found, cursors.issue(self._sealer, tenant, name, last))
            last = row["sk"]["S"]
            rule = self._rule(tenant, row)
            if filter.holds(rule, now):
                found.append(rule)
        return RulePage(found, None)

    def version(self, tenant: TenantId, id: str, version: int, now: datetime) -> AlertRule | None:
        """Return a rule as it was in a version, without secrets; None = it is not kept."""
        present = self.get(tenant, id)
        if present is not None and present.version == version:
            return without_secrets(present)
        row = self._table.get(version_key(tenant, id, version))
        return None if row is None or expired(row, now) else rule_of(self._sealer, tenant, id, row)

    def commit(self, change: RuleChange) -> None:
        """Write a rule, the version that it replaces, its entry in the audit trail and one in the journal, or nothing.

        Raises:
            StaleWrite: the rule is not in the version of `before` any more, or a new one exists.
            StorageUnavailable: other rules of the tenant changed at every try.
        """
        own = [*self._written(change), put(entry_row(self._sealer, change.entry), FREE)]
        for _ in self._table.backoff:
            reasons = self._table.commit([*own, *self._journal(change)])
            if reasons is None:
                return
            if any(map(condition_failed, reasons[: len(own)])):
                raise StaleWrite("another call changed this alert rule")
            # Another rule of the account changed, and has this place in the journal.
        raise StorageUnavailable("other alert rules of the account changed at every try")

    def book_version(self, tenant: TenantId) -> int:
        """Return how many changes the rules of a tenant have had, strongly consistent."""
        row = self._table.get(_book_key(tenant))
        return 0 if row is None else int(row["v"]["N"])

    def changed_since(self, tenant: TenantId, version: int) -> ChangedRules | None:
        """Return the rules that changed after a version of the book; None = the journal does not say it any more."""
        rows = self._table.between(_journal_pk(tenant), f"{version + 1:012}", _LAST)
        entries = list(islice(rows, JOURNAL_ENTRIES + 1))
        if not entries:
            return ChangedRules(version, [])
        reached = int(entries[-1]["sk"]["S"])
        if len(entries) > JOURNAL_ENTRIES or reached - version != len(entries):
            return None
        return ChangedRules(reached, list(dict.fromkeys(entry["rule"]["S"] for entry in entries)))

    def _written(self, change: RuleChange) -> list[Item]:
        before, row = change.before, row_of(self._sealer, change.after)
        if before is None:
            return [put(row, FREE)]
        kept = row_of(self._sealer, without_secrets(before), version_key(before.tenant, before.id, before.version))
        kept |= expiry(change.entry.at + KEPT_FOR)
        return [put(row, "v = :v", {":v": number(before.version)}), put(kept)]

    def _journal(self, change: RuleChange) -> list[Item]:
        """Return the next entry of the journal. Its number is free as long as the version of the book stands."""
        tenant = change.after.tenant
        version = self.book_version(tenant)
        entry = key(_journal_pk(tenant), f"{version + 1:012}") | {"rule": {"S": change.after.id}}
        entry |= expiry(change.entry.at + JOURNAL_KEPT_FOR)
        values = {":v": number(version), ":next": number(version + 1)}
        condition = "v = :v" if version else "attribute_not_exists(v)"
        if not version:
            del values[":v"]
        return [update(_book_key(tenant), "SET v = :next", condition, values), put(entry, FREE)]

    def _rule(self, tenant: TenantId, row: Item) -> AlertRule:
        return rule_of(self._sealer, tenant, row["sk"]["S"], row)


def _book_key(tenant: TenantId) -> Item:
    return key(f"T#{tenant}", "BOOK")


def _journal_pk(tenant: TenantId) -> str:
    return f"T#{tenant}#J"
