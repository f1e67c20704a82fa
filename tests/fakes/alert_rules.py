"""Alert rules and their runs, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tests.fakes.directory import FakeAuditTrail
from tests.fakes.outage import Outage
from tocsin.alert_rules.domain.rule import KEPT_FOR, AlertRule, without_secrets
from tocsin.alert_rules.ports.rules import JOURNAL_ENTRIES, ChangedRules, RuleChange, RuleFilter, RulePage
from tocsin.alert_rules.ports.runs import RuleRun, RuleRunPage, RunFilter
from tocsin.kernel.domain.errors import Fault, InvalidRequest, StaleWrite
from tocsin.kernel.domain.ids import TenantId


class FakeAlertRules:
    """`rules` may be inspected. The entries of changes go to `trail`."""

    def __init__(self, trail: FakeAuditTrail | None = None) -> None:
        self.rules: dict[tuple[TenantId, str], AlertRule] = {}
        self.versions: dict[tuple[TenantId, str, int], tuple[AlertRule, datetime]] = {}
        self.journal: dict[TenantId, dict[int, str]] = {}
        self.trail = trail or FakeAuditTrail()
        self.outage = Outage()

    def get(self, tenant: TenantId, id: str) -> AlertRule | None:
        self.outage.check()
        return self.rules.get((tenant, id))

    def stands(self, tenant: TenantId, rule: str) -> bool:
        found = self.get(tenant, rule)
        return found is not None and found.deleted_at is None

    def get_many(self, tenant: TenantId, ids: Sequence[str]) -> Sequence[AlertRule]:
        found = (self.get(tenant, id) for id in dict.fromkeys(ids))
        return [rule for rule in found if rule is not None]

    def all(self, tenant: TenantId) -> Sequence[AlertRule]:
        return [rule for rule in self._of(tenant) if rule.deleted_at is None]

    def page(self, tenant: TenantId, filter: RuleFilter, limit: int, cursor: str | None, now: datetime) -> RulePage:
        place = f"{tenant}|{filter}|"
        before = "~" if cursor is None else _place_of(cursor, place)
        rest = [each for each in reversed(self._of(tenant)) if each.id < before and filter.holds(each, now)]
        return RulePage(rest[:limit], place + rest[limit - 1].id if len(rest) > limit else None)

    def version(self, tenant: TenantId, id: str, version: int, now: datetime) -> AlertRule | None:
        present = self.get(tenant, id)
        if present is not None and present.version == version:
            return without_secrets(present)
        rule, until = self.versions.get((tenant, id, version), (None, now))
        return rule if now < until else None

    def commit(self, change: RuleChange) -> None:
        self.outage.check()
        before, after = change.before, change.after
        there = self.rules.get((after.tenant, after.id))
        if (there and there.version) != (before and before.version):
            raise StaleWrite("another call changed this alert rule")
        if before is not None:
            place = (before.tenant, before.id, before.version)
            self.versions[place] = without_secrets(before), change.entry.at + KEPT_FOR
        self.rules[after.tenant, after.id] = after
        self.trail.record([change.entry])
        self.journal.setdefault(after.tenant, {})[self.book_version(after.tenant) + 1] = after.id

    def book_version(self, tenant: TenantId) -> int:
        self.outage.check()
        return max(self.journal.get(tenant, {}), default=0)

    def changed_since(self, tenant: TenantId, version: int) -> ChangedRules | None:
        self.outage.check()
        entries = {n: rule for n, rule in self.journal.get(tenant, {}).items() if n > version}
        if len(entries) > JOURNAL_ENTRIES or (entries and min(entries) != version + 1):
            return None
        return ChangedRules(max(entries, default=version), list(dict.fromkeys(entries.values())))

    def _of(self, tenant: TenantId) -> list[AlertRule]:
        self.outage.check()
        mine = (rule for (owner, _), rule in self.rules.items() if owner == tenant)
        return sorted(mine, key=lambda rule: rule.id)


class FakeRuleRuns:
    """`runs` may be inspected."""

    def __init__(self) -> None:
        self.runs: dict[tuple[TenantId, str, str], RuleRun] = {}
        self.outage = Outage()

    def add(self, run: RuleRun) -> bool:
        self.outage.check()
        place = (run.tenant, run.rule, run.id)
        return self.runs.setdefault(place, run) is run

    def get(self, tenant: TenantId, rule: str, id: str, now: datetime) -> RuleRun | None:
        self.outage.check()
        found = self.runs.get((tenant, rule, id))
        return found if found is not None and now < found.at + KEPT_FOR else None

    def page(
        self, tenant: TenantId, rule: str, filter: RunFilter, limit: int, cursor: str | None, now: datetime
    ) -> RuleRunPage:
        place = f"{tenant}|{rule}|{filter}|"
        before = "~" if cursor is None else _place_of(cursor, place)
        ids = sorted((id for owner, of, id in self.runs if (owner, of) == (tenant, rule)), reverse=True)
        kept = (self.get(tenant, rule, id, now) for id in ids if id < before)
        rest = [run for run in kept if run is not None and filter.holds(run)]
        return RuleRunPage(rest[:limit], place + rest[limit - 1].id if len(rest) > limit else None)


def _place_of(cursor: str, place: str) -> str:
    if not cursor.startswith(place):
        raise InvalidRequest([Fault("/cursor", "INVALID_CURSOR", "this cursor was not issued for this list")])
    return cursor.removeprefix(place)
