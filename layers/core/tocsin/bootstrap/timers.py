"""Composition of the actions of due timers.

Each action is made, and its modules are imported, when a timer of its kind is due.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from tocsin.bootstrap.reminders.reminding import remind_action
from tocsin.bootstrap.telephony.acting_on_events import ActingUseCases, made_later
from tocsin.bootstrap.telephony.ingesting import pack_action
from tocsin.timers.domain.timer import TimerKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tocsin.alerts.application.send import SendAlert
    from tocsin.bootstrap.queues import Queues
    from tocsin.bootstrap.storage import Storage
    from tocsin.escalation.application.end import EndEscalation
    from tocsin.timers.application.run import Action
    from tocsin.timers.domain.timer import Timer


class TimerActions:
    """The action of each kind of timer. One object serves one process and thread.

    Args:
        send: returns what sends an alert; the same one each time.
        service: the function's name, as a metric dimension.
        console: where the console is, as `console_link` takes it.
    """

    def __init__(
        self, storage: Storage, queues: Queues, send: Callable[[], SendAlert], *, service: str, console: str = ""
    ) -> None:
        self._storage, self._queues, self._send = storage, queues, send
        self._service, self._console = service, console

    @cached_property
    def by_kind(self) -> dict[TimerKind, Action]:
        """The actions. A wake-up of another kind ends in the dead-letter queue."""
        storage, queues, service, console = self._storage, self._queues, self._service, self._console
        return {
            TimerKind.ESCALATION: made_later(lambda: self._advance_escalation),
            TimerKind.TRIGGER: made_later(lambda: self._send_triggered),
            TimerKind.SCHEDULE: made_later(lambda: self._run_schedule),
            TimerKind.MAIL: made_later(lambda: self._try_waiting_mails),
            TimerKind.PACK: pack_action(storage),
            TimerKind.REMINDER: remind_action(storage, queues, service=service, console=console),
            TimerKind.BACKTEST: made_later(lambda: self._run_backtest),
            TimerKind.REPORT: self._tell_report,
            TimerKind.HEARTBEAT: lambda timer, now: None,
            **ActingUseCases(storage, queues, service=service, console=console).timer_actions,
        }

    @cached_property
    def _advance_escalation(self) -> Action:
        from tocsin.bootstrap.notifying import event_publisher
        from tocsin.entrypoint.alert_body.alert import read_for_run
        from tocsin.escalation.application.advance import AdvanceEscalation

        storage = self._storage
        return AdvanceEscalation(
            escalations=storage.escalations,
            alerts=storage.alerts,
            keys=storage.api_keys,
            event_publisher=event_publisher(storage, self._queues),
            send=self._send(),
            read=read_for_run,
            end=self._end_escalation,
        )

    @cached_property
    def _end_escalation(self) -> EndEscalation:
        from tocsin.bootstrap.notifying import event_publisher, mail_owners
        from tocsin.entrypoint.alert_body.alert import read_for_run
        from tocsin.escalation.application.end import EndEscalation

        storage = self._storage
        return EndEscalation(
            escalations=storage.escalations,
            alerts=storage.alerts,
            rows=storage.message_rows,
            dispatch_progress=storage.dispatch_progress,
            event_publisher=event_publisher(storage, self._queues),
            notices=storage.account_notices,
            keys=storage.api_keys,
            send=self._send(),
            read=read_for_run,
            mail_owners=mail_owners(storage, self._queues),
            queue=self._queues.dispatch,
        )

    @cached_property
    def _send_triggered(self) -> Action:
        from tocsin.bootstrap.notifying import event_publisher
        from tocsin.entrypoint.alert_body.alert import read_for_run
        from tocsin.triggers.application.send import SendTriggered

        storage = self._storage
        return SendTriggered(
            triggers=storage.triggers,
            keys=storage.api_keys,
            stores=storage.stored_content,
            alerts=storage.alerts,
            send=self._send(),
            read=read_for_run,
            event_publisher=event_publisher(storage, self._queues),
            notices=storage.account_notices,
        )

    @cached_property
    def _run_schedule(self) -> Action:
        from tocsin.entrypoint.alert_body.alert import read_for_run
        from tocsin.schedules.application.run import RunSchedule

        storage = self._storage
        return RunSchedule(
            schedules=storage.schedules,
            write=storage.commit_together,
            stores=storage.stored_content,
            keys=storage.api_keys,
            send=self._send(),
            read=read_for_run,
            notices=storage.account_notices,
        )

    @cached_property
    def _try_waiting_mails(self) -> Action:
        from tocsin.delivery.application.try_now import TryNow
        from tocsin.tenant_mail.application.try_waiting import TryWaitingMails

        storage = self._storage
        return TryWaitingMails(
            storage.refused_mails,
            storage.alerts,
            TryNow(
                rows=storage.message_rows,
                dispatch_progress=storage.dispatch_progress,
                queue=self._queues.dispatch,
                clock=storage.clock,
            ),
        )

    @cached_property
    def _run_backtest(self) -> Action:
        from tocsin.bootstrap.alert_rules import RuleUseCases

        return RuleUseCases(self._storage).run_backtest

    def _tell_report(self, timer: Timer, now: datetime) -> datetime | None:
        from tocsin.bootstrap.reports.use_cases import ReportUseCases

        reports = ReportUseCases(self._storage)
        return reports.tell(self._queues, service=self._service, console=self._console)(timer, now)
