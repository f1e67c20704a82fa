"""Runs of notices, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tests.fakes.outage import Outage
from tocsin.alerts.domain.alert import Alert
from tocsin.kernel.domain.ids import TenantId
from tocsin.personal_notices.domain.notice import NoticeKind
from tocsin.personal_notices.domain.notice_run import RUN_KEPT, NoticeRun, NoticeRunWritten


class FakeNoticeRuns:
    """`kept` may be inspected."""

    def __init__(self) -> None:
        self.kept: dict[tuple[TenantId, NoticeKind, str], NoticeRun] = {}
        self.outage = Outage()

    def get(self, tenant: TenantId, kind: NoticeKind, key: str, now: datetime) -> NoticeRun | None:
        self.outage.check()
        found = self.kept.get((tenant, kind, key))
        return found if found is not None and now < found.decided_at + RUN_KEPT else None

    def of_event(self, tenant: TenantId, event: str, now: datetime) -> Sequence[NoticeRun]:
        self.outage.check()
        of_event = [run for place, run in self.kept.items() if place[0] == tenant and run.notice.event == event]
        of_event.sort(key=lambda run: run.notice.kind)
        return [run for run in of_event if now < run.decided_at + RUN_KEPT]

    def holds(self, written: NoticeRunWritten, alert: Alert | None = None) -> bool:
        return _place(written.run) not in self.kept

    def write(self, written: NoticeRunWritten, alert: Alert | None = None) -> None:
        self.kept[_place(written.run)] = written.run


def _place(run: NoticeRun) -> tuple[TenantId, NoticeKind, str]:
    return run.notice.tenant, run.notice.kind, run.notice.key
