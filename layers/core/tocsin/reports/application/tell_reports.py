"""Send the reports of a day to those who want them.

    08:00 ──► count the day, in turns of 20 s ──► a mail for each kind of report ──► the next day
                                                        └─ none is asked for, two days in a row ──► the timer ends

The alert of a report has a reference made of account, kind and day, so a repeat sends nothing. The plan moves on after
the last mail. People are read when the mails are sent, so who is no admin any more gets none. The timer goes on while
their settings ask for a report: they may be an admin again, without a word to reports.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tocsin.alerts.domain.cause import Cause, CauseKind
from tocsin.kernel.domain.console_link import console_link
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.kernel.ports import Clock
from tocsin.limits.ports import LimitSettings
from tocsin.personal_notices.domain.account_mail import AccountMail
from tocsin.personal_notices.domain.settings_link import ACCOUNT_SETTINGS_PAGE, CHANGE
from tocsin.preferences.domain.settings import AccountTopic
from tocsin.preferences.ports import WhoWants
from tocsin.reports.application.count_day import CountDay
from tocsin.reports.application.read_figures import ReadFigures
from tocsin.reports.domain.day_reports import written
from tocsin.reports.domain.report_day import due_at, next_day_told
from tocsin.reports.domain.report_kind import ReportKind
from tocsin.reports.domain.written_report import WrittenReport, as_html, as_text
from tocsin.reports.ports import CountedDay, ReportStore, SendAccountMail
from tocsin.timers.domain.timer import Timer

TURN = timedelta(seconds=20)
"""No hour of events begins to be read later than this after the begin of a turn."""

CAUGHT_UP = timedelta(days=7)
"""Days that are told late, after an outage: those before are not told."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TellReports:
    """The action of a timer REPORT.

    Attributes:
        asked: returns whether anybody's settings ask for a report, also of people who may not get it now.
        zone: returns the time zone of an account.
        console: where the console is, as `console_link` takes it.
    """

    store: ReportStore
    count: CountDay
    figures: ReadFigures
    limits: LimitSettings
    who: WhoWants
    asked: Callable[[TenantId], bool]
    send: SendAccountMail
    zone: Callable[[TenantId], ZoneInfo]
    clock: Clock
    console: str = ""

    def __call__(self, timer: Timer, now: datetime) -> datetime | None:
        """Tell one day, or go on with its count; return when to go on, None if no report is asked for any more.

        Raises:
            StorageUnavailable: to be repeated.
        """
        tenant = timer.key.tenant
        plan = self.store.plan(tenant)
        if plan is None:
            return None
        zone = self.zone(tenant)
        if now < due_at(plan.day, zone):
            return due_at(plan.day, zone)
        plan = replace(plan, day=max(plan.day, next_day_told(now, zone) - CAUGHT_UP))
        wanted = any(self.who(tenant, AccountTopic(kind.value)) for kind in ReportKind)
        if wanted:
            count = self.count(tenant, plan.day, zone, now, lambda: self.clock() >= now + TURN)
            if not count.done:
                return self.clock()
            self.tell(count)
        unwanted = 0 if wanted or self.asked(tenant) else plan.unwanted + 1
        if not self.store.save_plan(replace(plan, day=plan.day + _DAY, unwanted=unwanted, version=plan.version + 1)):
            raise StorageUnavailable("the plan of reports was changed meanwhile")
        if unwanted < 2:
            return due_at(plan.day + _DAY, zone)
        self.limits.count(tenant, None)
        return None

    def tell(self, count: CountedDay) -> None:
        """Send each report of a day to those who want it now. Safe to repeat. Raises StorageUnavailable: repeat it."""
        figures = self.figures(count)
        for kind in ReportKind:
            if people := self.who(count.tenant, AccountTopic(kind.value)):
                self.send(report_mail(count.tenant, written(kind, figures), people, self.console))


def report_mail(tenant: TenantId, report: WrittenReport, people: Sequence[UserId], console: str) -> AccountMail:
    """Return the mail with a report. Its alert is the same for each repeat, also to other people.

    Args:
        console: where the console is, as `console_link` takes it.
    """
    cause = Cause(
        CauseKind.REPORT, report.kind.value, report.day.isoformat(), datetime.combine(report.day, time(), UTC)
    )
    why = "You get this report because it is switched on in your notification settings."
    pages = (("All reports of this day", f"reports?date={report.day}"), (CHANGE, ACCOUNT_SETTINGS_PAGE))
    links = tuple((words, address) for words, page in pages if (address := console_link(console, page)))
    report = replace(report, notes=(*report.notes, why), links=links)
    return AccountMail(
        tenant=tenant,
        cause=cause,
        subject=report.title,
        text=as_text(report),
        html=as_html(report),
        to=people,
    )
