"""The worker of timers as Lambda imports it, over moto: a real queue, table and alarm clock."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import boto3
import pytest

from sweep.handler import sweeper
from tests.contract.cloud import REGION
from tests.functional.events import Context, record_id, scheduled_event, sqs_event
from tests.functional.test_batch_worker import Output, output
from tests.functional.test_worker_wiring import Stack, stack
from tocsin.delivery.application.sweep import SweepReport
from tocsin.entrypoint.process.clock import utc_now
from tocsin.kernel.domain.ids import TenantId
from tocsin.timers.application.sweep import TimerSweepReport
from tocsin.timers.domain.timer import Timer, TimerKey, TimerKind, decode, encode, wake_up_name

__all__ = ["output", "stack"]

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


class Plant:
    """The function with its queue, and the alarm clock's group."""

    def __init__(self, stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
        self.scheduler = boto3.Session("testing", "testing", region_name=REGION).client("scheduler")
        self.scheduler.create_schedule_group(Name="tocsin-timers")
        for name, value in {
            "TIMERS_QUEUE_ARN": "arn:aws:sqs:eu-west-1:123456789012:timers",
            "TIMERS_DEAD_LETTERS_ARN": "arn:aws:sqs:eu-west-1:123456789012:timers-dead",
            "OPEN_EGRESS": "false",
            "TIMER_WAKE_UP_GROUP": "tocsin-timers",
            "TIMER_WAKE_UP_ROLE_ARN": "arn:aws:iam::123456789012:role/alarm",
        }.items():
            monkeypatch.setenv(name, value)
        self.stack = stack
        self.app = stack.start("run_timers.app")
        self.timers = self.app.run.timers

    def armed(self, due_in: timedelta, kind: TimerKind = TimerKind.HEARTBEAT) -> Timer:
        timer = Timer(
            TimerKey(TenantId("acme"), kind, f"s.{kind.value}.{due_in.total_seconds():.0f}"), 1, utc_now() + due_in
        )
        assert self.timers.arm(timer)
        return timer

    def work_off(self, *bodies: str, receives: int = 1) -> list[str]:
        """Give the worker a batch; return the ids of the records that must come again."""
        event = sqs_event(bodies)
        for record in event["Records"]:
            record["attributes"]["ApproximateReceiveCount"] = str(receives)
        answer: dict[str, Any] = self.app.handler(event, Context(60_000))
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def alarms(self) -> list[str]:
        return [one["Name"] for one in self.scheduler.list_schedules(GroupName="tocsin-timers")["Schedules"]]


@pytest.fixture
def plant(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Plant:
    return Plant(stack, monkeypatch)


def test_t1_what_is_due_runs_what_is_near_waits_and_what_is_far_has_its_alarm_set(
    plant: Plant, output: Callable[[], Output]
) -> None:
    due, near, far = plant.armed(-2 * SECOND), plant.armed(HOUR / 6), plant.armed(HOUR)

    assert plant.work_off(*map(encode, (due, near, far))) == []

    assert [plant.timers.get(timer.key) for timer in (due, near, far)] == [None, near, far]
    assert plant.alarms() == [wake_up_name(far)]
    assert plant.stack.bodies("TIMERS") == []  # it waits, for ten minutes
    written = output()
    metrics = written.metrics(service="run_timers")
    (late,) = metrics.pop("TimerLateness")
    assert 2_000 <= late < 60_000
    assert metrics == {"TimersFired": [1.0], "TimersEarly": [2.0]}
    (line,) = [line for line in written.log if line["message"] == "timers"]
    assert (line["orders"], line["orders_failed"], line["fired"], line["early"], line["stale"]) == (3, 0, 1, 2, 0)


def test_t2_an_order_that_comes_twice_is_stale_the_second_time(plant: Plant, output: Callable[[], Output]) -> None:
    due = plant.armed(-SECOND)
    assert plant.work_off(encode(due), encode(due)) == []
    assert output().metrics(service="run_timers")["TimersStale"] == [1.0]


def test_r8_poison_fails_alone_and_the_timer_of_an_unknown_action_stays(
    plant: Plant, output: Callable[[], Output], monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a good order among one that is none, one of a kind nobody knows, and one that nothing is registered for
    monkeypatch.delitem(plant.app.run.actions, TimerKind.TRIGGER)  # an older version of the function
    good, orphan = plant.armed(-SECOND), plant.armed(-SECOND, TimerKind.TRIGGER)
    unknown = json.dumps(json.loads(encode(good)) | {"k": "dinner"})

    failed = plant.work_off("nonsense", unknown, encode(orphan), encode(good))

    assert failed == [record_id(n) for n in range(3)]
    assert plant.timers.get(good.key) is None
    assert plant.timers.get(orphan.key) == orphan
    written = output()
    assert written.metrics(service="run_timers")["OrdersFailed"] == [3.0]
    assert "NO_SUCH_ACTION" in [line.get("exception", {}).get("code") for line in written.log]


def test_an_order_that_comes_again_is_told_from_one_that_comes_first(plant: Plant) -> None:
    # given a worker that died after it had moved the row
    first = plant.armed(-SECOND)
    second = first.next(utc_now() + HOUR)
    assert plant.timers.move(first, second)
    assert plant.work_off(encode(first)) == []
    assert plant.alarms() == []
    assert plant.work_off(encode(first), receives=2) == []
    assert plant.alarms() == [wake_up_name(second)]


def test_r9_the_sweeper_enqueues_for_what_is_overdue(plant: Plant) -> None:
    overdue = plant.armed(-timedelta(minutes=2))
    facts = plant.stack.start("sweep.app").handler(scheduled_event(), Context(50_000))
    assert facts["timers"] == 1
    (body,) = plant.stack.bodies("TIMERS")
    assert decode(body) == overdue
    assert plant.work_off(body) == []
    assert plant.timers.get(overdue.key) is None


@pytest.mark.parametrize("fault", [RuntimeError("x"), None])
def test_timers_that_cannot_be_swept_do_not_keep_messages_waiting(
    fault: Exception | None, output: Callable[[], Output]
) -> None:
    def timers(time_left: Callable[[], timedelta]) -> TimerSweepReport:
        if fault is not None:
            raise fault
        return TimerSweepReport(enqueued=3)

    facts = sweeper("dispatch_test", lambda time_left: SweepReport(checked=1), None, timers)(
        scheduled_event(), Context()
    )

    assert facts["checked"] == 1
    metrics = output().metrics()
    assert metrics["SweepRuns"] == [1.0]
    assert metrics.get("TimerSweepsFailed") == (None if fault is None else [1.0])
    assert metrics.get("TimersEnqueued") == ([3.0] if fault is None else None)
