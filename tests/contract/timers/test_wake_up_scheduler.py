"""What every WakeUpScheduler promises: a far timer's order is on the queue before it is due, from one wake-up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from moto import mock_aws

from tests.contract.alert_path import NOON, OTHER
from tests.contract.cloud import REGION
from tests.contract.timers.test_timers import a_timer
from tests.fakes.timers import FakeTimerQueue, FakeWakeUpScheduler
from tocsin.adapters.scheduler.wake_up_scheduler import EventBridgeWakeUpScheduler, WakeUpPlace
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.timers.domain.timer import Timer, decode
from tocsin.timers.ports import WakeUpScheduler

ACCOUNT = f"{REGION}:123456789012"
PLACE = WakeUpPlace(
    group="timers",
    queue=f"arn:aws:sqs:{ACCOUNT}:timers",
    role="arn:aws:iam::123456789012:role/alarm",
    dead_letters=f"arn:aws:sqs:{ACCOUNT}:timers-dead",
)
DAY = timedelta(days=1)


@dataclass
class WakeUps:
    """A wake-up scheduler, and its wake-ups: the minute and the order of each."""

    scheduler: WakeUpScheduler
    set: Callable[[], list[tuple[str, Timer]]]


def _fakes() -> WakeUps:
    fake = FakeWakeUpScheduler(FakeTimerQueue())
    return WakeUps(fake, lambda: [(f"{at:%Y-%m-%dT%H:%M:%S}", timer) for timer, at in fake.wake_ups.items()])


@pytest.fixture(params=["fake", "moto"])
def wake_ups(request: pytest.FixtureRequest) -> Iterator[WakeUps]:
    if request.param == "fake":
        yield _fakes()
        return
    with mock_aws():
        scheduler = boto3.Session("testing", "testing", region_name=REGION).client("scheduler")
        scheduler.create_schedule_group(Name=PLACE.group)

        def found() -> list[tuple[str, Timer]]:
            names = [one["Name"] for one in scheduler.list_schedules(GroupName=PLACE.group)["Schedules"]]
            details = [scheduler.get_schedule(Name=name, GroupName=PLACE.group) for name in names]
            return [
                (one["ScheduleExpression"].removeprefix("at(").removesuffix(")"), decode(one["Target"]["Input"]))
                for one in details
            ]

        yield WakeUps(EventBridgeWakeUpScheduler(scheduler, PLACE), found)


def test_t1_it_is_aimed_at_the_minute_before(wake_ups: WakeUps) -> None:
    timer = a_timer(due_in=DAY + timedelta(seconds=59, milliseconds=999))
    wake_ups.scheduler.set(timer)
    assert wake_ups.set() == [(f"{NOON + DAY - timedelta(minutes=1):%Y-%m-%dT%H:%M}:00", timer)]


def test_what_is_set_again_is_set_once(wake_ups: WakeUps) -> None:
    wake_ups.scheduler.set(a_timer(due_in=DAY))
    wake_ups.scheduler.set(a_timer(due_in=DAY))
    assert len(wake_ups.set()) == 1


def test_every_setting_has_a_wake_up_of_its_own(wake_ups: WakeUps) -> None:
    settings = [
        a_timer(due_in=DAY),
        a_timer(due_in=DAY, generation=2),
        a_timer(due_in=DAY, tenant=OTHER),
        a_timer("other", due_in=DAY),
        a_timer(due_in=2 * DAY),  # armed anew after a cancel
    ]
    for timer in settings:
        wake_ups.scheduler.set(timer)
    assert {timer for _, timer in wake_ups.set()} == set(settings)


class Recorder:
    """A Scheduler that remembers what it was asked, and answers as it is told."""

    def __init__(self, *answers: Exception) -> None:
        self.asked: list[dict[str, Any]] = []
        self._answers = list(answers)

    def create_schedule(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        if self._answers:
            raise self._answers.pop(0)
        return {}


def test_a_schedule_says_everything_and_removes_itself() -> None:
    recorder, timer = Recorder(), a_timer(due_in=DAY)
    EventBridgeWakeUpScheduler(recorder, PLACE).set(timer)
    (asked,) = recorder.asked
    assert asked["Name"] == asked["ClientToken"]
    assert len(asked["Name"]) == 42
    assert asked["GroupName"] == PLACE.group
    assert asked["ScheduleExpressionTimezone"] == "UTC"
    assert asked["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert asked["ActionAfterCompletion"] == "DELETE"
    target = asked["Target"]
    assert (target["Arn"], target["RoleArn"]) == (PLACE.queue, PLACE.role)
    assert target["DeadLetterConfig"] == {"Arn": PLACE.dead_letters}
    assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 86_400, "MaximumRetryAttempts": 185}
    assert json.loads(target["Input"]).keys() == {"v", "t", "k", "s", "g", "d"}


def refusal(code: str, status: int = 400) -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": status}},  # type: ignore[typeddict-item]
        "CreateSchedule",
    )


@pytest.mark.parametrize(
    "error",
    [
        refusal("ThrottlingException", 429),
        refusal("InternalServerException", 500),
        refusal("503", 503),
        ReadTimeoutError(endpoint_url="https://scheduler"),
    ],
)
def test_a_clock_that_is_busy_or_silent_is_to_be_asked_again(error: Exception) -> None:
    with pytest.raises(StorageUnavailable):
        EventBridgeWakeUpScheduler(Recorder(error), PLACE).set(a_timer(due_in=DAY))


@pytest.mark.parametrize("code", ["AccessDeniedException", "ValidationException", "ResourceNotFoundException"])
def test_a_mistake_of_ours_is_not_hidden(code: str) -> None:
    with pytest.raises(ClientError, match=code):
        EventBridgeWakeUpScheduler(Recorder(refusal(code)), PLACE).set(a_timer(due_in=DAY))


def test_set_already_is_set() -> None:
    EventBridgeWakeUpScheduler(Recorder(refusal("ConflictException", 409)), PLACE).set(a_timer(due_in=DAY))
