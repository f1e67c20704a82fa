"""One order being worked off: what this worker knows of its slice, and what came of it so far."""

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
"""Times a worker looks again after a lost race; each means that another worker moved the message."""


@dataclass(frozen=True, slots=True)
class TimeBudget:
    """How a worker spends its time.

    Attributes:
        claim_for: how long a claim stands; covers a whole slice of calls.
        call_limit: longest a provider call can take, connecting included. No call begins with less left of the claim
            or of the worker.
        reserve: nothing is claimed with less left of the worker: one round of calls, and time to record them.
    """

    claim_for: timedelta = timedelta(seconds=60)
    call_limit: timedelta = timedelta(seconds=12)
    reserve: timedelta = timedelta(seconds=25)


@dataclass(slots=True)
class BatchRun:
    """See the module.

    Attributes:
        recipients: of the whole chunk, by position.
        time_left: how long this worker may still run.
        known: the newest rows seen of its slice, by position.
        looked: rows of others were read too; until then all in `known` are this worker's own.
        moved, not_claimed, barred: how many messages, see DispatchReport.
        later: messages that wait for a later try.
        unfinished: positions there was no time for, or that others kept moving.
        errors: what is raised when everything is recorded, the first of them.
        calls: provider calls made.
    """

    order: DispatchJob
    alert: Alert
    item: AlertItem
    recipients: Sequence[Recipient]
    rows: MessageRows
    time_left: Callable[[], timedelta]
    known: dict[int, Message] = field(default_factory=dict)
    looked: bool = False
    moved: Counter[str] = field(default_factory=Counter)
    not_claimed: Counter[str] = field(default_factory=Counter)
    barred: Counter[str] = field(default_factory=Counter)
    later: list[Message] = field(default_factory=list)
    unfinished: list[int] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)
    calls: int = 0

    def look(self) -> None:
        """Read the rows of the slice. Raises StorageUnavailable."""
        batch = self.order.batch
        self.looked = True
        self.known |= self.rows.load(batch.key, batch.positions)

    def save(self, messages: Sequence[Message]) -> tuple[list[Message], list[Message]]:
        """Save the messages; return those that were written and those that lost to another writer.

        Raises:
            StorageUnavailable: any of them may have been written.
        """
        if not messages:
            return [], []
        written = self.rows.save(self.order.batch.key, messages, self.alert.expires_at)
        saved = [message for message, won in zip(messages, written, strict=True) if won]
        lost = [message for message, won in zip(messages, written, strict=True) if not won]
        self.known |= {message.position: message for message in saved}
        return saved, lost
