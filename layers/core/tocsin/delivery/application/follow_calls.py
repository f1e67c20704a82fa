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
        saved, _ = run.save([self._look(run, message) for message in run.overdue])
        run.moved.update(message.state.value for message in saved if message.state is not MessageState.CALLING)
        run.waiting += due_soon(saved, self.clock())
        tries = run.with_line | {message.position: message for message in (*run.overdue, *run.not_wanted)}
        newest = {position: run.known.get(position, message) for position, message in tries.items()}
        run.in_call += [message for message in newest.values() if message.state is MessageState.CALLING]
        over = [
            (message, run.recipients[position])
            for position, message in tries.items()
            if not _may_go_on(message, newest[position])
        ]
        if over:
            self.lines.give_back(run.alert, run.job.batch.key, over)

    def _look(self, run: BatchRun, message: Message) -> Message:
        id = MessageId(run.job.batch.key, message.position, message.attempt)
        return self.calls.look(run.alert, run.item, run.recipients[message.position], id, message)


def _may_go_on(one: Message, newest: Message) -> bool:
    """Whether a try may be with the provider, by its message as it stands now."""
    return newest.attempt == one.attempt and newest.state in _MAY_GO_ON
