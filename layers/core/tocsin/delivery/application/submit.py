"""Submit claimed messages to the provider, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor

from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.application.batch_run import BatchRun, TimeBudget
from tocsin.delivery.application.channels import MessageChannel, Submit
from tocsin.delivery.application.guards import Claimed
from tocsin.delivery.domain.delivery_terms import delivery_terms
from tocsin.delivery.domain.message import Message
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.domain.outcome import Outcome, WithheldReason
from tocsin.delivery.domain.submission import OutcomeUnknown, Rejected
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.ports import Clock


class SubmitMessages:
    """See the module. Each message is looked at once more right before its call: time may have passed.

    Args:
        hands: runs provider calls side by side (ten threads); shared by all orders of the process.
    """

    def __init__(self, carrier: MessageChannel, clock: Clock, executor: Executor, time_budget: TimeBudget) -> None:
        self._channel = carrier
        self._clock = clock
        self._executor = executor
        self._time_budget = time_budget

    def __call__(self, batch: BatchRun, claimed: Sequence[Claimed], submit: Submit) -> dict[int, Outcome]:
        """Submit every message and return what came of each, by position. Never raises for a provider."""
        if not self._prepared(batch, claimed):
            not_now = Rejected("shortlinks_unavailable", permanent=False)
            return {one.position: not_now for one in claimed}
        futures = [
            (message.position, self._executor.submit(self._submit, batch, message, recipient, submit))
            for message, recipient in claimed
        ]
        outcomes: dict[int, Outcome] = {}
        for position, future in futures:
            try:
                outcomes[position] = future.result()
            except Exception as error:
                # A sender that breaks its promise not to raise: nobody knows what it did. Record all, then say so.
                batch.errors.append(error)
                outcomes[position] = OutcomeUnknown("sender_broke")
        batch.calls = sum(not isinstance(outcome, WithheldReason) for outcome in outcomes.values())
        return outcomes

    def _prepared(self, batch: BatchRun, claimed: Sequence[Claimed]) -> bool:
        """Let the channel make ready what these messages need. False: they can go out at a later try only."""
        key = batch.order.batch.key
        ids = [MessageId(key, message.position, message.attempt) for message, _ in claimed]
        try:
            self._channel.prepare(batch.alert, batch.item, ids, self._clock())
        except StorageUnavailable:
            return False
        return True

    def _submit(self, batch: BatchRun, message: Message, recipient: Recipient, submit: Submit) -> Outcome:
        now = self._clock()
        terms = delivery_terms(batch.alert, recipient, now)
        if now >= terms.send_before:
            return WithheldReason.TOO_LATE
        if now < terms.not_before:
            return WithheldReason.QUIET_HOURS
        assert message.due_at is not None
        if min(message.due_at - now, batch.time_left()) < self._time_budget.call_limit:
            return WithheldReason.OUT_OF_TIME
        return submit(recipient, MessageId(batch.order.batch.key, message.position, message.attempt), now)
