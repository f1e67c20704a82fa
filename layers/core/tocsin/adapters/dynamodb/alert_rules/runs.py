"""Runs of rules in DynamoDB: rows beside the versions of their rule."""

from __future__ import annotations

from datetime import datetime
from itertools import islice

from tocsin.adapters.dynamodb.alert_rules.rule_row import one_rule_pk
from tocsin.adapters.dynamodb.table import cursors
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import expired, expiry, key, number, time, time_of
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.alert_rules.domain.rule import KEPT_FOR
from tocsin.alert_rules.ports.runs import RuleRun, RuleRunPage, RuleRunState
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.kernel.ports import Sealer

RUN = "F#"


class DynamoDbRuleRuns:
    """Runs of rules in `T#<tenant>#R#<rule>`; what people wrote, and the line, are sealed."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def add(self, run: RuleRun) -> bool:
        """Add a run. False: there is one of its id already, which stays as it is."""
        return self._table.insert(self._row(run)) is None

    def get(self, tenant: TenantId, rule: str, id: str, now: datetime) -> RuleRun | None:
        """Return a run, strongly consistent; None = there is none."""
        row = self._table.get(_key(tenant, rule, id))
        return None if row is None or expired(row, now) else self._run(tenant, rule, row)

    def page(self, tenant: TenantId, rule: str, limit: int, cursor: str | None, now: datetime) -> RuleRunPage:
        """Return a page of runs of a rule, newest first. Raises InvalidRequest for a cursor of another list."""
        name = f"runs|{rule}"
        last = "~" if cursor is None else cursors.read(self._sealer, tenant, name, cursor)
        rows = self._table.between(
            one_rule_pk(tenant, rule), RUN, f"{RUN}{last}", ScanIndexForward=False, Limit=limit + 2
        )
        fresh = (row for row in rows if row["sk"]["S"] != f"{RUN}{last}" and not expired(row, now))
        found = [self._run(tenant, rule, row) for row in islice(fresh, limit + 1)]
        if len(found) <= limit:
            return RuleRunPage(found, None)
        return RuleRunPage(found[:limit], cursors.issue(self._sealer, tenant, name, found[limit - 1].id))

    def _row(self, run: RuleRun) -> Item:
        row = _key(run.tenant, run.rule, run.id) | {
            "at": time(run.at),
            "st": {"S": run.state.value},
            "ev": {"S": run.event},
            "v": number(run.rule_version),
            "test": {"BOOL": run.test},
        }
        if run.alert is not None:
            row["alert"] = {"S": run.alert}
        for name, ids in (("trg", run.trigger_ids), ("wd", run.deliveries)):
            if ids:
                row[name] = {"L": [{"S": id} for id in ids]}
        row |= expiry(run.at + KEPT_FOR)
        return row | seal(self._sealer, run.tenant, row, [list(run.entities), run.line])

    def _run(self, tenant: TenantId, rule: str, row: Item) -> RuleRun:
        entities, line = unseal(self._sealer, tenant, row)
        return RuleRun(
            tenant=tenant,
            rule=rule,
            id=row["sk"]["S"].removeprefix(RUN),
            at=time_of(row, "at"),
            state=RuleRunState(row["st"]["S"]),
            event=row["ev"]["S"],
            rule_version=int(row["v"]["N"]),
            trigger_ids=_ids(row, "trg"),
            entities=tuple(entities),
            line=line,
            alert=AlertRef(row["alert"]["S"]) if "alert" in row else None,
            deliveries=_ids(row, "wd"),
            test=row["test"]["BOOL"],
        )


def _key(tenant: TenantId, rule: str, id: str) -> Item:
    return key(one_rule_pk(tenant, rule), f"{RUN}{id}")


def _ids(row: Item, name: str) -> tuple[str, ...]:
    return tuple(each["S"] for each in row[name]["L"]) if name in row else ()
