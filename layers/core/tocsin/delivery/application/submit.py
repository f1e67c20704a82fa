"""Submit claimed messages to the provider, those of a wave in parallel.

Where the channel can begin a message, this thread submits the whole wave and then waits for each outcome: a thread for
each message takes twice the CPU (ADR 0169). Where it cannot, as without open connections, threads submit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from datetime import datetime
from functools import partial

from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.application.batch_run import BatchRun, TimeBudget
from tocsin.delivery.application.channels import MessageChannel, Submit
from tocsin.delivery.application.guards import Claimed
from tocsin.delivery.domain.delivery_terms import delivery_terms
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.domain.outcome import Outcome, WithheldReason
from tocsin.delivery.domain.submission import OutcomeUnknown
from tocsin.delivery.ports.senders import Wait
from tocsin.kernel.ports import Clock


class SubmitMessages:
    """Submits messages, each after a last check of time and quiet hours.

    Args:
        executor: runs provider calls in parallel, a wave at once; shared by all jobs of the process.
    """

    def __init__(self, channel: MessageChannel, clock: Clock, executor: Executor, time_budget: TimeBudget) -> None:
        self._channel = channel
        self._clock = clock
        self._executor = executor
        self._time_budget = time_budget

    def __call__(self, run: BatchRun, claimed: Sequence[Claimed], submit: Submit) -> dict[int, Outcome]:
        """Submit every message and return the outcomes, by position. Never raises because of a provider."""
        begun = [self._begun(run, submit, one) for one in claimed]
        rest = [one for one, wait in zip(claimed, begun, strict=True) if wait is None]
        attempt = partial(self._attempt, run, submit)
        # A thread of its own does nothing for a single message but to delay it.
        attempts = iter(map(attempt, rest) if len(claimed) == 1 else self._executor.map(attempt, rest))
        outcomes: dict[int, Outcome] = {}
        for one, wait in zip(claimed, begun, strict=True):
            outcome = next(attempts) if wait is None else wait()
            if isinstance(outcome, Exception):
                # Senders must not raise. If one does, the outcome is unknown. The worker raises after it recorded all.
                run.errors.append(outcome)
                outcomes[one.position] = OutcomeUnknown("sender_broke")
            else:
                outcomes[one.position] = outcome
        run.calls += sum(not isinstance(outcome, WithheldReason) for outcome in outcomes.values())
        return outcomes

    def prepare(self, run: BatchRun, claimed: Sequence[Claimed]) -> dict[int, Outcome]:
        """Let the channel store what the messages of all waves need. Return the outcomes if it cannot; else nothing."""
        key = run.job.batch.key
        ids = [MessageId(key, message.position, message.attempt) for message, _ in claimed]
        refused = self._channel.prepare(run.alert, run.item, ids, self._clock())
        return {} if refused is None else {one.position: refused for one in claimed}

    def _begun(self, run: BatchRun, submit: Submit, one: Claimed) -> Callable[[], Outcome | Exception] | None:
        """Submit a message without waiting for its outcome, and return what does; None = it is not submitted."""
        if submit.begin is None:
            return None
        try:
            due = self._due(run, one)
            if isinstance(due, WithheldReason):
                return lambda: due
            wait = submit.begin(*due)
        except Exception as error:
            broken = error
            return lambda: broken
        return None if wait is None else partial(_outcome, wait)

    def _attempt(self, run: BatchRun, submit: Submit, one: Claimed) -> Outcome | Exception:
        """Return the outcome of one message, or what the sender raised."""
        try:
            due = self._due(run, one)
            return due if isinstance(due, WithheldReason) else submit.send(*due)
        except Exception as error:
            return error

    def _due(self, run: BatchRun, one: Claimed) -> tuple[Recipient, MessageId, datetime, datetime] | WithheldReason:
        """Return what is submitted now, or why not."""
        message, recipient = one
        now = self._clock()
        terms = delivery_terms(run.alert, recipient, now, message.resent_at)
        if now >= terms.send_before:
            return WithheldReason.TOO_LATE
        if now < terms.not_before:
            return WithheldReason.QUIET_HOURS
        assert message.due_at is not None
        if min(message.due_at - now, run.time_left()) < self._time_budget.call_limit:
            return WithheldReason.OUT_OF_TIME
        return recipient, MessageId(run.job.batch.key, message.position, message.attempt), now, terms.send_before


def _outcome(wait: Wait) -> Outcome | Exception:
    try:
        return wait()
    except Exception as error:
        return error
