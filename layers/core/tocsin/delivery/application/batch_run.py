"""The working state of one dispatch job: the message rows that were read, and the results so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.domain.message import Message
from tocsin.delivery.ports.messages import MessageRows

ROUNDS = 5
"""Attempts to save a message before a worker gives up. A failed attempt means that another worker saved it first."""


@dataclass(frozen=True, slots=True)
class TimeBudget:
    """How much of a worker's time each part of a dispatch job may take.

    Attributes:
        claim_for: how long a claim is valid. The time is enough for the provider calls of a whole batch.
        call_limit: the longest a provider call can take, connecting included. A call needs this much time left, both
            of the claim and of the worker.
        reserve: the worker's time that a claim needs: one round of calls, and the time to record the outcomes.
    """

    claim_for: timedelta = timedelta(seconds=60)
    call_limit: timedelta = timedelta(seconds=12)
    reserve: timedelta = timedelta(seconds=25)


@dataclass(slots=True)
class BatchRun:
    """One dispatch job while a worker processes it. `DispatchBatch` makes it, and passes it from step to step.

    Attributes:
        recipients: the recipients of the whole chunk, by position.
        time_left: how long this worker may still run.
        alert_again: reads the alert again; None = it does not exist any more.
        claim: identifies this worker's claims.
        waves: number of waves that were claimed.
        known: the newest message rows of the batch that this worker has saved or read, by position.
        reloaded: whether the rows were read from the store; if not, this worker wrote all rows in `known`.
        moved, not_claimed, blocked: numbers of messages, see DispatchReport.
        waiting: messages that are due later and need a job of their own then.
        unfinished: positions that must be processed again: time ran out, or other workers kept changing the rows.
        with_line: calls that held a line when they were claimed, as they would be claimed, by position.
        without_line: positions of calls that wait for a line.
        in_call: calls that go on; they are looked into when they are overdue.
        overdue: calls whose end was not told in time.
        not_wanted: calls that were not answered, and whose messages were cancelled or skipped.
        errors: what a guard or a sender raised. The worker raises the first one after everything is recorded.
        calls: number of provider calls.
    """

    job: DispatchJob
    alert: Alert
    item: AlertItem
    recipients: Sequence[Recipient]
    rows: MessageRows
    time_left: Callable[[], timedelta]
    alert_again: Callable[[], Alert | None] = lambda: None
    claim: str = ""
    waves: int = 0
    known: dict[int, Message] = field(default_factory=dict)
    reloaded: bool = False
    moved: Counter[str] = field(default_factory=Counter)
    not_claimed: Counter[str] = field(default_factory=Counter)
    blocked: Counter[str] = field(default_factory=Counter)
    waiting: list[Message] = field(default_factory=list)
    unfinished: list[int] = field(default_factory=list)
    with_line: dict[int, Message] = field(default_factory=dict)
    without_line: list[int] = field(default_factory=list)
    in_call: list[Message] = field(default_factory=list)
    overdue: list[Message] = field(default_factory=list)
    not_wanted: list[Message] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)
    calls: int = 0

    def reload(self) -> None:
        """Read all rows of the batch. Raises StorageUnavailable."""
        batch = self.job.batch
        self.reloaded = True
        self.known |= self.rows.load(batch.key, batch.positions)

    def reload_alert(self) -> None:
        """Read the alert again: it may have been cancelled. Raises StorageUnavailable."""
        self.alert = self.alert_again() or self.alert

    def save(self, messages: Sequence[Message]) -> tuple[list[Message], list[Message]]:
        """Save the messages. Return those that were written, and those that another writer had changed first.

        Raises:
            StorageUnavailable: any of them may have been written.
        """
        if not messages:
            return [], []
        written = self.rows.save(self.job.batch.key, messages, self.alert.expires_at)
        saved = [message for message, won in zip(messages, written, strict=True) if won]
        lost = [message for message, won in zip(messages, written, strict=True) if not won]
        self.known |= {message.position: message for message in saved}
        return saved, lost
