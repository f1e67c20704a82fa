"""What a cancellation stops, and what may still go out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tocsin.delivery.domain.message import Message, MessageState

_NOT_SUBMITTED = frozenset({MessageState.QUEUED, MessageState.HELD, MessageState.RETRY_WAIT})


@dataclass(frozen=True, slots=True)
class StoppedMessages:
    """Numbers of messages of a cancelled alert that are in no terminal state.

    Attributes:
        stopped: they never go out: each needs a claim, and the worker that claims it finds the alert cancelled.
        may_still_go: a worker had claimed them, or it is unknown whether the provider has them.
    """

    stopped: int = 0
    may_still_go: int = 0

    @property
    def open(self) -> int:
        """The sum of both."""
        return self.stopped + self.may_still_go

    def __add__(self, other: StoppedMessages) -> StoppedMessages:
        return StoppedMessages(self.stopped + other.stopped, self.may_still_go + other.may_still_go)


def stopped_messages(rows: Iterable[Message | None]) -> StoppedMessages:
    """Count messages by their rows as they were read after the cancellation; None = no worker has claimed it."""
    stopped = may_still_go = 0
    for row in rows:
        if row is None or row.state in _NOT_SUBMITTED:
            stopped += 1
        elif not row.terminal:
            may_still_go += 1
    return StoppedMessages(stopped, may_still_go)
