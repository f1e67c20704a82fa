"""What a rule would have done with the events of the last days. Nothing is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from console.rules.words import FILTERS
from console.words import counted, number, sentence
from tocsin.alert_rules.application.run_backtests import PreviewBacktest
from tocsin.alert_rules.domain.payload import entity
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.alert_rules.domain.triggers import FilterName
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.domain.stored_event import EVENT_KEPT

DAYS = 7
MATCHES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class PastDays:
    """Tries rules on the events of the last DAYS, today included, by the clock of the account.

    Attributes:
        preview: returns the quick backtest.
        account_zone: IANA name of the zone of an account.
    """

    preview: Callable[[], PreviewBacktest]
    account_zone: Callable[[TenantId], str]

    def of(self, rule: AlertRule, now: datetime) -> dict[str, Any]:
        """Return what the page shows of a rule, which may not be saved."""
        zone = ZoneInfo(self.account_zone(rule.tenant))
        first = now.astimezone(zone).date() - timedelta(days=DAYS - 1)
        return shown_past(self.preview()(rule, datetime.combine(first, time(), zone)), rule, first, now)


def shown_past(found: Mapping[str, Any], rule: AlertRule, first: date, now: datetime) -> dict[str, Any]:
    """Return the result of a preview in words.

    Args:
        first: the first of the DAYS.
    """
    counts = {each["day"]: each["count"] for each in found["per_day"]}
    days = [first + timedelta(days=place) for place in range(DAYS)]
    per_day = [(f"{day:%a %-d %b}", counts.get(day.isoformat(), 0)) for day in days]
    runs: int = found["firings"]
    listed: Sequence[Mapping[str, Any]] = found["first"]
    is_all = len(listed) == runs
    entities = {trigger.id: entity(trigger, rule) for trigger in rule.triggers}
    return {
        "run": _run(runs, complete=found["complete"]),
        "complete": found["complete"],
        "days": [count for _, count in per_day],
        "per_day": ", ".join(f"{word}: {number(count)}" for word, count in per_day),
        "nearly": [_near(each) for each in found["near_misses"]],
        "noise": sentence(found["noise"]) if found["noise"] else "",
        "texts": _texts(found),
        "newest": is_all,
        "matches": [
            {
                "at": datetime.fromisoformat(each["time"]),
                "event": each["event"] if now < datetime.fromisoformat(each["time"]) + EVENT_KEPT else "",
                "why": ", ".join(entities.get(id, "") for id in each["triggers"]),
            }
            for each in (listed[::-1] if is_all else listed)[:MATCHES_SHOWN]
        ],
    }


def _run(count: int, *, complete: bool) -> str:
    if not count:
        return "would not have run"
    return f"would have run {'' if complete else 'at least '}{counted(count, 'time')}"


def _near(miss: Mapping[str, Any]) -> str:
    """Return how many events a rule misses by one filter: "6 more if Duration were left empty"."""
    if miss["filter"] not in set(FilterName):
        return str(miss["sentence"])  # what is no filter is a sentence of the core
    return f"{number(miss['more'])} more if {FILTERS[FilterName(miss['filter'])]} were left empty"


def _texts(found: Mapping[str, Any]) -> str:
    if not found["texts"]:
        return ""
    return f"{counted(found['texts'], 'text')}, about {found['cost']['amount']:.2f} {found['cost']['currency']}"
