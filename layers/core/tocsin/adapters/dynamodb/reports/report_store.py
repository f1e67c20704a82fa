"""Reports in DynamoDB: a row for the plan of an account, and one for the count of each day."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime

from tocsin.adapters.dynamodb.table.actions import FREE, put
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import expired, expiry, key, number, time, time_of
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Sealer
from tocsin.reports.domain.day_sums import DaySums
from tocsin.reports.ports import COUNT_KEPT, CountedDay, ReportPlan


class DynamoDbReportStore:
    """Rows `T#<t>#REP` / `PLAN` and `D#<yyyy-mm-dd>`; the sums are sealed, because they name lines and numbers."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def plan(self, tenant: TenantId) -> ReportPlan | None:
        """Return the plan, strongly consistent."""
        row = self._table.get(_plan_key(tenant))
        if row is None:
            return None
        return ReportPlan(
            tenant=tenant,
            day=date.fromisoformat(row["day"]["S"]),
            unwanted=int(row["unwanted"]["N"]),
            version=int(row["v"]["N"]),
        )

    def save_plan(self, plan: ReportPlan) -> bool:
        """Store a plan over the version before its own."""
        row = _plan_key(plan.tenant) | {
            "day": {"S": plan.day.isoformat()},
            "unwanted": number(plan.unwanted),
            "v": number(plan.version),
        }
        condition, values = (FREE, None) if plan.version == 1 else ("v = :over", {":over": number(plan.version - 1)})
        # An earlier try of this call, whose response was lost, may have written it.
        return self._table.write_if(put(row, condition, values)) or self.plan(plan.tenant) == plan

    def count(self, tenant: TenantId, day: date, now: datetime) -> CountedDay | None:
        """Return the count of a day, strongly consistent."""
        row = self._table.get(_count_key(tenant, day))
        if row is None or expired(row, now):
            return None
        return CountedDay(
            tenant=tenant,
            day=day,
            zone=row["zone"]["S"],
            begin=time_of(row, "begin"),
            end=time_of(row, "end"),
            received_before=time_of(row, "before"),
            next_hour=time_of(row, "hour"),
            done=row["done"]["BOOL"],
            sums=DaySums(**unseal(self._sealer, tenant, row)),
            turn=int(row["turn"]["N"]),
        )

    def save_count(self, count: CountedDay) -> bool:
        """Store a count over the turn before its own."""
        row_key = _count_key(count.tenant, count.day)
        row = row_key | {
            "zone": {"S": count.zone},
            "begin": time(count.begin),
            "end": time(count.end),
            "before": time(count.received_before),
            "hour": time(count.next_hour),
            "done": {"BOOL": count.done},
            "turn": number(count.turn),
            **seal(self._sealer, count.tenant, row_key, asdict(count.sums)),
            **expiry(count.begin + COUNT_KEPT),
        }
        condition, values = (FREE, None) if count.turn == 1 else ("turn = :over", {":over": number(count.turn - 1)})
        if self._table.write_if(put(row, condition, values)):
            return True
        standing = self._table.get(row_key)
        return standing is not None and all(standing[name] == row[name] for name in ("turn", "hour", "done"))


def _plan_key(tenant: TenantId) -> Item:
    return key(f"T#{tenant}#REP", "PLAN")


def _count_key(tenant: TenantId, day: date) -> Item:
    return key(f"T#{tenant}#REP", f"D#{day.isoformat()}")
