"""An account whose day is told: its events, its timer, and who wants its reports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.fakes.reports import FakeReportStore
from tests.fakes.sending_limits import FakeCounters, FakeLimitSettings, FakeSendingTotals
from tests.fakes.telephony import FakeEventPacks, FakeEventRows
from tests.fakes.time import VirtualClock
from tests.fakes.timers import FakeTimerQueue, FakeTimers, FakeWakeUpScheduler
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import AlertRef, TenantId, UserId
from tocsin.personal_notices.domain.account_mail import AccountMail
from tocsin.preferences.domain.settings import AccountTopic
from tocsin.reports.application.count_day import CountDay
from tocsin.reports.application.plan_reports import PlanReports
from tocsin.reports.application.read_figures import ReadFigures
from tocsin.reports.application.tell_reports import TellReports
from tocsin.reports.domain.report_kind import ReportKind
from tocsin.telephony.application.read_hours import ReadHours
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.stored_event import StoredEvent
from tocsin.timers.application.run import RunTimer
from tocsin.timers.domain.timer import TimerKind

ACME = TenantId("acme")
ANA, BOB = UserId("ana"), UserId("bob")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BEGIN = datetime(2026, 11, 29, tzinfo=UTC)
"""Midnight in London."""

Wrap = Callable[[str, Any], Any]


def event(at: datetime, type: str, data: dict[str, Any], late: timedelta = timedelta(0)) -> TelephonyEvent:
    """Return an event with a name of its own."""
    name = f"{type}:{at.isoformat()}:{sorted(data.items())}"
    return TelephonyEvent("pbx", name, type, at, at + late, data)


def call(at: datetime, direction: str = "incoming", status: str = "answered", **data: Any) -> TelephonyEvent:
    """Return the end of a call."""
    said = {"callId": at.isoformat(), "direction": direction, "status": status, "durationSeconds": 30}
    parties = {"from": {"number": "+447700900123"}, "to": {"number": "2001"}}
    return event(at, "call.ended", said | parties | data)


class ReportWorld:
    """Fakes of all stores, and the use cases over them. `wrap` puts faults between the two."""

    def __init__(
        self, zone: str = "Europe/London", now: datetime = BEGIN, wrap: Wrap = lambda name, port: port
    ) -> None:
        self.clock = VirtualClock(now)
        self.zone = ZoneInfo(zone)
        self.store, self.timers, self.queue = FakeReportStore(), FakeTimers(), FakeTimerQueue()
        self.rows, self.packs = FakeEventRows(), FakeEventPacks()
        self.totals, self.counters, self.limits = FakeSendingTotals(), FakeCounters(), FakeLimitSettings()
        self.lines: dict[str, str] = {}
        self.wants: dict[UserId, set[ReportKind]] = {}
        self.may_not: set[UserId] = set()
        self.mails: dict[AlertRef, AccountMail] = {}
        store, timers, self.out = wrap("store", self.store), wrap("timers", self.timers), wrap("mail", self)
        self.plan = PlanReports(store, timers, self.limits, lambda tenant: self.zone, self.clock, self.queue)
        self.count = CountDay(store, ReadHours(self.rows, self.packs, self.clock))
        self.figures = ReadFigures(
            totals=self.totals,
            counters=self.counters,
            limits=self.limits,
            name_lines=lambda tenant: self.lines,
            account_name=lambda tenant: "Northwater",
        )
        self.tell = TellReports(
            store=store,
            count=self.count,
            figures=self.figures,
            limits=self.limits,
            who=self.who,
            asked=lambda tenant: any(self.wants.values()),
            send=lambda mail: self.out.send(mail),
            zone=lambda tenant: self.zone,
            clock=self.clock,
        )
        self.run = RunTimer(
            timers, self.queue, FakeWakeUpScheduler(self.queue), {TimerKind.REPORT: self.tell}, self.clock
        )

    def who(self, tenant: TenantId, topic: AccountTopic) -> list[UserId]:
        return [
            user for user, kinds in self.wants.items() if ReportKind(topic.value) in kinds and user not in self.may_not
        ]

    def send(self, mail: AccountMail) -> None:
        """Accept a mail, unless its alert is there."""
        self.mails.setdefault(mail.cause.alert_ref(mail.tenant), mail)

    def switch_on(self, user: UserId = ANA, *kinds: ReportKind) -> None:
        """Let a person want reports, as the use case of settings does: the timer first."""
        self.plan.wanted(ACME)
        self.wants.setdefault(user, set()).update(kinds or ReportKind)

    def add(self, *events: TelephonyEvent) -> None:
        """Take events in."""
        for each in events:
            self.rows.kept[ACME, each.name] = StoredEvent.new(each, (), {})

    def until(self, at: datetime) -> None:
        """Let time pass: the timer runs whenever it is due."""
        while (due := next((each.due_at for each in self.timers.rows.values()), at)) < at:
            self.clock.at_least(due)
            self.fire()
        self.clock.at_least(at)

    def fire(self) -> None:
        """Run the timer, whose order may come again and again until it is done."""
        for timer in list(self.timers.rows.values()):
            self.run(timer)

    def fire_with_faults(self) -> None:
        """Run the timer until nothing fails."""
        for _ in range(20):
            try:
                self.fire()
            except StorageUnavailable:
                continue
            return

    @property
    def told(self) -> list[tuple[str, str]]:
        """Kind and day of each report, by day."""
        return sorted(
            ((mail.cause.parent, mail.cause.run) for mail in self.mails.values()), key=lambda each: each[::-1]
        )

    @property
    def days(self) -> list[str]:
        """The days that were told by the report of activity."""
        return [day for kind, day in self.told if kind == ReportKind.ACTIVITY]

    def text(self, kind: ReportKind) -> str:
        """Return the newest report of a kind as text."""
        mails = [mail for mail in self.mails.values() if mail.cause.parent == kind]
        return max(mails, key=lambda mail: mail.cause.run).text

    def late(self, each: TelephonyEvent, by: timedelta) -> TelephonyEvent:
        """Return an event as it comes later."""
        return replace(each, received_at=each.at + by)
