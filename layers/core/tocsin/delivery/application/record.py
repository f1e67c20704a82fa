"""Record the outcome of each try. If another writer changed a row meanwhile, merge the outcome into the newer row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from tocsin.delivery.application.batch_run import ROUNDS, BatchRun
from tocsin.delivery.application.guards import Claimed
from tocsin.delivery.domain.message import Message, MessageState, retry_delay
from tocsin.delivery.domain.outcome import Outcome, recorded
from tocsin.delivery.domain.retry_jobs import LONGEST_DELAY
from tocsin.delivery.domain.submission import Rejected
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.ports import Clock, Randomness

_WAITING = (MessageState.HELD, MessageState.RETRY_WAIT, MessageState.UNKNOWN)
"""Messages that need a job of their own when their wait is over, unless it is longer than a queue can wait."""


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
        delays = {
            message.position: retry_delay(message.attempt, self._randomness.fraction(), outcome.retry_after)
            for message, _ in claimed
            if isinstance(outcome := outcomes[message.position], Rejected)
        }
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
                    delay = delays.get(position, timedelta(0))
                    if after := recorded(row, tried[position].attempt, outcomes[position], now, delay):
                        moved.append(after)
                saved, lost = run.save(moved)
            except StorageUnavailable:
                if round_ == ROUNDS - 1:
                    raise
                stale = True
                continue
            run.moved.update(message.state.value for message in saved)
            soon = now + LONGEST_DELAY
            run.waiting += [m for m in saved if m.state in _WAITING and m.due_at and m.due_at <= soon]
            rows = {message.position: message for message in lost}
            if not rows:
                return True
            stale = True
        run.unfinished.extend(rows)
        return False
