"""Backtests in DynamoDB: a row each; the rule is sealed apart from the sums, which each turn replaces."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from tocsin.adapters.dynamodb.alert_rules.rule_row import backtest_key, row_of, rule_of
from tocsin.adapters.dynamodb.table.actions import update
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import expired, expiry, number, time, time_of
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.alert_rules.domain.backtest import BacktestSums
from tocsin.alert_rules.ports.backtests import Backtest, BacktestState
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Sealer


class DynamoDbBacktests:
    """Rows `T#<t>#BT` / `<id>`."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def add(self, backtest: Backtest) -> None:
        """Store a new backtest."""
        row = row_of(self._sealer, backtest.rule, backtest_key(backtest.tenant, backtest.id))
        row |= {
            "rule": {"S": backtest.rule.id},
            "who": {"S": backtest.by},
            "saved": {"BOOL": backtest.is_saved},
            "first": time(backtest.first),
            "before": time(backtest.before),
            "began": time(backtest.created_at),
            **expiry(backtest.expires_at),
        }
        self._table.insert(row | self._moving(backtest))

    def find(self, tenant: TenantId, id: str, now: datetime) -> Backtest | None:
        """Return a backtest, strongly consistent."""
        row = self._table.get(backtest_key(tenant, id))
        if row is None or expired(row, now):
            return None
        return Backtest(
            tenant=tenant,
            id=id,
            by=row["who"]["S"],
            rule=rule_of(self._sealer, tenant, row["rule"]["S"], row),
            is_saved=row["saved"]["BOOL"],
            first=time_of(row, "first"),
            before=time_of(row, "before"),
            created_at=time_of(row, "began"),
            next_hour=time_of(row, "hour"),
            state=BacktestState(row["st"]["S"]),
            sums=BacktestSums(**unseal(self._sealer, tenant, row, "head")),
            turn=int(row["turn"]["N"]),
        )

    def save(self, backtest: Backtest) -> bool:
        """Replace what a turn changes, over the turn before."""
        moving = self._moving(backtest)
        change = "SET " + ", ".join(f"#{name} = :{name}" for name in moving)
        values = {f":{name}": value for name, value in moving.items()} | {":over": number(backtest.turn - 1)}
        key = backtest_key(backtest.tenant, backtest.id)
        if self._table.write_if(update(key, change, "#turn = :over", values)):
            return True
        standing = self._table.get(key)
        # An earlier try of this call, whose response was lost, may have written it.
        return standing is not None and all(standing[name] == moving[name] for name in ("turn", "hour", "st"))

    def _moving(self, backtest: Backtest) -> Item:
        row = backtest_key(backtest.tenant, backtest.id)
        return {
            "st": {"S": backtest.state.value},
            "hour": time(backtest.next_hour),
            "turn": number(backtest.turn),
            **seal(self._sealer, backtest.tenant, row, asdict(backtest.sums), "head"),
        }
