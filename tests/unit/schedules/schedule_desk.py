"""The desk where alerts are sent later, and the worker that sends them when they are due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from tests.builders import TENANT
from tests.fakes.schedules import FakeCommitTogether, FakeSchedules
from tests.fakes.tenants import FakeTenantRepository
from tests.fakes.timers import FakeTimerQueue, FakeTimers, FakeWakeUpScheduler
from tests.unit.alerts.desk import Desk, a_request, an_sms
from tocsin.alerts.application.check_later import CheckLater
from tocsin.alerts.application.send import SendAlert
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.features import ScheduleOptions
from tocsin.alerts.domain.request import SendRequest
from tocsin.alerts.domain.result import SendResult
from tocsin.calendar.domain.repeat import Interval, parse_interval
from tocsin.contacts.domain.channel import Channel
from tocsin.entrypoint.alert_body.alert import read_for_run
from tocsin.entrypoint.http.compact_json import compact
from tocsin.idempotency.domain.claim import IdempotencyClaim
from tocsin.identity.application.account_clocks import AccountClocks
from tocsin.identity.domain.tenant import Tenant
from tocsin.limits.application.notify_refusals import NotifyRefusals
from tocsin.schedules.application.begin import BeginSchedule, FromStore
from tocsin.schedules.application.change import Change, ChangeSchedule
from tocsin.schedules.application.defer import DeferAlert
from tocsin.schedules.application.run import RunSchedule
from tocsin.schedules.application.schedule_alert import ScheduleAlert
from tocsin.schedules.application.send_together import SendTogether
from tocsin.schedules.domain.answer import Changed, Scheduled
from tocsin.schedules.domain.schedule import Schedule, ScheduleId
from tocsin.timers.application.run import RunTimer
from tocsin.timers.application.sweep import SweepTimers
from tocsin.timers.domain.timer import TimerKind

AT_ONCE = Interval()


def asked(
    start: datetime | None = None, delay: str = "0m", repeat: str | None = None, **more: object
) -> ScheduleOptions:
    """Return a schedule block; spans as a client writes them."""
    interval = parse_interval(repeat) if repeat else None
    return ScheduleOptions(start, parse_interval(delay), interval, **more)  # type: ignore[arg-type]


def body(*to: str, text: str = "trunk 7 is down", **more: object) -> str:
    """Return an alert as it lies in a store: one text message to these numbers."""
    element = {"alertType": "sms", "tag": "s", "sender": "Tocsin", "recipients": list(to), "content": text}
    return compact({"clientRef": "ref-1", "alert": [element], **more})


class ScheduleDesk(Desk):
    """As `Desk`; `work_off` lets time pass."""

    def __init__(self, capacities: dict[Channel, int] | None = None, zone: str = "UTC") -> None:
        super().__init__(capacities)
        self.schedules, self.timers, self.orders = FakeSchedules(), FakeTimers(), FakeTimerQueue()
        self.tenants = FakeTenantRepository()
        self.tenants.add(Tenant(TENANT, "Acme", self.clock(), zone))
        self.together = FakeCommitTogether(self.alerts, self.schedules, self.stores, self.timers)
        self.scheduler = FakeWakeUpScheduler(self.orders)
        self.clocks = AccountClocks(self.tenants, self.clock)
        self.prepare = replace(self.send_alert.prepare, clocks=self.clocks)
        self.refusals: Counter[str] = Counter()
        tell = NotifyRefusals(
            self.told, lambda sending_limit, count: self.refusals.update({sending_limit.value: count})
        )
        self.send_alert = SendAlert(
            self.prepare, self.alerts, self.keys, self.queue, self.clock, self.told, self.orders, tell
        )
        check = CheckLater(self.prepare)
        self.begin = BeginSchedule(check, self.clocks, self.rng)
        self.schedule_alert = ScheduleAlert(self.begin, self.together, self.stores, self.orders, self.clock)
        self.change = ChangeSchedule(self.schedules, self.together, self.stores, self.orders, self.clock)
        self.defer = DeferAlert(check, self.store_content, self.together, self.clock)
        self.send_together = SendTogether(
            self.prepare, self.begin, self.together, self.keys, self.queue, self.orders, self.clock, self.told, tell
        )
        self.run_schedule = RunSchedule(
            self.schedules, self.together, self.stores, self.keys, self.send_alert, read_for_run, self.told
        )
        self.run_timer = RunTimer(
            self.timers, self.orders, self.scheduler, {TimerKind.SCHEDULE: self.run_schedule}, self.clock
        )
        self.sweep = SweepTimers(self.timers, self.orders, self.clock)

    def schedule(
        self,
        when: ScheduleOptions,
        *to: str,
        claim: IdempotencyClaim | None = None,
        source: FromStore | None = None,
        request: SendRequest | None = None,
    ) -> Scheduled:
        """Schedule one text message to these numbers, or whatever request is named."""
        numbers = to or ("+447700900001",)
        request = request or replace(a_request(an_sms(*numbers)), text=body(*numbers))
        result = self.schedule_alert(self.key, request, when, claim, source)
        assert isinstance(result, Scheduled), result
        return result

    def refused(self, when: ScheduleOptions, request: SendRequest) -> SendResult:
        result = self.schedule_alert(self.key, request, when)
        assert isinstance(result, SendResult)
        return result

    def standing(self, result: Scheduled) -> Schedule:
        """Return the schedule as it stands."""
        assert result.schedule_id is not None
        found = self.schedules.get(TENANT, self.key.id, result.schedule_id)
        assert found is not None
        return found

    def do(self, change: Change, result: Scheduled, claim: IdempotencyClaim | None = None) -> Changed:
        return self.change(self.key, ScheduleId(result.schedule_id or ""), change, claim)

    def work_off(self, until: datetime, step: Callable[[], None] | None = None) -> None:
        """Let time pass until then, order by order; `step` is called before each."""
        while orders := [at for at, _ in self.orders.waiting if at <= until]:
            self.clock.at_least(min(orders))
            for order in self.orders.take(self.clock()):
                if step is not None:
                    step()
                self.run_timer(order)
        self.clock.at_least(until)

    def swept(self) -> None:
        """Let the sweeper come by."""
        self.sweep(lambda: timedelta(minutes=1))

    def pass_time(self, span: timedelta) -> None:
        self.work_off(self.clock() + span)

    @property
    def sent(self) -> list[Alert]:
        """Return every alert, oldest first."""
        return sorted(self.alerts.alerts.values(), key=lambda alert: alert.accepted_at)
