"""Dispatch jobs for retries: which messages share a job, and how long SQS delays it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.delivery.domain.message import Message, MessageState

LONGEST_DELAY = timedelta(minutes=15)
"""The longest delay of a queue message: 900 s, the maximum of SQS DelaySeconds."""

_WAITING = (MessageState.HELD, MessageState.RETRY_WAIT, MessageState.UNKNOWN)


def due_soon(messages: Iterable[Message], now: datetime) -> list[Message]:
    """Return those of some messages that need a job of their own when their wait is over.

    The sweeper queues those that wait longer than a queue can.
    """
    soon = now + LONGEST_DELAY
    return [message for message in messages if message.state in _WAITING and message.due_at and message.due_at <= soon]


def retry_jobs(job: DispatchJob, waiting: Iterable[Message], now: datetime) -> list[tuple[DispatchJob, timedelta, int]]:
    """Return jobs for the messages of `job` that wait, each with its delay and its number of messages.

    Messages whose tries are due close together (within 5 s, or a quarter of the delay) share one job. The job arrives
    when the last of them is due, because a job that arrives before a message is due does nothing about it.
    """
    groups: list[tuple[datetime, list[Message]]] = []
    for message in sorted(waiting, key=lambda message: message.due_at or now):
        due = message.due_at or now
        if groups and due <= groups[-1][0] + max(timedelta(seconds=5), (groups[-1][0] - now) / 4):
            groups[-1][1].append(message)
        else:
            groups.append((due, [message]))
    return [
        (
            replace(job, positions=tuple(sorted(message.position for message in group))),
            max(timedelta(0), min((group[-1].due_at or now) - now, LONGEST_DELAY)),
            len(group),
        )
        for _, group in groups
    ]
