"""The worker of timers. Handler: `run_timers.app.handler`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from run_timers.handler import timer_worker
from tocsin.adapters.aws.clients import AwsClients
from tocsin.adapters.dynamodb.timers import DynamoDbTimers
from tocsin.adapters.scheduler.alarm_clock import AlarmPlace, EventBridgeAlarmClock
from tocsin.adapters.sqs.timer_queue import SqsTimerQueue
from tocsin.application.run_timers import Action, RunTimer
from tocsin.domain.timer import TimerKind
from tocsin.entrypoint.clock import utc_now
from tocsin.entrypoint.environment import Environment
from tocsin.entrypoint.observability import configure

SERVICE = "run_timers"


@dataclass(frozen=True, slots=True)
class Settings(Environment):
    """What the template gives this function.

    Attributes:
        timer_alarm_group: schedule group of the alarms.
        timer_alarm_role_arn: the role the alarm clock takes to put an order on the timer queue.
    """

    table_name: str
    timers_queue_url: str
    timers_queue_arn: str
    timers_dead_letters_arn: str
    timer_alarm_group: str
    timer_alarm_role_arn: str


configure(SERVICE)
settings = Settings.from_environ()
clients = AwsClients()

actions: Mapping[TimerKind, Action] = {
    TimerKind.PROBE: lambda timer, now: None,
}
"""What each kind of timer does when it is due. A kind that is missing here ends among the dead letters."""

run = RunTimer(
    timers=DynamoDbTimers(clients.dynamodb, settings.table_name),
    queue=SqsTimerQueue(clients.sqs, settings.timers_queue_url),
    alarm=EventBridgeAlarmClock(
        clients.scheduler,
        AlarmPlace(
            group=settings.timer_alarm_group,
            queue=settings.timers_queue_arn,
            role=settings.timer_alarm_role_arn,
            dead_letters=settings.timers_dead_letters_arn,
        ),
    ),
    actions=actions,
    clock=utc_now,
)
handler = timer_worker(SERVICE, run)
