"""Record the end of a call, as its provider tells it: late, twice, or before the last facts of the dialogue.

    end ─► which try? ─► why did it end? ─► verdict into the message ─► money settled ─► line given back ─► next try
             │              └─ not told: the provider is asked once
             └─ not told: what was noted when it was dialled, else the provider is asked

The next try is queued here, because no worker waits for the end of a call.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.alerts.ports.dispatch_queue import DispatchQueue
from tocsin.calls.application.call_attempts import CallAttempt, CallAttempts
from tocsin.calls.application.run_dialogue import RecordChanges
from tocsin.calls.domain.ended_call import EndedCall
from tocsin.calls.ports.caller import VoiceCaller
from tocsin.calls.ports.line_pool import LinePool, WantedLine
from tocsin.calls.ports.placed_calls import PlacedCalls
from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.application.record_receipts import ReceiptResult
from tocsin.delivery.domain.ended_calls import call_outcome
from tocsin.delivery.domain.message import Message, MessageState
from tocsin.delivery.domain.retry_jobs import retry_jobs
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.ports import Clock
from tocsin.voice.domain.script import PromptName

CallInEnded = Callable[[EndedCall], ReceiptResult]
"""Records the end of a call that a receiver has made."""


SettleMoney = Callable[[Alert, Recipient, datetime, float | None], None]
"""Settles the money of a call, given when it was placed and how long it was; `SettleCall` is one."""


@dataclass(frozen=True, slots=True)
class EndCall:
    """Records the end of one call. A repeat changes nothing, and does what an earlier worker may have left.

    Attributes:
        settle: called once, with the end that is recorded first.
    """

    attempts: CallAttempts
    placed: PlacedCalls
    caller: VoiceCaller
    record: RecordChanges
    lines: LinePool
    queue: DispatchQueue
    call_in_ended: CallInEnded
    settle: SettleMoney
    clock: Clock

    def __call__(self, ended: EndedCall) -> ReceiptResult:
        """Record an end.

        Raises:
            StaleWrite, StorageUnavailable: tell it again.
            ValueError: the alert has no such call.
        """
        if ended.inbound:
            return self.call_in_ended(ended)
        ended = self._known(ended)
        if ended.message is None:
            return ReceiptResult.NOT_OURS
        attempt = self.attempts.find(ended.message)
        if attempt is None:
            return ReceiptResult.FORGOTTEN
        result, row = self._record(attempt, ended)
        self.lines.give_back(attempt.alert.tenant, [WantedLine(attempt.id, attempt.recipient.address)])
        self._queue_next(attempt, row)
        return result

    def _known(self, ended: EndedCall) -> EndedCall:
        """Return the end with its try and its reason. The provider is asked at most once."""
        if ended.message is None:
            ended = replace(ended, message=self.placed.find(ended.call_id))
        if ended.message is not None and ended.facts.end is not None:
            return ended
        found = self.caller.look(ended.call_id)
        if found is None:
            raise StorageUnavailable("the provider does not know yet that the call is over")
        return replace(ended, facts=ended.facts.merge(found.facts), message=ended.message or found.message)

    def _record(self, attempt: CallAttempt, ended: EndedCall) -> tuple[ReceiptResult, Message | None]:
        """Record the end. Return the message too, as it is now; None if it was not read."""
        main = attempt.prompts(ended.ended_at)[PromptName.MAIN]
        newest: list[Message] = []
        under_way: list[Message] = []

        def change(row: Message, now: datetime) -> Message | None:
            changed = call_outcome(row, attempt.id.attempt, ended.facts, attempt.content, main, now)
            newest[:] = [changed or row]
            under_way[:] = [row] if row.attempt == attempt.id.attempt and row.state is MessageState.CALLING else []
            return changed

        (result,) = self.record([(attempt.id, change)])
        if isinstance(result, Exception):
            raise result
        if under_way and result is ReceiptResult.RECORDED:
            talked = under_way[0].call_facts.merge(ended.facts).talk_seconds
            self.settle(attempt.alert, attempt.recipient, under_way[0].attempt_began, talked)
        return result, newest[0] if newest else None

    def _queue_next(self, attempt: CallAttempt, row: Message | None) -> None:
        if row is None or row.state is not MessageState.RETRY_WAIT or row.attempt != attempt.id.attempt:
            return
        job = DispatchJob(attempt.batch, attempt.item.channel, attempt.alert.lane)
        for one, delay, _ in retry_jobs(job, [row], self.clock()):
            self.queue.put([one], delay)
