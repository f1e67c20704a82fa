"""Ports of reports: what is counted of days, which day is told next, and who wants a report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol

from tocsin.kernel.domain.ids import TenantId
from tocsin.personal_notices.domain.account_mail import AccountMail
from tocsin.reports.domain.day_sums import DaySums

COUNT_KEPT = timedelta(days=35)
"""How long what was counted of a day can be read, from its begin: as long as the totals of what was sent."""

SendAccountMail = Callable[[AccountMail], object]
"""Mails people of an account, once for each cause. Raises StorageUnavailable: repeat the call."""

NameLines = Callable[[TenantId], Mapping[str, str]]
"""Returns what each line of an account is called, by every name that events give it, in lower case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPlan:
    """Which day an account is told next. It stays when no report is wanted any more, so that no day is told twice.

    Attributes:
        day: of which the reports are the next to be sent.
        unwanted: how many days in a row no report was wanted.
        version: each change adds one.
    """

    tenant: TenantId
    day: date
    unwanted: int = 0
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedDay:
    """What is counted of one day.

    Attributes:
        zone: the account's, when the count began: begin and end are by it.
        begin, end: of the day.
        received_before: later events do not count.
        next_hour: the first hour of receipt that is not read yet.
        done: all hours are read.
        turn: counts writes, from 1.
    """

    tenant: TenantId
    day: date
    zone: str
    begin: datetime
    end: datetime
    received_before: datetime
    next_hour: datetime
    done: bool = False
    sums: DaySums = field(default_factory=DaySums)
    turn: int = 1


class ReportStore(Protocol):
    """Plans of accounts, and the counts of their days."""

    def plan(self, tenant: TenantId) -> ReportPlan | None:
        """Return the plan, strongly consistent; None = no report was ever wanted."""
        ...

    def save_plan(self, plan: ReportPlan) -> bool:
        """Store a plan over the version before its own; False: another writer was first. A repeat is True."""
        ...

    def count(self, tenant: TenantId, day: date, now: datetime) -> CountedDay | None:
        """Return the count of a day, strongly consistent; None: it has not begun, or its time is over."""
        ...

    def save_count(self, count: CountedDay) -> bool:
        """Store a count over the turn before its own; False: another worker has taken that turn. A repeat is True."""
        ...
