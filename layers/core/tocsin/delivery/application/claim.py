"""Claim the messages of a batch: only the worker whose claim of a try was saved may submit it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tocsin.delivery.application.batch_run import ROUNDS, BatchRun, TimeBudget
from tocsin.delivery.application.guards import Claimed
from tocsin.delivery.domain.message import Message, MessageState, NotClaimed, SendingTerms, take
from tocsin.delivery.domain.retry_jobs import LONGEST_DELAY
from tocsin.delivery.domain.sending_terms import sending_terms
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.ports import Clock


class ClaimMessages:
    """See the module. What is moved without being sent (held, expired, cancelled …) is saved on the way."""

    def __init__(self, clock: Clock, time_budget: TimeBudget) -> None:
        self._clock = clock
        self._time_budget = time_budget

    def __call__(self, batch: BatchRun, wanted: Sequence[int]) -> list[Claimed]:
        """Return the messages that this worker, and nobody else, may submit now.

        Raises:
            StorageUnavailable: nothing is claimed, or nobody knows; claims that were saved lapse.
        """
        claimed: list[Message] = []
        # A fresh slice has no rows: claim without looking. Single positions are tried again, so they have one.
        look_first = batch.order.positions is not None
        for _ in range(ROUNDS):
            if not wanted:
                break
            if batch.time_left() < self._time_budget.reserve:
                batch.unfinished.extend(wanted)
                break
            try:
                saved, lost = self._take(batch, wanted, look=look_first)
            except StorageUnavailable:
                if not claimed:
                    raise
                # What is claimed must be sent, or it lies there until its claim lapses; the rest comes again.
                batch.unfinished.extend(wanted)
                break
            look_first = True
            claimed += [message for message in saved if message.state is MessageState.SENDING]
            batch.moved.update(message.state.value for message in saved if message.state is not MessageState.SENDING)
            soon = self._clock() + LONGEST_DELAY
            batch.later += [m for m in saved if m.state is MessageState.HELD and m.due_at and m.due_at <= soon]
            wanted = [message.position for message in lost]
        else:
            batch.unfinished.extend(wanted)
        return [Claimed(message, batch.recipients[message.position]) for message in claimed]

    def _take(self, batch: BatchRun, wanted: Sequence[int], *, look: bool) -> tuple[list[Message], list[Message]]:
        """Decide about each wanted position and save what moves; return what was written and what lost a race."""
        if look:
            batch.look()
        now = self._clock()
        taken: list[Message] = []
        not_claimed: list[str] = []
        for position in wanted:
            decision = take(batch.known.get(position), position, now, self._terms(batch, position, now))
            if isinstance(decision, NotClaimed):
                not_claimed.append(decision.reason.value)
            else:
                taken.append(decision)
        saved, lost = batch.save(taken)
        batch.not_claimed.update(not_claimed)
        return saved, lost

    def _terms(self, batch: BatchRun, position: int, now: datetime) -> SendingTerms:
        return sending_terms(batch.alert, batch.recipients[position], now, self._time_budget.claim_for)
