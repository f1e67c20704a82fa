"""Follow the calls of a batch: ask about those that are overdue, stop those that are not wanted, give back lines."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.delivery.application.batch_run import BatchRun
from tocsin.delivery.domain.message import Message, MessageState
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.domain.retry_jobs import due_soon
from tocsin.delivery.ports.calls_under_way import CallsUnderWay
from tocsin.delivery.ports.lines import CallLines
from tocsin.kernel.ports import Clock

_MAY_GO_ON = (MessageState.SENDING, MessageState.UNKNOWN, MessageState.CALLING)


@dataclass(frozen=True, slots=True)
class FollowCalls:
    """Runs after the outcomes of a batch were recorded."""

    calls: CallsUnderWay
    lines: CallLines
    clock: Clock

    def __call__(self, run: BatchRun) -> None:
        """Save what is found. A call whose message others changed meanwhile is left to them.

        Raises:
            StorageUnavailable: the sweeper queues the messages of overdue calls again.
        """
        for message in run.not_wanted:
            self.calls.stop(message)
        moved = [after for message in run.overdue if (after := self._look(run, message))]
        saved, _ = run.save(moved)
        run.moved.update(message.state.value for message in saved if message.state is not MessageState.CALLING)
        run.waiting += due_soon(saved, self.clock())
        self._give_back(run)

    def _look(self, run: BatchRun, message: Message) -> Message | None:
        id = MessageId(run.job.batch.key, message.position, message.attempt)
        return self.calls.look(run.alert, run.item, run.recipients[message.position], id, message)

    def _give_back(self, run: BatchRun) -> None:
        tries = run.with_line | {message.position: message for message in (*run.overdue, *run.not_wanted)}
        over = [
            (one, run.recipients[position])
            for position, one in tries.items()
            if not _may_go_on(one, run.known.get(position, one))
        ]
        if over:
            self.lines.give_back(run.alert, run.job.batch.key, over)


def _may_go_on(one: Message, newest: Message) -> bool:
    """Whether a try may be with the provider, by its message as it stands now."""
    return newest.attempt == one.attempt and newest.state in _MAY_GO_ON
