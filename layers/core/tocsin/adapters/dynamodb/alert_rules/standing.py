"""Which rules stand: the rows of rules, without what is sealed in them."""

from __future__ import annotations

from tocsin.adapters.dynamodb.alert_rules.keys import rule_key
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.kernel.domain.ids import TenantId


class DynamoDbStandingRules:
    """A rule stands while it has a row that is not marked as deleted."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def stands(self, tenant: TenantId, rule: str) -> bool:
        """Return whether the rule is there and not deleted, strongly consistent."""
        row = self._table.get(rule_key(tenant, rule))
        return row is not None and "gone" not in row
