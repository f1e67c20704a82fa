"""Composition of the actions of due timers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.bootstrap.alert_rules import RuleUseCases
from tocsin.bootstrap.notifying import event_publisher, mail_owners
from tocsin.bootstrap.reminders.reminding import remind_action
from tocsin.bootstrap.telephony.acting_on_events import ActingUseCases
from tocsin.bootstrap.telephony.ingesting import pack_action
from tocsin.delivery.application.try_now import TryNow
from tocsin.entrypoint.alert_body.alert import read_for_run
from tocsin.escalation.application.advance import AdvanceEscalation
from tocsin.escalation.application.end import EndEscalation
from tocsin.schedules.application.run import RunSchedule
from tocsin.tenant_mail.application.try_waiting import TryWaitingMails
from tocsin.timers.domain.timer import TimerKind
from tocsin.triggers.application.send import SendTriggered

if TYPE_CHECKING:
    from datetime import datetime

    from tocsin.alerts.application.send import SendAlert
    from tocsin.bootstrap.queues import Queues
    from tocsin.bootstrap.storage import Storage
    from tocsin.timers.application.run import Action
    from tocsin.timers.domain.timer import Timer


def timer_actions(
    storage: Storage, queues: Queues, send: SendAlert, *, service: str, console: str = ""
) -> dict[TimerKind, Action]:
    """Return the action of each kind of timer. A wake-up of another kind ends in the dead-letter queue.

    Args:
        service: the function's name, as a metric dimension.
        console: where the console is, as `console_link` takes it.
    """
    publisher = event_publisher(storage, queues)
    end = EndEscalation(
        escalations=storage.escalations,
        alerts=storage.alerts,
        rows=storage.message_rows,
        dispatch_progress=storage.dispatch_progress,
        event_publisher=publisher,
        notices=storage.account_notices,
        keys=storage.api_keys,
        send=send,
        read=read_for_run,
        mail_owners=mail_owners(storage, queues),
        queue=queues.dispatch,
    )
    return {
        TimerKind.ESCALATION: AdvanceEscalation(
            escalations=storage.escalations,
            alerts=storage.alerts,
            keys=storage.api_keys,
            event_publisher=publisher,
            send=send,
            read=read_for_run,
            end=end,
        ),
        TimerKind.TRIGGER: SendTriggered(
            triggers=storage.triggers,
            keys=storage.api_keys,
            stores=storage.stored_content,
            alerts=storage.alerts,
            send=send,
            read=read_for_run,
            event_publisher=publisher,
            notices=storage.account_notices,
        ),
        TimerKind.SCHEDULE: RunSchedule(
            schedules=storage.schedules,
            write=storage.commit_together,
            stores=storage.stored_content,
            keys=storage.api_keys,
            send=send,
            read=read_for_run,
            notices=storage.account_notices,
        ),
        TimerKind.MAIL: TryWaitingMails(
            storage.refused_mails,
            storage.alerts,
            TryNow(
                rows=storage.message_rows,
                dispatch_progress=storage.dispatch_progress,
                queue=queues.dispatch,
                clock=storage.clock,
            ),
        ),
        TimerKind.PACK: pack_action(storage),
        TimerKind.REMINDER: remind_action(storage, queues, service=service, console=console),
        TimerKind.BACKTEST: RuleUseCases(storage).run_backtest,
        TimerKind.REPORT: _report(storage, queues, service=service, console=console),
        TimerKind.HEARTBEAT: lambda timer, now: None,
        **ActingUseCases(storage, queues, service=service, console=console).timer_actions,
    }


def _report(storage: Storage, queues: Queues, *, service: str, console: str) -> Action:
    """Return the action of reports. Its modules are imported when the reports of a day are due."""

    def tell(timer: Timer, now: datetime) -> datetime | None:
        from tocsin.bootstrap.reports.use_cases import ReportUseCases

        return ReportUseCases(storage).tell(queues, service=service, console=console)(timer, now)

    return tell
