"""Time on the deployed system: an alarm that run_timers sets, and one that rings for a timer that runs when it is due.

The one test here that waits for the engine's clock (it looks at its schedules every ten seconds); about a minute.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.stack.system import System
from tocsin.adapters.scheduler.wake_up_scheduler import EventBridgeWakeUpScheduler, WakeUpPlace
from tocsin.adapters.sqs.timer_queue import SqsTimerQueue
from tocsin.kernel.domain.ids import TenantId
from tocsin.timers.domain.timer import Timer, TimerKey, TimerKind, encode, wake_up_at, wake_up_name

ACME = TenantId("acme")
EARLY = timedelta(seconds=20)


def a_heartbeat(subject: str, due_at: datetime) -> Timer:
    return Timer(TimerKey(ACME, TimerKind.HEARTBEAT, subject), 1, due_at)


def test_t1_an_alarm_is_set_and_another_enqueues_for_a_timer_that_is_never_early(system: System) -> None:
    outputs, aws = system.stack.outputs, system.aws
    scheduler, group = aws.client("scheduler"), outputs["TimerWakeUpGroup"]
    timers = system.storage.timers
    queue = SqsTimerQueue(aws.client("sqs"), outputs["TimersQueueUrl"])

    # given an order for a timer that is far off
    far = a_heartbeat("far", datetime.now(UTC) + timedelta(minutes=20))
    queue.enqueue([far], datetime.now(UTC))

    # then run_timers, which alone may, sets the alarm
    found = system.awaited(lambda: _schedule(scheduler, group, far), bool, 30)
    assert found is not None
    assert found["ScheduleExpression"] == f"at({wake_up_at(far):%Y-%m-%dT%H:%M:%S})"
    assert found["ActionAfterCompletion"] == "DELETE"
    assert found["Target"]["Input"] == encode(far)
    assert "TimerWakeUpRole" in found["Target"]["RoleArn"]

    # given such an alarm for a timer that is due soon: whatever the minute is, it is one that has begun
    soon = a_heartbeat("soon", datetime.now(UTC) + EARLY)
    assert timers.arm(soon)
    target = found["Target"]
    place = WakeUpPlace(group, target["Arn"], target["RoleArn"], target["DeadLetterConfig"]["Arn"])
    EventBridgeWakeUpScheduler(scheduler, place).set(soon)

    # then it rings, is gone, and its timer runs: not before it is due, and within a few seconds after
    def seen() -> tuple[datetime, bool]:
        stands = timers.get(soon.key) is not None
        return datetime.now(UTC), stands

    over, _ = system.awaited(seen, lambda answer: not answer[1], 60)
    assert soon.due_at <= over <= soon.due_at + timedelta(seconds=30)
    assert _schedule(scheduler, group, soon) is None


def _schedule(scheduler: Any, group: str, timer: Timer) -> dict[str, Any] | None:
    try:
        return dict(scheduler.get_schedule(Name=wake_up_name(timer), GroupName=group))
    except scheduler.exceptions.ResourceNotFoundException:
        return None
