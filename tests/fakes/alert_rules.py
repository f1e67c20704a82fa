"""Alert rules and their runs, in memory."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime

from tests.fakes.directory import FakeAuditTrail
from tests.fakes.mail_runs import FakeMailRuns, FakeVoicemailLists
from tests.fakes.outage import Outage
from tests.fakes.timers import FakeTimers
from tocsin.alert_rules.domain.backtest import BacktestSums
from tocsin.alert_rules.domain.rule import KEPT_FOR, AlertRule, without_secrets
from tocsin.alert_rules.domain.run import (
    MatchToTell,
    MissedMatches,
    MissedTold,
    RuleRun,
    RuleRunState,
    RuleUnchanged,
    RunWritten,
)
from tocsin.alert_rules.domain.windows import RuleWindow
from tocsin.alert_rules.ports.backtests import Backtest
from tocsin.alert_rules.ports.rules import JOURNAL_ENTRIES, ChangedRules, RuleChange, RuleFilter, RulePage
from tocsin.alert_rules.ports.runs import RuleRunPage, RunFilter
from tocsin.alerts.domain.internal.inside_alert import InsideAlert
from tocsin.alerts.domain.participants import Participant
from tocsin.kernel.domain.errors import Fault, InvalidRequest, StaleWrite, Superseded
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.tenant_mail.domain.mail_run import MailRunWritten
from tocsin.tenant_mail.domain.voicemails import VoicemailsWritten
from tocsin.webhooks.domain.delivery import Delivery
from tocsin.webhooks.domain.rule_delivery import DeliveryOwed


class FakeAlertRules:
    """`rules` may be inspected. The entries of changes go to `trail`."""

    def __init__(self, trail: FakeAuditTrail | None = None) -> None:
        self.rules: dict[tuple[TenantId, str], AlertRule] = {}
        self.versions: dict[tuple[TenantId, str, int], tuple[AlertRule, datetime]] = {}
        self.journal: dict[TenantId, dict[int, str]] = {}
        self.book_versions: dict[TenantId, int] = {}
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
        self.book_version(after.tenant)

    def book_version(self, tenant: TenantId) -> int:
        self.outage.check()
        newest = max(self.journal.get(tenant, {}), default=0)  # entries expire, and the version stays
        self.book_versions[tenant] = max(self.book_versions.get(tenant, 0), newest)
        return self.book_versions[tenant]

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

    def end_hold(self, run: RuleRun) -> bool:
        self.outage.check()
        place = (run.tenant, run.rule, run.id)
        found = self.runs.get(place)
        if found is None or found.state is not RuleRunState.HELD:
            return False
        self.runs[place] = replace(found, state=RuleRunState.RELEASED)
        return True

    def page(
        self, tenant: TenantId, rule: str, filter: RunFilter, limit: int, cursor: str | None, now: datetime
    ) -> RuleRunPage:
        place = f"{tenant}|{rule}|{filter}|"
        before = "~" if cursor is None else _place_of(cursor, place)
        ids = sorted((id for owner, of, id in self.runs if (owner, of) == (tenant, rule)), reverse=True)
        kept = (self.get(tenant, rule, id, now) for id in ids if id < before)
        rest = [run for run in kept if run is not None and filter.holds(run)]
        return RuleRunPage(rest[:limit], place + rest[limit - 1].id if len(rest) > limit else None)


class FakeRuleWindows:
    """`counts`, `stopped`, `open` and `lists` may be inspected; all are by rule, and by the beginning of a window."""

    def __init__(self) -> None:
        self.counts: dict[tuple[TenantId, str, datetime, str], int] = {}
        self.stopped: dict[tuple[TenantId, str, datetime], MissedMatches] = {}
        self.open: dict[tuple[TenantId, str], RuleWindow] = {}
        self.lists: dict[tuple[TenantId, str, datetime], dict[tuple[datetime, str], MatchToTell]] = {}
        self.outage = Outage()

    def used(self, tenant: TenantId, rule: str, window: RuleWindow, value: str) -> int:
        self.outage.check()
        return self.counts.get((tenant, rule, window.start, value), 0)

    def missed(self, tenant: TenantId, rule: str, window: RuleWindow) -> MissedMatches:
        self.outage.check()
        return self.stopped.get((tenant, rule, window.start), MissedMatches(window))

    def open_digest(self, tenant: TenantId, rule: str) -> RuleWindow | None:
        self.outage.check()
        return self.open.get((tenant, rule))

    def close_digest(self, tenant: TenantId, rule: str, start: datetime) -> None:
        self.outage.check()
        standing = self.open.get((tenant, rule))
        if standing is not None and standing.start == start:
            del self.open[tenant, rule]

    def collected(self, tenant: TenantId, rule: str, start: datetime) -> Sequence[MatchToTell]:
        self.outage.check()
        found = self.lists.get((tenant, rule, start), {})
        return [found[place] for place in sorted(found)]


class FakeInside:
    """Accepts alerts of the inside with what rules and tenant mail write beside them, all or nothing.

    `alerts` and `deliveries` may be inspected: what is sent, by reference and by id.
    """

    def __init__(self, rules: FakeAlertRules, runs: FakeRuleRuns, windows: FakeRuleWindows, timers: FakeTimers) -> None:
        self.rules, self.runs, self.windows, self.timers = rules, runs, windows, timers
        self.alerts: dict[AlertRef, InsideAlert] = {}
        self.deliveries: dict[str, Delivery] = {}
        self.mail_runs, self.voicemails = FakeMailRuns(), FakeVoicemailLists()
        self.outage = Outage()

    def __call__(self, alert: InsideAlert) -> None:
        self.outage.check()
        if alert.messages and alert.ref in self.alerts:
            return
        self.write(alert.participants)
        if alert.messages:
            self.alerts[alert.ref] = alert

    def write(self, participants: Sequence[Participant]) -> None:
        """Write all of them. Raises Superseded: the condition of one does not hold, and nothing is written."""
        if not all(map(self._holds, participants)):
            raise Superseded("a participant holds no more")
        for participant in participants:
            match participant:
                case DeliveryOwed(delivery):
                    self.deliveries[delivery.key.event_id] = delivery
                case MissedTold(tenant, rule, missed):
                    place = (tenant, rule, missed.window.start)
                    self.windows.stopped[place] = replace(self.windows.stopped[place], told=missed.count)
                case RunWritten():
                    self._write(participant)
                case MailRunWritten():
                    self.mail_runs.write(participant)
                case VoicemailsWritten():
                    self.voicemails.write(participant)

    def _holds(self, participant: Participant) -> bool:
        match participant:
            case RuleUnchanged(tenant, id, version):
                rule = self.rules.rules.get((tenant, id))
                return rule is not None and rule.enabled and rule.version == version
            case MissedTold(tenant, rule_id, missed):
                standing = self.windows.stopped.get((tenant, rule_id, missed.window.start))
                return standing is not None and standing.told == missed.told
            case RunWritten():
                return self._may_write(participant)
            case MailRunWritten():
                return self.mail_runs.holds(participant)
            case VoicemailsWritten():
                return self.voicemails.holds(participant)
        return True

    def _may_write(self, written: RunWritten) -> bool:
        run, windows = written.run, self.windows
        standing = self.runs.runs.get((run.tenant, run.rule, run.id))
        if (standing and standing.state) != written.over:
            return False
        use, missed, digest = written.throttle, written.missed, written.digest
        if use and windows.counts.get((run.tenant, run.rule, use.window.start, use.value), 0) >= use.most:
            return False
        if missed:
            stopped = windows.stopped.get((run.tenant, run.rule, missed.window.start))
            if (None if stopped is None else stopped.told) != (missed.told if missed.count else None):
                return False
        if digest:
            open = windows.open.get((run.tenant, run.rule))
            if (open is not None) if digest.is_new else (open is None or open.start != digest.window.start):
                return False
        timer = None if written.timer is None else self.timers.get(written.timer.key)
        return timer is None or written.timer is None or timer.generation < written.timer.generation

    def _write(self, written: RunWritten) -> None:
        run, windows = written.run, self.windows
        self.runs.runs[run.tenant, run.rule, run.id] = run
        if (use := written.throttle) is not None:
            place = (run.tenant, run.rule, use.window.start, use.value)
            windows.counts[place] = windows.counts.get(place, 0) + 1
        if (missed := written.missed) is not None:
            spot = (run.tenant, run.rule, missed.window.start)
            count = windows.stopped.get(spot, missed).count + 1
            windows.stopped[spot] = MissedMatches(missed.window, count, missed.told, written.match)
        if (digest := written.digest) is not None and written.match is not None:
            if digest.is_new:
                windows.open[run.tenant, run.rule] = digest.window
            listed = windows.lists.setdefault((run.tenant, run.rule, digest.window.start), {})
            listed[run.at, run.event] = written.match
        if written.timer is not None:
            self.timers.arm(written.timer)


def _place_of(cursor: str, place: str) -> str:
    if not cursor.startswith(place):
        raise InvalidRequest([Fault("/cursor", "INVALID_CURSOR", "this cursor was not issued for this list")])
    return cursor.removeprefix(place)


class FakeBacktests:
    """`kept` may be inspected. What is kept is JSON where the real one keeps JSON."""

    def __init__(self) -> None:
        self.kept: dict[tuple[TenantId, str], Backtest] = {}
        self.outage = Outage()

    def add(self, backtest: Backtest) -> None:
        self.outage.check()
        self.kept.setdefault((backtest.tenant, backtest.id), _copied(backtest))

    def find(self, tenant: TenantId, id: str, now: datetime) -> Backtest | None:
        self.outage.check()
        found = self.kept.get((tenant, id))
        return None if found is None or now >= found.expires_at else _copied(found)

    def save(self, backtest: Backtest) -> bool:
        self.outage.check()
        key = backtest.tenant, backtest.id
        standing = self.kept.get(key)
        if standing is not None and standing.turn == backtest.turn - 1:
            self.kept[key] = _copied(backtest)
            return True
        return standing is not None and (standing.turn, standing.next_hour) == (backtest.turn, backtest.next_hour)


def _copied(backtest: Backtest) -> Backtest:
    return replace(backtest, sums=BacktestSums(**json.loads(json.dumps(asdict(backtest.sums)))))
