"""The lists of alert rules: one's own, all, and those that were deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chalice.app import Response

from console.rules.words import TYPES, tells
from console.site import Site
from console.visit import Visit
from console.words import counted, sentence
from tocsin.alert_rules.application.read_rules import ReadRules, RuleList, WantedRules
from tocsin.alert_rules.domain.rights import RuleOperation, check_may
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.alert_rules.domain.triggers import RuleType
from tocsin.alert_rules.ports.runs import LOOKED_AT, RunFilter
from tocsin.directory.domain.things import Kind
from tocsin.identity.domain.permissions import Permission
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.errors import Forbidden

PAGE = 25
RUN_DAYS = 7

LISTS = {RuleList.OWNED: "Owned", RuleList.ALL: "All", RuleList.DELETED: "Deleted"}

_ACTS = (
    ("Test", "/test", RuleOperation.TEST),
    ("Edit", "", RuleOperation.EDIT),
    ("History", "/history", RuleOperation.VIEW),
    ("Copy", "/copy", RuleOperation.COPY),
    ("Switch owner", "/owner", RuleOperation.GIVE),
    ("Delete", "/delete", RuleOperation.DELETE),
)
"""Entries of the menu of a rule: word, page below the rule's, and the right that it needs."""

EXPORTS = (("html", "page"), ("mht", "MHT file"), ("svg", "diagram"), ("json", "JSON"))
"""Formats of an export, in words; who sees a rule may export it."""


@dataclass(frozen=True, slots=True)
class MenuOfRule:
    """What a visitor may do with a rule: words and pages; and why other acts are absent."""

    acts: Sequence[tuple[str, str]]
    absent: Sequence[str]


def menu_of_rule(caller: Principal, rule: AlertRule) -> MenuOfRule:
    """Return the menu of a rule for a visitor."""
    acts, absent = [], dict[str, list[str]]()
    for word, below, operation in _ACTS:
        try:
            check_may(caller, operation, rule)
            acts.append((word, f"rules/{rule.id}{below}"))
        except Forbidden as error:
            absent.setdefault(error.right, []).append(word)
    return MenuOfRule(acts, [f"{', '.join(words)}: {sentence(who)}" for who, words in absent.items()])


def list_page(site: Site, read: ReadRules, visit: Visit) -> Response:
    """Return a list as the address asks for it."""
    query, who = visit.query, visit.principal
    chosen = next((each for each in RuleList if each == query.get("list")), RuleList.OWNED)
    wanted = WantedRules(
        type=next((each for each in RuleType if each == query.get("type")), None),
        enabled={"on": True, "off": False}.get(query.get("state", "")),
        search=query.get("find", "").strip() or None,
    )
    page = read.page(who, chosen, wanted, PAGE, query.get("cursor") or None)
    rules = {rule.id: rule for rule in read.rules.get_many(who.tenant, [item["id"] for item in page.items])}
    owners = _owners(read, visit, page.items)
    rows = [_row(read, visit, item, rules[item["id"]], owners) for item in page.items if item["id"] in rules]
    tabs = [(each.value, word) for each, word in LISTS.items() if each is not RuleList.ALL or _sees_all(visit)]
    return site.show(
        visit,
        "rules/list",
        rows=rows,
        next=page.next,
        tabs=tabs,
        chosen=chosen.value,
        types=[("", "every type"), *((type.value, word) for type, word in TYPES.items())],
        states=[("", "on and off"), ("on", "on"), ("off", "off")],
        asked={name: query.get(name, "") for name in ("find", "type", "state")},
        exports=EXPORTS,
        sees_all=_sees_all(visit),
        may_make=_may_make(visit),
    )


def _row(
    read: ReadRules, visit: Visit, item: Mapping[str, Any], rule: AlertRule, owners: Mapping[str, str]
) -> dict[str, Any]:
    mine = visit.principal.user is not None and visit.principal.user.id == rule.owner
    return {
        "id": rule.id,
        "name": rule.name,
        "type": TYPES[rule.type],
        "triggers": len(rule.triggers),
        "tells": tells(rule.actions),
        "on": rule.enabled,
        "stopped": item["out_of_scope"],
        "owner": "You" if mine else owners.get(rule.owner, "one who is gone"),
        "owner_disabled": item["owner_disabled"],
        "deleted_at": rule.deleted_at,
        "menu": menu_of_rule(visit.principal, rule),
        "runs": None if rule.deleted_at else week_of_runs(read, rule, ZoneInfo(visit.zone), visit.now),
    }


@dataclass(frozen=True, slots=True)
class WeekOfRuns:
    """How often a rule ran on each of the last days; `more` = there are more than were counted."""

    days: Sequence[int]
    words: Sequence[str]
    more: bool

    @property
    def total(self) -> str:
        """All runs, "500+" if there are more."""
        return f"{sum(self.days)}{'+' if self.more else ''}"

    @property
    def sentence(self) -> str:
        """The counts in words."""
        told = ", ".join(f"{word} {count}" for word, count in zip(self.words, self.days, strict=True) if count)
        return f"{self.total} in {counted(len(self.days), 'day')}" + (f": {told}" if told else "")


def week_of_runs(read: ReadRules, rule: AlertRule, zone: ZoneInfo, now: datetime) -> WeekOfRuns:
    """Return how often a rule ran on each of the last seven days of the reader's clock, today last."""
    today = now.astimezone(zone).date()
    days = [today - timedelta(days=back) for back in reversed(range(RUN_DAYS))]
    wanted = RunFilter(since=now - timedelta(days=RUN_DAYS), test=False)
    page = read.runs.page(rule.tenant, rule.id, wanted, LOOKED_AT, None, now)
    found = [run.at.astimezone(zone).date() for run in page.runs]
    return WeekOfRuns([found.count(day) for day in days], [f"{day:%a}" for day in days], page.next is not None)


def _owners(read: ReadRules, visit: Visit, items: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    wanted = sorted({(Kind.USER, item["owner"]) for item in items})
    return dict(_people(read, visit, wanted)) if wanted else {}


def _people(read: ReadRules, visit: Visit, wanted: Sequence[tuple[Kind, str]]) -> Iterator[tuple[str, str]]:
    for person in read.directory.get_many(visit.principal.tenant, wanted):
        if isinstance(person, User):
            yield person.id, person.name


def _sees_all(visit: Visit) -> bool:
    return visit.may(Permission.RULES_ALL)


def _may_make(visit: Visit) -> bool:
    try:
        check_may(visit.principal, RuleOperation.CREATE)
    except Forbidden:
        return False
    return True
