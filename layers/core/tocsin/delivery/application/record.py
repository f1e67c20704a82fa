"""Record the outcome of each try. If another writer changed a row meanwhile, merge the outcome into the newer row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.application.batch_run import ROUNDS, BatchRun
from tocsin.delivery.application.guards import Claimed
from tocsin.delivery.domain.message import Message, retry_delay, store_retry_delay
from tocsin.delivery.domain.outcome import Outcome, recorded
from tocsin.delivery.domain.retry_jobs import due_soon
from tocsin.delivery.domain.submission import OutcomeUnknown, Rejected
from tocsin.delivery.domain.tenant_mail_retry import tenant_mail_delay
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.ports import Clock, Randomness


class RecordOutcomes:
    """Saves outcomes. Only this worker knows the outcomes of its tries, so it tries again if the store fails."""

    def __init__(self, clock: Clock, randomness: Randomness) -> None:
        self._clock = clock
        self._randomness = randomness

    def __call__(self, run: BatchRun, claimed: Sequence[Claimed], outcomes: Mapping[int, Outcome]) -> bool:
        """Save the outcomes. Return whether all of them are saved; False: other writers were first five times.

        Args:
            outcomes: at least one for each of these messages, by position.

        Raises:
            StorageUnavailable: the store failed five times. A message whose outcome is not recorded becomes `unknown`
                when its claim expires.
        """
        delays = {message.position: self._delay(run, message, outcomes[message.position]) for message, _ in claimed}
        rows = tried = {message.position: message for message, _ in claimed}
        stale = False
        for round_ in range(ROUNDS):
            try:
                if stale:
                    run.reload()
                    rows = {position: run.known[position] for position in rows}
                now = self._clock()
                moved: list[Message] = []
                for position, row in rows.items():
                    if after := recorded(row, tried[position].attempt, outcomes[position], now, delays[position]):
                        moved.append(after)
                saved, lost = run.save(moved)
            except StorageUnavailable:
                if round_ == ROUNDS - 1:
                    raise
                stale = True
                continue
            run.moved.update(message.state.value for message in saved)
            run.waiting += due_soon(saved, now)
            rows = {message.position: message for message in lost}
            if not rows:
                return True
            stale = True
        run.unfinished.extend(rows)
        return False

    def _delay(self, run: BatchRun, message: Message, outcome: Outcome) -> timedelta:
        """Return the wait before the next try after a temporary rejection, or before the same try is made again."""
        match outcome:
            case Rejected(by_us=True):
                return store_retry_delay(message, self._randomness.fraction())
            case Rejected(retry_after=at_least) if _is_tenant_mail(run):
                return tenant_mail_delay(message.attempt, self._randomness.fraction(), at_least)
            case Rejected(retry_after=at_least):
                return retry_delay(message.attempt, self._randomness.fraction(), at_least)
            case OutcomeUnknown(idempotent=True) if before := message.unknown_before:
                return retry_delay(before, self._randomness.fraction())
            case _:
                return timedelta(0)


def _is_tenant_mail(run: BatchRun) -> bool:
    return run.alert.inside and run.item.channel is Channel.EMAIL
