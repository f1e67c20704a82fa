"""Runs of rules in DynamoDB: rows beside the versions of their rule."""

from __future__ import annotations

from datetime import datetime

from tocsin.adapters.dynamodb.alert_rules.rule_row import one_rule_pk
from tocsin.adapters.dynamodb.table import cursors
from tocsin.adapters.dynamodb.table.actions import update
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import expired, expiry, key, number, time, time_of
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.alert_rules.domain.rule import KEPT_FOR
from tocsin.alert_rules.domain.run import RuleRun, RuleRunState
from tocsin.alert_rules.ports.runs import LOOKED_AT, RuleRunPage, RunFilter
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
        return self._table.insert(run_row(self._sealer, run)) is None

    def get(self, tenant: TenantId, rule: str, id: str, now: datetime) -> RuleRun | None:
        """Return a run, strongly consistent; None = there is none."""
        row = self._table.get(_key(tenant, rule, id))
        return None if row is None or expired(row, now) else self._run(tenant, rule, row)

    def end_hold(self, run: RuleRun) -> bool:
        """Note that a held run tells nothing any more. False: it was not held."""
        values = {":held": {"S": RuleRunState.HELD.value}, ":st": {"S": RuleRunState.RELEASED.value}}
        return self._table.write_if(update(_key(run.tenant, run.rule, run.id), "SET st = :st", "st = :held", values))

    def page(
        self, tenant: TenantId, rule: str, filter: RunFilter, limit: int, cursor: str | None, now: datetime
    ) -> RuleRunPage:
        """Return a page of runs of a rule, newest first. Raises InvalidRequest for a cursor of another list."""
        name = f"rule_runs|{rule}|{filter}"
        last = "~" if cursor is None else cursors.read(self._sealer, tenant, name, cursor)
        rows = self._table.between(one_rule_pk(tenant, rule), RUN, f"{RUN}{last}", ScanIndexForward=False, Limit=200)
        fresh = (row for row in rows if row["sk"]["S"] != f"{RUN}{last}")
        found: list[RuleRun] = []
        place = last
        for looked_at, row in enumerate(fresh):
            if looked_at == LOOKED_AT or len(found) == limit:
                return RuleRunPage(found, cursors.issue(self._sealer, tenant, name, place))
            place = row["sk"]["S"].removeprefix(RUN)
            run = None if expired(row, now) else self._run(tenant, rule, row)
            if run is not None and filter.holds(run):
                found.append(run)
        return RuleRunPage(found, None)

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


def run_row(sealer: Sealer, run: RuleRun) -> Item:
    """Return the row of a run."""
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
    return row | seal(sealer, run.tenant, row, [list(run.entities), run.line])


def _key(tenant: TenantId, rule: str, id: str) -> Item:
    return key(one_rule_pk(tenant, rule), f"{RUN}{id}")


def _ids(row: Item, name: str) -> tuple[str, ...]:
    return tuple(each["S"] for each in row[name]["L"]) if name in row else ()
