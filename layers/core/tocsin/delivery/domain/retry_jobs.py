"""When the queue shall bring back what has to wait for another try."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.delivery.domain.message import Message

LONGEST_DELAY = timedelta(minutes=15)
"""Of one queue message (SQS DelaySeconds goes to 900)."""


def retry_jobs(
    order: DispatchJob, waiting: Iterable[Message], now: datetime
) -> list[tuple[DispatchJob, timedelta, int]]:
    """Return orders for the messages of `order` that wait, each with its delay and how many messages it names.

    Tries that lie close together (within 5 s, or a quarter of their delay) share one order, which comes when the last
    of them is due: an order that came too early would find its messages held and be lost on them.
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
            replace(order, positions=tuple(sorted(message.position for message in group))),
            max(timedelta(0), min((group[-1].due_at or now) - now, LONGEST_DELAY)),
            len(group),
        )
        for _, group in groups
    ]
