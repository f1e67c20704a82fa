"""One-time schedules that put a timer's wake-up on the timer queue in the minute before the timer is due."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Protocol

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection

from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.timers.domain.timer import Timer, encode, wake_up_at, wake_up_name

_RETRIES = {"MaximumEventAgeInSeconds": 86_400, "MaximumRetryAttempts": 185}
"""The maximum of EventBridge Scheduler. Source: API reference, RetryPolicy."""


class Scheduler(Protocol):
    """boto3's EventBridge Scheduler client, as far as it is used."""

    @property
    def create_schedule(self) -> Callable[..., Any]:
        """CreateSchedule."""
        ...


@dataclass(frozen=True, slots=True)
class WakeUpPlace:
    """Where schedules are created and what they do, as ARNs except for the group.

    Attributes:
        group: name of the schedule group.
        queue: the timer queue that receives the wake-ups.
        role: the execution role of the schedules; it may send messages to the two queues, and nothing else.
        dead_letters: the queue for wake-ups that could not be delivered within a day.
    """

    group: str
    queue: str
    role: str
    dead_letters: str


class EventBridgeWakeUpScheduler:
    """Schedules wake-ups for timers that are further away than the longest delay of an SQS message.

    The name of a schedule is made from the timer's setting, so that each setting has one schedule.
    """

    def __init__(self, scheduler: Scheduler, place: WakeUpPlace) -> None:
        self._scheduler = scheduler
        self._place = place

    def set(self, timer: Timer) -> None:
        """Create the schedule of this setting, once. The schedule deletes itself after the wake-up.

        Raises:
            StorageUnavailable: throttled, failed or not answered.
        """
        name, at = wake_up_name(timer), wake_up_at(timer).astimezone(UTC)
        try:
            self._scheduler.create_schedule(
                Name=name,
                GroupName=self._place.group,
                ClientToken=name,
                ScheduleExpression=f"at({at:%Y-%m-%dT%H:%M:%S})",
                ScheduleExpressionTimezone="UTC",
                FlexibleTimeWindow={"Mode": "OFF"},
                ActionAfterCompletion="DELETE",
                Target={
                    "Arn": self._place.queue,
                    "RoleArn": self._place.role,
                    "Input": encode(timer),
                    "RetryPolicy": _RETRIES,
                    "DeadLetterConfig": {"Arn": self._place.dead_letters},
                },
            )
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code == "ConflictException":
                return  # the schedule of this setting exists already
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            if status >= 500 or status == 429 or code == "ThrottlingException":
                raise StorageUnavailable(f"the scheduler answered {code or status}") from error
            raise
        except (HTTPClientError, NoConnection) as error:
            raise StorageUnavailable(f"the scheduler did not answer: {type(error).__name__}") from error
