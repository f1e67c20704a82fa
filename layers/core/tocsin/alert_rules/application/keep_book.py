"""The books of rules that a process keeps: built from all rules once, then kept by the journal (ADR 0129)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tocsin.alert_rules.application.account import ReadAccount
from tocsin.alert_rules.domain.book import RuleBook
from tocsin.alert_rules.domain.facts import AccountNames
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.alert_rules.ports.rules import JOURNAL_KEPT_FOR, AlertRules
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock

ASKED_EVERY = timedelta(seconds=5)
"""How old what a process knows of the rules may be. `rule.COUNTS_AFTER` is not shorter."""

NAMES_EVERY = timedelta(minutes=1)
"""How old the names of lines, groups and numbers may be: the directory writes no journal."""

BOOKS = 64
"""Most accounts whose books a process keeps; the one that was not used for the longest time goes."""


_UTC = ZoneInfo("UTC")


@dataclass(slots=True)
class _Kept:
    """What is known of an account. `asked_at`: of the journal."""

    version: int
    rules: dict[str, AlertRule]
    names: AccountNames
    zone: ZoneInfo
    asked_at: datetime
    named_at: datetime
    book: RuleBook


class KeepBook:
    """Returns the book of an account. One object serves one process.

    Args:
        zone: returns the zone of an account.
    """

    def __init__(
        self, rules: AlertRules, account: ReadAccount, zone: Callable[[TenantId], ZoneInfo], clock: Clock
    ) -> None:
        self._rules, self._account, self._zone, self._clock = rules, account, zone, clock
        self._kept: OrderedDict[TenantId, _Kept] = OrderedDict()

    def __call__(self, tenant: TenantId) -> RuleBook:
        """Return the book of an account, at most ASKED_EVERY old; names in it are at most NAMES_EVERY old."""
        now, kept = self._clock(), self._kept.get(tenant)
        if kept is None or now - kept.asked_at > JOURNAL_KEPT_FOR / 2 or not self._caught_up(tenant, kept, now):
            kept = self._built(tenant, now)
        self._kept[tenant] = kept
        self._kept.move_to_end(tenant)
        if len(self._kept) > BOOKS:
            self._kept.popitem(last=False)
        return kept.book

    def _built(self, tenant: TenantId, now: datetime) -> _Kept:
        """Read all rules. The version comes first: a change in between is in the journal, and is read again."""
        version = self._rules.book_version(tenant)
        rules = {rule.id: rule for rule in self._rules.all(tenant)} if version else {}
        names, zone = self._names_and_zone(tenant, rules)
        return _Kept(version, rules, names, zone, now, now, _book(rules, names, zone))

    def _caught_up(self, tenant: TenantId, kept: _Kept, now: datetime) -> bool:
        """Bring what is kept up to date. False: the journal is not complete any more."""
        if now - kept.asked_at < ASKED_EVERY:
            return True
        changed = self._rules.changed_since(tenant, kept.version)
        if changed is None:
            return False
        rules, names, zone = dict(kept.rules), kept.names, kept.zone
        for rule in self._rules.get_many(tenant, changed.ids) if changed.ids else ():
            if rule.deleted_at is None:
                rules[rule.id] = rule
            else:
                rules.pop(rule.id, None)
        if now - kept.named_at >= NAMES_EVERY or (rules and not kept.rules):
            (names, zone), kept.named_at = self._names_and_zone(tenant, rules), now
        if (rules, names, zone) != (kept.rules, kept.names, kept.zone):
            kept.rules, kept.names, kept.zone = rules, names, zone
            kept.book = _book(rules, names, zone)
        kept.version, kept.asked_at = changed.version, now
        return True

    def _names_and_zone(self, tenant: TenantId, rules: Mapping[str, AlertRule]) -> tuple[AccountNames, ZoneInfo]:
        """Read what rules need of the account. Most accounts have no rules, and read the country alone."""
        if not rules:
            return AccountNames(country=self._account.country(tenant)), _UTC
        return self._account(tenant).names, self._zone(tenant)


def _book(rules: dict[str, AlertRule], names: AccountNames, zone: ZoneInfo) -> RuleBook:
    return RuleBook((rules[id] for id in sorted(rules)), names, zone)
